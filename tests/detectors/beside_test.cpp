// What goes on beside the connection: datagrams and echo replies, and what a method concludes that listens to
// nothing else.

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/detectors/loopback.h"
#include "tests/detectors/situations.h"

using namespace halfopen;
using namespace halfopen::situations;
using namespace halfopen::loopback;
using namespace halfopen::windows;
using namespace std::chrono_literals;
using Kind = Prediction::Kind;

namespace {

constexpr std::string_view udp = "second-channel:interval=1s,timeout=5s", echo = "icmp-echo:interval=1s,timeout=5s";

/// 300 ms after the last datagram and the last echo request, each a second after the one before.
Situation between_two(Effect effect, Truth truth, Traffic traffic = Traffic::idle) {
    Situation s = right_after(effect, truth, traffic);
    s.watch_before_fault = {2300ms, 2300ms};
    s.datagram_before_fault = {300ms, 300ms};
    return s;
}

/// A datagram from an address of the loopback to the port of the server's end.
void send_datagram(Watched& watched, const char* from) {
    const Socket socket(::socket(AF_INET, SOCK_DGRAM, 0));
    sockaddr_in own{}, to{};
    own.sin_family = AF_INET;
    inet_pton(AF_INET, from, &own.sin_addr);
    REQUIRE(bind(socket.fd(), reinterpret_cast<sockaddr*>(&own), sizeof own) == 0);
    socklen_t size = sizeof to;
    REQUIRE(getsockname(watched.server().fd(), reinterpret_cast<sockaddr*>(&to), &size) == 0);
    REQUIRE(sendto(socket.fd(), "hello", 5, 0, reinterpret_cast<sockaddr*>(&to), sizeof to) == 5);
}

} // namespace

TEST_CASE("a silent path ends datagrams and echo replies alike, in every kind of traffic") {
    for (int profile = 0; profile < traffic_count; ++profile) {
        const Situation s = between_two(Effect::silence, Truth::unreachable, static_cast<Traffic>(profile));
        require_is(predict(udp, s).after, 4.7, 4.706);
        require_is(predict(echo, s).after, 4.7, 4.704);
    }
    CHECK(predict(udp, between_two(Effect::silence, Truth::unreachable)).signal == "no datagram for 5 s");
    CHECK(predict(echo, between_two(Effect::silence, Truth::unreachable)).signal == "no echo reply for 5 s");
}

TEST_CASE("a datagram needs the way there, an echo reply both") {
    Situation s = between_two(Effect::silence, Truth::unreachable);
    s.other_packets = OtherPackets{true, false};
    CHECK(predict(udp, s).kind == Kind::never);
    CHECK(predict(echo, s).kind == Kind::window);
    s.other_packets = OtherPackets{false, true};
    CHECK(predict(udp, s).kind == Kind::window);
    CHECK(predict(echo, s).kind == Kind::window);
    s.other_packets = OtherPackets{true, true}; // a rule about TCP only
    CHECK(predict(udp, s).kind == Kind::never);
    CHECK(predict(echo, s).kind == Kind::never);
}

TEST_CASE("a client that has closed, or whose process is stopped, sends no datagram, and its host answers all the same") {
    for (const Effect effect : {Effect::fin, Effect::reset, Effect::reset_on_send, Effect::acknowledges_only}) {
        require_is(predict(udp, between_two(effect, Truth::gone)).after, 4.7, 4.706);
        CHECK(predict(echo, between_two(effect, Truth::gone)).kind == Kind::never);
    }
    for (const Effect effect : {Effect::nothing, Effect::signals, Effect::half_close}) {
        CHECK(predict(udp, between_two(effect, Truth::alive)).kind == Kind::never);
        CHECK(predict(echo, between_two(effect, Truth::alive)).kind == Kind::never);
    }
}

TEST_CASE("a connection that a firewall has killed is believed in until the client writes") {
    Situation s = between_two(Effect::reset_on_send, Truth::gone);
    s.client_goes_on = true;
    CHECK(predict(udp, s).kind == Kind::never);
    s.traffic = Traffic::sending; // the server learns of it, the client does not
    CHECK(predict(udp, s).kind == Kind::never);
    s.traffic = Traffic::receiving;
    require_is(predict(udp, s).after, 4.7, 4.706);
    // 950 ms after the last datagram the next one may leave before the client's own write draws the RST.
    s.datagram_before_fault = {950ms, 950ms};
    require_is(predict(udp, s).after, 4.05, 5.056);
}

