// Faults of the client's process that are done to it: killed, stopped. One system call each, by pidfd.

#include <csignal>

#include "harness/base/noise.h"
#include "scenarios/faults/by_hand.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// The kernel closes a process's socket when the process has ended, which takes a processor and some milliseconds.
Bracket kill_and_see_it_end(World& world) {
    Bracket bracket{MonotonicClock::now(), {}};
    world.signal_client(SIGKILL);
    world.client().ends_within(std::chrono::milliseconds{100}); // Who is not dead by then is told of when the fault is verified.
    bracket.after = MonotonicClock::now();
    return bracket;
}

class ClientSignal : public FaultBase {
public:
    ClientSignal(const FaultInfo& about, int number, Process::State expected)
        : FaultBase(about), number_(number), expected_(expected) {}
    Bracket fire(World& world) override {
        return number_ == SIGKILL ? kill_and_see_it_end(world) : stamped([&] { world.signal_client(number_); });
    }
    /// A process obeys when it gets a processor, and the FIN leaves then.
    std::string why_not_bitten(World& world) const override {
        if (world.client().state() == expected_) return {};
        return fmt::format("{}: the client's process has not obeyed its signal yet", noisy);
    }

private:
    int number_;
    Process::State expected_;
};

struct Kill final : ClientSignal {
    explicit Kill(const FaultInfo& about) : ClientSignal(about, SIGKILL, Process::State::ended) {}
    ByHand by_hand() const override { return {"kill -KILL $CLIENT_PID"}; }
};

/// Bytes that nobody read are lost with the process, and its kernel says so by RST (RFC 9293, 3.6.1; tcp_close()).
class KillUnread final : public ClientSignal {
public:
    explicit KillUnread(const FaultInfo& about) : ClientSignal(about, SIGKILL, Process::State::ended) {}
    void lead_up(World& world) override { lies_unread_ = world.leave_unread(); }
    std::string why_not_bitten(World& world) const override {
        if (lies_unread_) return ClientSignal::why_not_bitten(world);
        return fmt::format("{}: the server's bytes had not reached the client's socket", noisy);
    }
    ByHand by_hand() const override {
        return {python_client("time.sleep(1.5)  # now let the server write\nos.kill(os.getpid(), 9)"), true, false, {}, true};
    }

private:
    bool lies_unread_ = false;
};

/// The socket is closed when the last process that holds it is gone, and one is left (close(2), fork(2)).
class KillParent final : public ClientSignal {
public:
    explicit KillParent(const FaultInfo& about) : ClientSignal(about, SIGKILL, Process::State::ended) {}
    void lead_up(World& world) override { world.leave_heir(); }
    std::string why_not_bitten(World& world) const override {
        return world.has_heir() ? ClientSignal::why_not_bitten(world) : "no child was left to hold the client's socket";
    }
    ByHand by_hand() const override { return {python_client("os.fork() and os.kill(os.getpid(), 9)"), true}; }
};

/// The program's own end: exit(), or the return of main().
class EndOfProgram final : public FaultBase {
public:
    using FaultBase::FaultBase;
    bool alert(World& world, Instant due) override { return world.alert_client(ClientDo::end, due); }
    Bracket fire(World& world) override { return world.end_client(); }
    std::string why_not_bitten(World& world) const override {
        return world.client().state() == Process::State::ended ? "" : "the client's process did not end";
    }
    ByHand by_hand() const override { return {python_client("sys.exit()"), true}; }
};

struct Stop final : ClientSignal {
    explicit Stop(const FaultInfo& about) : ClientSignal(about, SIGSTOP, Process::State::stopped) {}
    void heal(World& world) override { world.signal_client(SIGCONT); }
    std::string why_not_healed(World& world) const override {
        return world.client().state() == Process::State::running ? "" : "the client's process did not go on";
    }
    ByHand by_hand() const override { return {"kill -STOP $CLIENT_PID"}; }
};

} // namespace

extern const FaultKind kill, kill_unread, kill_parent, process_exit, stop;
const FaultKind kill{{.name = "kill",
                      .summary = "the client's process is killed; its kernel closes the socket: FIN",
                      .effect = Effect::fin,
                      .path = Passage::passes,
                      .needs = {},
                      .bracket_limit = process_ends},
                     make_fault<Kill>};
const FaultKind kill_unread{{.name = "kill-unread",
                             .summary = "the client's process is killed with unread bytes in its socket: RST",
                             .effect = Effect::reset,
                             .path = Passage::passes,
                             .needs = {"inet_diag", "tcp_diag"},
                             .kernel_says_goodbye = true,
                             .of_our_client = true,
                             .bracket_limit = process_ends},
                            make_fault<KillUnread>};
const FaultKind kill_parent{{.name = "kill-parent",
                             .summary = "the client's process is killed, and a child of it holds the socket: no FIN",
                             .effect = Effect::acknowledges_only,
                             .path = Passage::passes,
                             .needs = {},
                             .of_our_client = true,
                             .bracket_limit = process_ends},
                            make_fault<KillParent>};
const FaultKind process_exit{{.name = "exit",
                              .summary = "the client's process calls exit(); its kernel closes the socket: FIN",
                              .effect = Effect::fin,
                              .path = Passage::passes,
                              .needs = {},
                              .of_our_client = true,
                              .bracket_limit = process_ends},
                             make_fault<EndOfProgram>};
const FaultKind stop{{.name = "stop",
                      .summary = "the client's process is stopped; its kernel goes on acknowledging",
                      .effect = Effect::acknowledges_only,
                      .path = Passage::passes,
                      .needs = {},
                      .heals = true},
                     make_fault<Stop>};

} // namespace halfopen::faults
