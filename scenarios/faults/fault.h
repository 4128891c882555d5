#pragma once
// A fault is one thing that a scenario does: rules wake, a process is stopped, a socket is reset.
//
// It is armed before the connection is made, fired by one message, verified without touching the connection, and
// able to say what a person would type. To add one: a class in the .cpp of its family, one line in catalogue.cpp.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/theory/situation.h"
#include "harness/lab/lab.h"

namespace halfopen {

/// What is known of a fault without firing it.
struct FaultInfo {
    std::string_view name;    ///< as in scenario files: "drop"
    std::string_view summary; ///< one sentence
    Effect effect;            ///< what it looks like from the server's kernel
    Passage path;             ///< what the canary must meet afterwards
    std::vector<std::string_view> needs; ///< kernel modules: "nf_tables", "nft_reject_ipv4"
    /// A wider bracket makes a trial `invalid: noisy`: the instant would not be known well enough.
    Duration bracket_limit = std::chrono::microseconds{500};
};

/// How a person does it in a shell of root. The lines may use $CLIENT, $ROUTER, $SERVER (names for `ip netns exec`),
/// $CLIENT_PID and $SERVER_PID. For a fault of the client's socket they are the client: a program that connects,
/// sends a byte, waits for a line on its input and then fails.
struct ByHand {
    std::string lines;
    bool is_client = false;
};

class Fault {
public:
    virtual ~Fault() = default;
    virtual const FaultInfo& describe() const = 0;
    /// Before the connection is made: everything that takes time.
    virtual void arm(World&) {}
    /// It happens, between the two stamps.
    virtual Bracket fire(World&) = 0;
    /// Reads back, some milliseconds later, whether it happened; empty when it did, else what is wrong.
    virtual std::string why_not_bitten(World&) const { return {}; }
    /// Undoes it, where that can be done.
    virtual void heal(World&) {}
    virtual ByHand by_hand() const = 0;
};

/// One entry of the catalogue.
struct FaultKind {
    FaultInfo about;
    std::unique_ptr<Fault> (*make)(const FaultInfo&);
};

std::span<const FaultKind* const> fault_kinds();
/// The kind of that name, or nullptr.
const FaultKind* find_fault(std::string_view name);

/// The common part: keeps the description.
class FaultBase : public Fault {
public:
    explicit FaultBase(const FaultInfo& about) : about_(about) {}
    const FaultInfo& describe() const override { return about_; }

private:
    const FaultInfo& about_;
};

template <typename F> std::unique_ptr<Fault> make_fault(const FaultInfo& about) {
    return std::make_unique<F>(about);
}

} // namespace halfopen
