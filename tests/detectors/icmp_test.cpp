// A router that answers by ICMP errors, and paths that lose some segments only. Against net/ipv4/tcp_ipv4.c:
// tcp_ld_RTO_revert(), net/ipv4/inetpeer.c: inet_peer_xrlim_allow() and net/ipv4/route.c: ip_error(), and against times
// measured on 6.18 at HZ 250.

#include "detectors/theory/icmp.h"

#include <cerrno>

#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::windows;
using Kind = Prediction::Kind;

namespace {

constexpr IcmpAnswer host{.error = EHOSTUNREACH, .undoes_backoff = true};
constexpr IcmpAnswer port{.error = ECONNREFUSED};
constexpr IcmpAnswer by_arp{.error = EHOSTUNREACH, .undoes_backoff = true, .after = {3s, 3250ms}};
constexpr IcmpAnswer route{.error = EHOSTUNREACH, .undoes_backoff = true, .by_route = true};

Situation refused(const IcmpAnswer& icmp, Traffic traffic = Traffic::idle) {
    Situation s = right_after(Effect::silence, Truth::unreachable, traffic);
    s.icmp = icmp;
    s.unacked = traffic == Traffic::in_flight;
    return s;
}

Flight refused_write(const IcmpAnswer& icmp) {
    Flight f = one_segment();
    f.icmp = icmp;
    f.after_fault = {10ms, 20ms};
    return f;
}

Situation grey(Traffic traffic) {
    Situation s = right_after(Effect::silence, Truth::unreachable, traffic);
    s.bare_segments_pass = true;
    return s;
}

Situation narrow(Traffic traffic) { return right_after(Effect::large_lost, Truth::alive, traffic); }

} // namespace

TEST_CASE("while the router answers the gaps do not double, and when its account is empty they do") {
    // Canary, its RST, the write, the probe, retransmissions 1 and 2 are six; the seventh is due a second after the first.
    const Flight f = refused_write(host);
    require_is(retransmission(f, 1), 0.412, 0.416);
    require_is(retransmission(f, 2), 0.616, 0.620);
    require_is(retransmission(f, 3), 0.820, 0.824);
    require_is(retransmission(f, 4), 1.232, 1.264);
    require_holds(unanswered_write(f, 3s), 4.159);
    require_holds(unanswered_write(f, 3s), 4.166);
}

TEST_CASE("the error of a dead-end route is paid for twice, so after two of them the gaps double as in silence") {
    const Flight f = refused_write(route);
    for (int n = 1; n <= 3; ++n) CHECK(retransmission(f, n) == retransmission(one_segment(), n));
    CHECK(first_icmp_error(f).from > 3s);
    CHECK(first_icmp_error(refused_write(host)).to < 210ms);
}

TEST_CASE("a timeout of data carries the router's error, and one of keepalive does not") {
    for (const auto& [icmp, errno_said] : {std::pair{host, "recv: EHOSTUNREACH"}, {port, "recv: ECONNREFUSED"}, {route, "recv: EHOSTUNREACH"}}) {
        for (const Traffic traffic : {Traffic::one_write, Traffic::in_flight, Traffic::sending})
            CHECK(predict("user-timeout:timeout=5s", refused(icmp, traffic)).signal == errno_said);
        const Prediction idle = predict("keepalive", refused(icmp));
        CHECK(idle.signal == "recv: ETIMEDOUT");
        CHECK(idle.after == silent_drop("keepalive").after);
    }
}

TEST_CASE("what is over before a router has asked in vain by ARP is as in silence") {
    const Flight f = refused_write(by_arp);
    for (int n = 1; n <= 3; ++n) CHECK(retransmission(f, n) == retransmission(one_segment(), n));
    CHECK(unanswered_write(f, 2s) == unanswered_write(one_segment(), 2s));
    CHECK(predict("tcp-info", refused(by_arp, Traffic::one_write)).after == silent_drop("tcp-info", Traffic::one_write).after);
    CHECK(predict("user-timeout:timeout=2s", refused(by_arp, Traffic::one_write)).signal == "recv: ETIMEDOUT");
}

