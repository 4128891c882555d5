// Before accept() and after close(): what the kernel does with a connection that no program holds, and what each method is
// predicted to say of it. The numbers are those of rules O and S, measured at HZ 250 where they say so.

#include "support/catch.h"

#include "detectors/theory/edges.h"
#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::windows;
using namespace std::chrono_literals;
using Kind = Prediction::Kind;

namespace {

Situation at(Stage stage, Effect effect, Truth truth, Traffic traffic = Traffic::idle) {
    Situation s = right_after(effect, truth, traffic);
    s.stage = stage;
    if (is_watched_late(stage)) s.watch_before_fault = {};
    return s;
}

Situation orphan(Effect effect) { return at(Stage::orphan, effect, Truth::unreachable); }

} // namespace

TEST_CASE("the answer to a SYN is sent again after 1, 3, 7, 15 and 31 s, and forgotten after 63 s") {
    KernelFacts kernel;
    for (const auto& [n, nominal] : {std::pair{1, 1.0}, {2, 3.0}, {3, 7.0}, {4, 15.0}, {5, 31.0}}) {
        INFO(n);
        CHECK(synack_resent(kernel, n).from >= seconds(nominal) - 4ms);
        CHECK(synack_resent(kernel, n).to <= seconds(nominal * 1.06) + 32ms);
    }
    require_holds(synack_given_up(kernel), 64.5); // measured on 6.18
    CHECK(synack_given_up(kernel).from >= 63s);
    CHECK(synack_given_up(kernel).to <= 66s);
}

TEST_CASE("an orphan is given up after 8 retransmissions' worth of time, or waits 60 s for the client's FIN") {
    require_holds(orphan_given_up(orphan(Effect::silence)), 107.2); // measured on 6.18
    CHECK(orphan_given_up(orphan(Effect::silence)).from >= 106s);
    CHECK(orphan_given_up(orphan(Effect::silence)).to <= 109s);
    require_holds(orphan_waits_for_fin(KernelFacts{}), 60.2); // measured on 6.18
    // With data before the FIN two segments are in flight, and the first retransmission comes some 0.2 s sooner.
    Situation s = orphan(Effect::silence);
    s.traffic = Traffic::in_flight;
    s.unacked = 1;
    CHECK(orphan_resends(s, 1).to + 150ms < orphan_resends(orphan(Effect::silence), 1).from);
}

TEST_CASE("from outside, a timer that fires in vain tells before the connection vanishes") {
    CHECK(predict("sock-diag", orphan(Effect::silence)).signal == "sock_diag: 3 tries");
    CHECK(predict("sock-diag", orphan(Effect::silence)).after.to < 4s);
    CHECK(predict("sock-diag", at(Stage::syn_received, Effect::silence, Truth::unreachable)).after.from > 6900ms);
    CHECK(predict("sock-diag:count=15", at(Stage::syn_received, Effect::silence, Truth::unreachable)).signal == "sock_diag: not there");
    CHECK(predict("nstat", at(Stage::syn_received, Effect::silence, Truth::unreachable)).kind == Kind::window);
    CHECK(predict("nstat:count=6", at(Stage::syn_received, Effect::silence, Truth::unreachable)).kind == Kind::never);
    CHECK(predict("proc-net-tcp", orphan(Effect::silence)).signal == "/proc/net/tcp: no line");
    CHECK(predict("proc-net-tcp", orphan(Effect::silence)).after.from > 100s);
    CHECK(predict("proc-net-tcp", at(Stage::no_place, Effect::silence, Truth::unreachable)).after.to < 1100ms);
    CHECK(predict("noop", orphan(Effect::silence)).kind == Kind::never);
}

TEST_CASE("a connection in the accept queue is seen from outside as any other") {
    for (const std::string_view spec : {"sock-diag", "proc-net-tcp"}) {
        const Prediction p = predict(spec, at(Stage::not_accepted, Effect::fin, Truth::gone));
        INFO(spec);
        CHECK(p.kind == Kind::window);
        CHECK(p.verdict == Verdict::eof);
    }
}

TEST_CASE("a FIN that came before the watching is found at once by whoever looks, and is no error") {
    const Situation leak = at(Stage::close_wait, Effect::fin, Truth::gone);
    for (const std::string_view spec : {"recv", "select", "poll", "epoll-edge-rdhup", "sigio", "keepalive", "ping-pong"}) {
        INFO(spec);
        CHECK(predict(spec, leak).after == Window{0ns, 10ms});
        CHECK(predict(spec, leak).verdict == Verdict::eof);
    }
    for (const std::string_view spec : {"so-error-zero", "poll-nothing", "getpeername", "noop"}) {
        INFO(spec);
        CHECK(predict(spec, leak).kind == Kind::never);
    }
}

TEST_CASE("in FIN_WAIT2 nothing happens while the program holds the socket, but the server's own writes fail") {
    const auto half_shut = [](std::string_view spec) {
        return predict(spec, at(Stage::half_shut, Effect::acknowledges_only, Truth::stuck));
    };
    for (const std::string_view spec : {"recv", "keepalive", "keepalive+user-timeout", "user-timeout", "poll-rdhup", "sock-diag",
                                        "proc-net-tcp", "so-error", "writable-means-alive", "request-deadline"}) {
        INFO(spec);
        CHECK(half_shut(spec).kind == Kind::never);
    }
    for (const std::string_view spec : {"ping-pong", "read-idle-ping", "ping-unless-busy", "send-zero"}) {
        INFO(spec);
        CHECK(half_shut(spec).signal == "send: EPIPE");
        CHECK(half_shut(spec).after.to < 2100ms);
    }
    for (const std::string_view spec : {"tcp-info", "tcp-info-as-stated"}) {
        INFO(spec);
        CHECK(half_shut(spec).kind == Kind::window);
        CHECK(half_shut(spec).after.to <= 110ms);
    }
    CHECK(half_shut("heartbeat").kind == Kind::window);
}
