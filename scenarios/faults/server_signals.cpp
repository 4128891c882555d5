// Signals that hit the server while it waits: nothing is wrong with the connection.

#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// SIGALRM without SA_RESTART, from a timer of the server's own process (setitimer(2)).
class SignalStorm final : public FaultBase {
public:
    using FaultBase::FaultBase;
    Bracket fire(World& world) override { return world.tell_server(ServerDo::storm); }
    void heal(World& world) override { world.tell_server(ServerDo::calm); }
    std::string why_not_bitten(World& world) const override {
        return world.slot().signals_seen > 0 ? "" : "no signal has reached the server";
    }
    ByHand by_hand() const override {
        return {"(while kill -ALRM $SERVER_PID; do sleep 0.01; done) 2>/dev/null &"};
    }
};

} // namespace

extern const FaultKind signal_storm;
const FaultKind signal_storm{{.name = "signal-storm",
                              .summary = "SIGALRM without SA_RESTART hits the server every 10 ms",
                              .effect = Effect::signals,
                              .path = Passage::passes,
                              .needs = {},
                              .keys = {"every"}},
                             make_fault<SignalStorm>};

} // namespace halfopen::faults
