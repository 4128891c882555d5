// Signals that hit the server while it waits: nothing is wrong with the connection.

#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

/// SIGALRM from a timer of the server's own process (setitimer(2)).
class Storm : public FaultBase {
public:
    Storm(const FaultInfo& about, ServerDo command) : FaultBase(about), command_(command) {}
    Bracket fire(World& world) override { return world.tell_server(command_); }
    void heal(World& world) override { world.tell_server(ServerDo::calm); }
    std::string why_not_bitten(World& world) const override {
        return world.slot().signals_seen > 0 ? "" : "no signal has reached the server";
    }
    ByHand by_hand() const override {
        return {"(while kill -ALRM $SERVER_PID; do sleep 0.01; done) 2>/dev/null &"};
    }

private:
    ServerDo command_;
};

struct SignalStorm final : Storm {
    explicit SignalStorm(const FaultInfo& about) : Storm(about, ServerDo::storm) {}
};

/// The kernel takes up a recv() without a timeout again by itself, and it never returns (signal(7)).
struct RestartingStorm final : Storm {
    explicit RestartingStorm(const FaultInfo& about) : Storm(about, ServerDo::restarting_storm) {}
};

} // namespace

extern const FaultKind signal_storm, signal_storm_restart;
const FaultKind signal_storm{{.name = "signal-storm",
                              .summary = "SIGALRM without SA_RESTART hits the server every 10 ms",
                              .effect = Effect::signals,
                              .path = Passage::passes,
                              .needs = {},
                              .keys = {"every"}},
                             make_fault<SignalStorm>};
// Not Effect::signals: what that effect does to a method, the first EINTR, does not happen to a recv() that is restarted.
const FaultKind signal_storm_restart{{.name = "signal-storm-restart",
                                      .summary = "SIGALRM with SA_RESTART hits the server every 10 ms",
                                      .effect = Effect::nothing,
                                      .path = Passage::passes,
                                      .needs = {},
                                      .keys = {"every"}},
                                     make_fault<RestartingStorm>};

} // namespace halfopen::faults
