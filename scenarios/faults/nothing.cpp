// The fault that does nothing: the template to copy, and the negative control.

#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

class Nothing final : public FaultBase {
public:
    using FaultBase::FaultBase;
    Bracket fire(World&) override {
        const Instant now = MonotonicClock::now();
        return {now, now};
    }
    ByHand by_hand() const override { return {"true"}; }
};

} // namespace

extern const FaultKind nothing;
const FaultKind nothing{
    {.name = "nothing", .summary = "nothing happens", .effect = Effect::nothing, .path = Passage::passes, .needs = {}},
    make_fault<Nothing>};

} // namespace halfopen::faults
