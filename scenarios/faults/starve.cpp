// The client gets almost no processor: stopped and continued, again and again, by a process beside it. Unlike a
// scheduling class it needs no privilege, works on one processor as on many, and burns none.

#include <csignal>

#include <poll.h>
#include <sys/prctl.h>

extern "C" { // glibc 2.36 forgot to say so itself.
#include <sys/pidfd.h>
}

#include "harness/base/error.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// Body of the process that starves another: from `begin` on, which is in the midst of a first pause.
int starve_client(Fd client, Fd begin, Duration pause, Duration moment) {
    keep_only({&client, &begin});
    prctl(PR_SET_TIMERSLACK, 1);
    pollfd go{begin.get(), POLLIN, 0};
    while (poll(&go, 1, -1) != 1) {
    }
    const auto after = [&](Duration wait, int number) {
        sleep_until(MonotonicClock::now() + wait);
        return pidfd_send_signal(client.get(), number, nullptr, 0) == 0;
    };
    while (after(pause, SIGCONT) && after(moment, SIGSTOP)) {
    }
    return 0;
}

class Starve final : public FaultBase {
public:
    Starve(const FaultInfo& about, const FaultSettings& settings)
        : FaultBase(about), pause_(settings.pause), moment_(settings.moment) {}

    void lead_up(World& world) override {
        begin_ = event_fd();
        starver_ = fork_process([&] {
            return starve_client(world.client().pidfd().duplicate(), begin_.duplicate(), pause_, moment_);
        });
    }
    Bracket fire(World& world) override {
        return stamped([&] {
            world.signal_client(SIGSTOP);
            post(begin_);
        });
    }
    std::string why_not_bitten(World& world) const override {
        if (starver_.state() != Process::State::running) return "nobody stops the client again and again";
        for (const Instant limit = MonotonicClock::now() + 2 * moment_; MonotonicClock::now() < limit;) {
            if (world.client().state() == Process::State::stopped) return {};
            sleep_until(MonotonicClock::now() + std::chrono::milliseconds{1}); // Just now it may have its moment.
        }
        return "the client's process is never stopped";
    }
    ByHand by_hand() const override {
        const auto seconds = [](Duration d) { return std::chrono::duration<double>(d).count(); };
        return {fmt::format("while kill -STOP $CLIENT_PID; do sleep {}; kill -CONT $CLIENT_PID; sleep {}; done 2>/dev/null &",
                            seconds(pause_), seconds(moment_))};
    }

private:
    Duration pause_, moment_;
    Fd begin_;
    Process starver_;
};

} // namespace

extern const FaultKind starve;
const FaultKind starve{{.name = "starve",
                        .summary = "the client gets the processor for a moment only, again and again",
                        .effect = Effect::nothing,
                        .path = Passage::passes,
                        .needs = {},
                        .keys = {"pause", "moment"},
                        .of_our_client = true},
                       make_fault<Starve>};

} // namespace halfopen::faults