TEST_CASE("once it has, what waits may come sooner and never later, and a user timeout may come late") {
    const Flight f = refused_write(by_arp);
    for (int n = 5; n <= 8; ++n) {
        CHECK(retransmission(f, n).to == retransmission(one_segment(), n).to);
        CHECK(retransmission(f, n).from < retransmission(one_segment(), n).from);
        CHECK(retransmission(f, n).from >= 2980ms);
    }
    require_holds(unanswered_write(f, 6s), 6.421); // measured by a router, 6.18
    CHECK(unanswered_write(f, 6s).from >= 6s);
    CHECK(predict("user-timeout:timeout=6s", refused(by_arp, Traffic::one_write)).signal == "recv: EHOSTUNREACH");
    CHECK(predict("keepalive", refused(by_arp)).after == silent_drop("keepalive").after);
}

TEST_CASE("IP_RECVERR hears of a host that ARP cannot find three seconds after the fault, whenever the write was") {
    for (const Traffic traffic : {Traffic::one_write, Traffic::in_flight}) {
        const Prediction p = predict("error-queue", refused(by_arp, traffic));
        REQUIRE(p.kind == Kind::window);
        CHECK(p.signal == "recv: EHOSTUNREACH");
        require_holds(p.after, 3.07);
        CHECK(p.after.from > 2900ms);
        CHECK(p.after.to < 3400ms);
    }
    CHECK(predict("error-queue", refused(by_arp)).kind == Kind::never);
}

TEST_CASE("an error that undoes no doubling changes no time") {
    for (const std::string_view spec : {"user-timeout", "tcp-info", "keepalive+user-timeout", "recv"})
        CHECK(predict(spec, refused(port, Traffic::one_write)).after == silent_drop(spec, Traffic::one_write).after);
    CHECK(predict("tcp-info", refused(host, Traffic::one_write)).after.to < silent_drop("tcp-info", Traffic::one_write).after.from);
    CHECK(predict("user-timeout", refused(host, Traffic::one_write)).after.to > silent_drop("user-timeout", Traffic::one_write).after.to);
}

TEST_CASE("IP_RECVERR hears the router once a timer has sent again, and nothing where nothing is sent") {
    const Prediction p = predict("error-queue", refused(port, Traffic::one_write));
    REQUIRE(p.kind == Kind::window);
    CHECK(p.signal == "recv: ECONNREFUSED");
    require_holds(p.after, 0.010 + 0.208);
    require_holds(p.after, 0.010 + 0.219);
    for (const Traffic traffic : {Traffic::idle, Traffic::receiving}) CHECK(predict("error-queue", refused(host, traffic)).kind == Kind::never);
}

TEST_CASE("where segments without data pass, keepalive and zero-window probes are answered") {
    CHECK(predict("keepalive", grey(Traffic::idle)).kind == Kind::never);
    CHECK(predict("keepalive+user-timeout", grey(Traffic::idle)).kind == Kind::never);
    CHECK(predict("recv", grey(Traffic::buffer_full)).kind == Kind::never);
    for (const std::string_view spec : {"user-timeout", "tcp-info"}) {
        CHECK(predict(spec, grey(Traffic::one_write)).after == silent_drop(spec, Traffic::one_write).after);
        CHECK(predict(spec, grey(Traffic::in_flight)).kind == Kind::never); // It had arrived, and its ACK passes.
    }
    CHECK(predict("heartbeat", grey(Traffic::idle)).after == silent_drop("heartbeat").after);
}

TEST_CASE("where only large segments vanish, hellos are green, and pings wait behind the write that is stuck") {
    for (const std::string_view spec : {"recv", "keepalive", "heartbeat", "ping-pong", "read-idle-ping", "user-timeout", "tcp-info"})
        CHECK(predict(spec, narrow(Traffic::idle)).kind == Kind::never);
    // Green until the kernel itself gives the connection up, a quarter of an hour later.
    for (const std::string_view spec : {"heartbeat", "jacobson", "phi-accrual"})
        CHECK(predict(spec, narrow(Traffic::one_write)).after == silent_drop("recv", Traffic::one_write).after);
    CHECK(predict("send-error", narrow(Traffic::one_write)).kind == Kind::never);
    for (const std::string_view spec : {"user-timeout", "tcp-info", "siocoutq"})
        CHECK(predict(spec, narrow(Traffic::one_write)).after == silent_drop(spec, Traffic::one_write).after);
    CHECK(predict("ping-pong", narrow(Traffic::one_write)).kind == Kind::window);
    CHECK(predict("ping-pong", narrow(Traffic::in_flight)).kind == Kind::never);
}
