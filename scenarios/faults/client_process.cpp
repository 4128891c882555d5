// Faults of the client's process: killed, stopped. One system call each, by pidfd.

#include <csignal>

#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

class ClientSignal : public FaultBase {
public:
    ClientSignal(const FaultInfo& about, int number, Process::State expected)
        : FaultBase(about), number_(number), expected_(expected) {}
    Bracket fire(World& world) override {
        return stamped([&] { world.signal_client(number_); });
    }
    std::string why_not_bitten(World& world) const override {
        return world.client().state() == expected_ ? "" : "the client's process did not obey its signal";
    }

private:
    int number_;
    Process::State expected_;
};

struct Kill final : ClientSignal {
    explicit Kill(const FaultInfo& about) : ClientSignal(about, SIGKILL, Process::State::ended) {}
    ByHand by_hand() const override { return {"kill -KILL $CLIENT_PID"}; }
};

struct Stop final : ClientSignal {
    explicit Stop(const FaultInfo& about) : ClientSignal(about, SIGSTOP, Process::State::stopped) {}
    void heal(World& world) override { world.signal_client(SIGCONT); }
    ByHand by_hand() const override { return {"kill -STOP $CLIENT_PID"}; }
};

} // namespace

extern const FaultKind kill, stop;
const FaultKind kill{{.name = "kill",
                      .summary = "the client's process is killed; its kernel closes the socket: FIN",
                      .effect = Effect::fin,
                      .path = Passage::passes,
                      .needs = {}},
                     make_fault<Kill>};
const FaultKind stop{{.name = "stop",
                      .summary = "the client's process is stopped; its kernel goes on acknowledging",
                      .effect = Effect::acknowledges_only,
                      .path = Passage::passes,
                      .needs = {}},
                     make_fault<Stop>};

} // namespace halfopen::faults