TEST_CASE("what loses packets by chance convicts when enough of them in a row are lost") {
    Situation s = between_two(Effect::lossy, Truth::alive);
    s.horizon = 15s;
    s.loss_percent = 30;
    CHECK(predict(udp, s).kind == Kind::unknown);
    CHECK(predict(echo, s).kind == Kind::unknown);
    s.loss_percent = 1; // four in a row: one in a hundred million
    CHECK(predict(udp, s).kind == Kind::never);
    CHECK(predict("second-channel:interval=1s,timeout=2s", s).kind == Kind::unknown);
    s.effect = Effect::slow;
    s.slowest_way = 180ms;
    CHECK(predict(udp, s).kind == Kind::never);
    CHECK(predict("icmp-echo:interval=1s,timeout=1200ms", s).kind == Kind::unknown);
}

TEST_CASE("after an outage a datagram comes by its beat and not by a retransmission") {
    Situation s = between_two(Effect::silence, Truth::alive);
    s.heals_after = 3600ms; // datagrams are due 0.7, 1.7, 2.7, 3.7 s after the fault; the limit is at 4.7 s
    CHECK(predict(udp, s).kind == Kind::never);
    CHECK(predict(echo, s).kind == Kind::never);
    s.heals_after = 4690ms; // the next one is due in the very moment of the verdict
    CHECK(predict(udp, s).kind == Kind::unknown);
    s.heals_after = 7500ms;
    require_is(predict(udp, s).after, 4.7, 4.706);
    CHECK(predict(udp, s).outcome(Truth::alive, 15s) == Outcome::false_alarm);
    s.effect = Effect::acknowledges_only; // a process that goes on sends at once what was due
    s.heals_after = 4500ms;
    CHECK(predict(udp, s).kind == Kind::never);
    s.heals_after = 5s;
    CHECK(predict(udp, s).kind == Kind::window);
}

TEST_CASE("a path that flaps passes one each time that it is back for longer than the beat") {
    Situation s = between_two(Effect::flapping, Truth::alive);
    s.particulars.away = 1100ms;
    s.particulars.every = 2200ms;
    CHECK(predict(udp, s).kind == Kind::never);
    CHECK(predict(echo, s).kind == Kind::never);
    CHECK(predict("second-channel:interval=2s,timeout=5s", s).kind == Kind::unknown);
}

TEST_CASE("a thread that says hello knows nothing of a worker that hangs, and a starved client is a little late") {
    Situation s = between_two(Effect::acknowledges_only, Truth::stuck);
    s.goes_on = GoesOn::threads;
    s.client_goes_on = true;
    CHECK(predict(udp, s).kind == Kind::never);
    s = between_two(Effect::nothing, Truth::alive);
    s.pauses = 250ms;
    CHECK(predict(udp, s).kind == Kind::never);
    CHECK(predict("second-channel:interval=1s,timeout=1200ms", s).kind == Kind::unknown);
    CHECK(predict("icmp-echo:interval=1s,timeout=1200ms", s).kind == Kind::never); // its kernel answers
}

TEST_CASE("what never passed convicts from the beginning of watching on") {
    Situation s = between_two(Effect::acknowledges_only, Truth::gone);
    s.particulars.no_echo = true;
    require_is(predict(echo, s).after, 2.7, 2.702);
}

TEST_CASE("a server that wakes up has asked nobody meanwhile, but finds the datagrams in its socket") {
    Situation s = between_two(Effect::nothing, Truth::alive);
    s.particulars.server_stopped = true;
    s.heals_after = 7500ms;
    CHECK(predict(udp, s).kind == Kind::never);
    require_is(predict(echo, s).after, 7.5, 7.53);
}

TEST_CASE("datagrams of the client's address count, and no others") {
    Watched watched("second-channel:interval=100ms,timeout=300ms");
    for (int i = 0; i < 5; ++i) {
        send_datagram(watched, "127.0.0.1");
        CHECK(watched.quiet_for(100ms));
    }
    std::atomic<bool> ended{false};
    std::thread stranger([&] {
        while (!ended) {
            send_datagram(watched, "127.0.0.2");
            std::this_thread::sleep_for(50ms);
        }
    });
    const Said said = watched.verdict();
    ended = true;
    stranger.join();
    CHECK(said.signal == "no datagram for 300 ms");
}

TEST_CASE("a second channel hears nothing of what happens to the connection") {
    Watched watched("second-channel:interval=100ms,timeout=400ms");
    watched.client_resets();
    for (int i = 0; i < 6; ++i) {
        send_datagram(watched, "127.0.0.1");
        CHECK(watched.quiet_for(100ms));
    }
    expect(watched, {"second-channel", Verdict::gone, "no datagram for 400 ms"});
}
