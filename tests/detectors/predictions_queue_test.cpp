// What the methods that write, or watch what was written, are predicted to say.

#include "support/catch.h"

#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::windows;
using namespace std::chrono_literals;
using Kind = Prediction::Kind;

TEST_CASE("a queue that nobody acknowledges is convicted at its limit") {
    // One look before, one look after, and poll()'s lateness; the write comes 10 to 20 ms after the fault.
    require_is(silent_drop("siocoutq", Traffic::one_write).after, 9.910, 10.121);
    require_is(silent_drop("siocoutq", Traffic::in_flight).after, 9.899, 10.101);
    require_is(silent_drop("siocoutq", Traffic::sending).after, 9.860, 10.201);
    CHECK(silent_drop("siocoutq", Traffic::one_write).signal == "SIOCOUTQ: no progress for 10 s");
    CHECK(silent_drop("siocoutq").kind == Kind::never);
    CHECK(silent_drop("siocoutq", Traffic::receiving).kind == Kind::never);
}

TEST_CASE("the queue of a dead connection keeps its number, and a second write fails before") {
    // tcp_ioctl(): write_seq - snd_una, whatever the state.
    require_is(reboot("siocoutq", Traffic::one_write).after, 9.910, 10.121);
    require_is(predict("siocoutq", right_after(Effect::fin, Truth::gone, Traffic::one_write)).after, 9.910, 10.121);
    CHECK(predict("siocoutq", right_after(Effect::fin, Truth::gone, Traffic::sending)).after == Window{100ms, 200ms});
    CHECK(predict("siocoutq", right_after(Effect::reset, Truth::gone, Traffic::one_write)).after == Window{10ms, 20ms});
    CHECK(predict("siocoutq", right_after(Effect::half_close, Truth::half_closed, Traffic::one_write)).kind ==
          Kind::never);
}

TEST_CASE("a stopped client's kernel empties the queue") {
    CHECK(stopped("siocoutq", Traffic::one_write).kind == Kind::never);
    CHECK(stopped("siocoutq", Traffic::sending).kind == Kind::unknown);
    CHECK(stopped("notsent-bytes", Traffic::sending).kind == Kind::unknown);
}

TEST_CASE("a full buffer is called gone, dead or not") {
    for (const std::string_view spec : {"siocoutq", "notsent-bytes"}) {
        Situation s = right_after(Effect::nothing, Truth::alive, Traffic::buffer_full);
        const Prediction p = predict(spec, s);
        INFO(spec);
        CHECK(p.outcome(s.truth, 80s) == Outcome::false_alarm);
        // Watching began 2 s before, and the first look begins the count.
        require_is(p.after, spec == "siocoutq" ? 8 : 7.9, 8.101);
    }
}

TEST_CASE("what is in flight does not wait to be sent") {
    CHECK(silent_drop("notsent-bytes", Traffic::one_write).kind == Kind::never);
    CHECK(silent_drop("notsent-bytes", Traffic::in_flight).kind == Kind::never);
    CHECK(silent_drop("notsent-bytes").kind == Kind::never);
}

TEST_CASE("the second of a writer's small writes into a dead path waits for the first one's ACK") {
    // The unanswered write lies 40 ms before to 100 ms after the fault, the next one 100 ms later is held back
    // (RFC 9293, 3.7.4), and a look is up to 100 ms sooner or later.
    require_is(silent_drop("notsent-bytes", Traffic::sending).after, 9.960, 10.300);
}

TEST_CASE("on a slow path a limit above the slowest answer spares everybody") {
    Situation s = right_after(Effect::slow, Truth::alive, Traffic::sending);
    s.slowest_way = 500ms;
    CHECK(predict("siocoutq", s).kind == Kind::never);
    CHECK(predict("siocoutq:timeout=1s", s).kind == Kind::unknown);
    s.effect = Effect::lossy;
    s.loss_percent = 30;
    CHECK(predict("siocoutq", s).kind == Kind::unknown);
    CHECK(predict("notsent-bytes", s).kind == Kind::unknown);
    // Answers wait for the ACK of the one before, too.
    s.traffic = Traffic::request_response;
    CHECK(predict("notsent-bytes", s).kind == Kind::unknown);
    s.traffic = Traffic::one_write;
    CHECK(predict("notsent-bytes", s).kind == Kind::never);
}

TEST_CASE("a line in /proc/net/tcp tells of goodbyes at the next look, and of silence nothing") {
    const Prediction fin = predict("proc-net-tcp", right_after(Effect::fin, Truth::gone));
    CHECK(fin.after == Window{0s, 1010ms});
    CHECK(fin.verdict == Verdict::eof);
    CHECK(fin.signal == "/proc/net/tcp: CLOSE_WAIT");
    const Prediction reset = predict("proc-net-tcp:interval=100ms", right_after(Effect::reset, Truth::gone));
    CHECK(reset.after == Window{0s, 110ms});
    CHECK(reset.signal == "/proc/net/tcp: no line");
    CHECK(predict("proc-net-tcp", right_after(Effect::half_close, Truth::half_closed)).verdict == Verdict::eof);
    CHECK(silent_drop("proc-net-tcp").kind == Kind::never);
    CHECK(silent_drop("proc-net-tcp", Traffic::one_write).after.from > 900s);
    CHECK(reboot("proc-net-tcp", Traffic::one_write).after.to < 1100ms);
}

TEST_CASE("whoever dies of SIGPIPE dies at the failing write, or at the one after it") {
    const Prediction fin = predict("send-sigpipe", right_after(Effect::fin, Truth::gone, Traffic::sending));
    CHECK(fin.after == Window{100ms, 300ms});
    CHECK(fin.signal == "send: SIGPIPE");
    CHECK(predict("send-sigpipe", right_after(Effect::reset, Truth::gone, Traffic::one_write)).after == Window{10ms, 20ms});
    CHECK(predict("send-sigpipe", right_after(Effect::fin, Truth::gone, Traffic::one_write)).kind == Kind::never);
    CHECK(stopped("send-sigpipe", Traffic::sending).kind == Kind::never);
    CHECK(make_detector("send-sigpipe")->skip_reason(Traffic::idle) == "never writes in idle traffic");
}

TEST_CASE("sock_diag counts the tries that TCP_INFO counts") {
    // Third retransmission after 1.63 to 1.71 s (tcp_info.md), the write 10 to 20 ms after the fault, a look a second.
    const Prediction p = silent_drop("sock-diag", Traffic::one_write);
    require_is(p.after, 1.666, 2.708);
    CHECK(p.signal == "sock_diag: 3 tries");
    CHECK(silent_drop("sock-diag").kind == Kind::never);
    CHECK(reboot("sock-diag", Traffic::one_write).signal == "sock_diag: not there");
    CHECK(predict("sock-diag", right_after(Effect::fin, Truth::gone)).signal == "sock_diag: CLOSE-WAIT");
    CHECK(predict("sock-diag", right_after(Effect::half_close, Truth::half_closed)).verdict == Verdict::eof);
    CHECK(stopped("sock-diag", Traffic::one_write).kind == Kind::never);
}
