// Faults of one part of the client's process, the others going on: its worker hangs, it reads no more, or hardly.

#include "scenarios/faults/by_hand.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// Everything that a worker does ends, and the process lives: threads that say hello or answer pings know nothing of it.
class HangWorker final : public FaultBase {
public:
    using FaultBase::FaultBase;
    bool alert(World& world, Instant due) override { return world.alert_client(ClientDo::hang, due); }
    Bracket fire(World& world) override {
        const Bracket bracket = world.tell_client(ClientDo::hang);
        world.speak_to_worker();
        return bracket;
    }
    std::string why_not_bitten(World& world) const override {
        if (world.client().state() != Process::State::running) return "the client's process is not there any more";
        return world.worker_hangs() ? "" : "the client's worker still hears what it is told";
    }
    ByHand by_hand() const override {
        return {python_client(R"(import threading
def say_hello():
    while True: time.sleep(3); s.sendall(b"hello")
threading.Thread(target=say_hello, daemon=True).start()
lock = threading.Lock(); lock.acquire(); lock.acquire()  # a deadlock)"),
                true};
    }
};

/// What comes lies unread from now on, while the client goes on writing.
class StopReading final : public FaultBase {
public:
    using FaultBase::FaultBase;
    bool alert(World& world, Instant due) override { return world.alert_client(ClientDo::stop_reading, due); }
    Bracket fire(World& world) override { return world.tell_client(ClientDo::stop_reading); }
    std::string why_not_bitten(World& world) const override {
        return world.client().state() == Process::State::running ? "" : "the client's process is not there any more";
    }
    ByHand by_hand() const override { return {python_client("pass  # and it never calls s.recv()"), true}; }
};

class ReadSlowly final : public FaultBase {
public:
    ReadSlowly(const FaultInfo& about, const FaultSettings& settings) : FaultBase(about), rate_(settings.bytes_per_second) {}
    void lead_up(World& world) override { before_ = world.unread_by_client(); }
    bool alert(World& world, Instant due) override { return world.alert_client(ClientDo::read_slowly, due); }
    Bracket fire(World& world) override { return world.tell_client(ClientDo::read_slowly); }
    std::string why_not_bitten(World& world) const override {
        const auto now = world.unread_by_client();
        if (!before_ || !now) return "the client's socket is not in its kernel's table";
        if (*before_ == 0) return {}; // Nothing lay there to be read.
        if (*now == *before_) return "the client reads nothing";
        // The first reading was at the fault itself; a tenth of a second is a trickle.
        return *before_ - *now < rate_ ? "" : "the client reads faster than it should";
    }
    ByHand by_hand() const override {
        return {python_client(fmt::format("while True: s.recv({}); time.sleep(0.1)", rate_ / 10)), true};
    }

private:
    unsigned rate_;
    std::optional<size_t> before_;
};

} // namespace

extern const FaultKind hang_worker, stop_reading, read_slowly;
const FaultKind hang_worker{{.name = "hang-worker",
                             .summary = "the client's worker hangs in a deadlock; its other threads go on",
                             .effect = Effect::acknowledges_only,
                             .path = Passage::passes,
                             .goes_on = GoesOn::threads,
                             .needs = {},
                             .client_goes_on = true,
                             .of_our_client = true},
                            make_fault<HangWorker>};
const FaultKind stop_reading{{.name = "stop-reading",
                              .summary = "the client reads no more, and goes on writing",
                              .effect = Effect::acknowledges_only,
                              .path = Passage::passes,
                              .goes_on = GoesOn::writing,
                              .needs = {},
                              .client_goes_on = true,
                              .of_our_client = true},
                             make_fault<StopReading>};
const FaultKind read_slowly{{.name = "read-slowly",
                             .summary = "the client reads a few bytes every 100 ms",
                             .effect = Effect::nothing,
                             .path = Passage::passes,
                             .needs = {"inet_diag", "tcp_diag"},
                             .keys = {"bytes_per_second"},
                             .of_our_client = true},
                            make_fault<ReadSlowly>};

} // namespace halfopen::faults
