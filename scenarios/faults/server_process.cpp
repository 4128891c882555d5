// Faults of the server's own process: it stands still, and time goes on without it.

#include <csignal>

#include "harness/base/error.h"
#include "scenarios/faults/by_hand.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

using namespace std::chrono_literals;

class StopServer final : public FaultBase {
public:
    using FaultBase::FaultBase;
    Bracket fire(World& world) override {
        return stamped([&] { world.server().signal(SIGSTOP); });
    }
    void heal(World& world) override { world.server().signal(SIGCONT); }
    std::string why_not_bitten(World& world) const override {
        return world.server().state() == Process::State::stopped ? "" : "the server's process did not stop";
    }
    std::string why_not_healed(World& world) const override {
        return world.server().state() == Process::State::running ? "" : "the server's process did not go on";
    }
    ByHand by_hand() const override { return {"kill -STOP $SERVER_PID"}; }
};

/// The FIN arrives while the server stands still, and a signal is sent to it: when it goes on, both are there. The signal
/// wins, because a system call that was interrupted returns before it looks at its socket again (signal(7)).
class SignalWithFin final : public FaultBase {
public:
    using FaultBase::FaultBase;
    void lead_up(World& world) override {
        world.server().signal(SIGSTOP);
        const Instant give_up = MonotonicClock::now() + 100ms;
        while (world.server().state() != Process::State::stopped) {
            if (MonotonicClock::now() > give_up) throw Error(halfopen::Exit::incomplete, "the server's process did not stop");
            sleep_until(MonotonicClock::now() + 100us);
        }
    }
    Bracket fire(World& world) override {
        Bracket bracket = world.tell_client(ClientDo::close);
        world.server().signal(SIGALRM);
        world.server().signal(SIGCONT);
        bracket.after = MonotonicClock::now();
        return bracket;
    }
    std::string why_not_bitten(World& world) const override {
        if (world.slot().signals_seen == 0) return "no signal has reached the server";
        return world.server().state() == Process::State::running ? "" : "the server's process did not go on";
    }
    ByHand by_hand() const override {
        return {"kill -STOP $SERVER_PID\nkill -KILL $CLIENT_PID\nkill -ALRM $SERVER_PID\nkill -CONT $SERVER_PID"};
    }
};

} // namespace

extern const FaultKind stop_server, signal_with_fin;
const FaultKind stop_server{{.name = "stop-server",
                             .summary = "the server's own process is stopped; its kernel goes on",
                             .effect = Effect::nothing,
                             .path = Passage::passes,
                             .needs = {},
                             .heals = true,
                             .particulars = {.server_stopped = true}},
                            make_fault<StopServer>};
// Three messages to two processes, one of which answers.
const FaultKind signal_with_fin{{.name = "signal-with-fin",
                                 .summary = "the client closes while the server is stopped, and a signal waits for the server too",
                                 .effect = Effect::fin,
                                 .path = Passage::passes,
                                 .needs = {},
                                 .particulars = {.signal_pending = true},
                                 .bracket_limit = std::chrono::milliseconds{2}},
                                make_fault<SignalWithFin>};

} // namespace halfopen::faults
