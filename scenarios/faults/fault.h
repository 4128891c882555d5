#pragma once
// A fault is one thing that a scenario does: rules wake, a process is stopped, a socket is reset.
//
// It is armed before the connection is made, fired by one message, verified without touching the connection, and
// able to say what a person would type. To add one: a class in the .cpp of its family, one line in catalogue.cpp.

#include <cerrno>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/theory/situation.h"
#include "harness/lab/lab.h"
#include "harness/linux/qdisc.h"

namespace halfopen {

/// When a fault is undone: after a plain time, or after so many of the detector's own limits.
struct Healing {
    double limits = 0; ///< 0: a plain time
    Duration after{0}; ///< that time; with limits, what takes their place for a detector that has none
    bool operator==(const Healing&) const = default;
};

/// What a scenario file says of a fault besides its name: `every`, `away`, `back`, `delay`, `jitter`, `loss_percent`,
/// `reorder_percent`, `duplicate_percent`, `corrupt_percent`, `pause`, `moment`, `bytes_per_second`, `bits_per_second`, and
/// `for` with `for_without_limit`.
struct FaultSettings {
    Duration every{0};     ///< between two signals
    Impairment impairment; ///< of either direction
    Duration away{0}, back{0}; ///< nothing passes for so long, then all does for so long
    Duration pause{0}, moment{0}; ///< the client's process stands still so long, then runs so long, again and again
    unsigned bytes_per_second = 0; ///< that the client reads
    unsigned bits_per_second = 0;  ///< that pass, each way
    std::optional<Healing> heals;
    bool operator==(const FaultSettings&) const = default;
};

/// How wide the bracket of a fault may be that changes links, addresses, routes or queueing disciplines: it waits for a
/// lock that the whole machine shares (rtnl_lock()), and meanwhile other worlds are built.
inline constexpr Duration with_network_lock = std::chrono::milliseconds{5};

/// The same of a fault whose bracket holds the whole end of a process, which takes longer than one system call.
inline constexpr Duration process_ends = std::chrono::milliseconds{20};

/// A router that has lost the client's hardware address asks for it three times, a second apart by the timer wheel, and then
/// says that the host cannot be reached (net/ipv4/arp.c: arp_error_report()).
inline constexpr IcmpAnswer arp_fails{.error = EHOSTUNREACH,
                                      .undoes_backoff = true,
                                      .after = {std::chrono::seconds{3}, std::chrono::milliseconds{3250}}};
/// The same where it loses that address with the carrier, of which the kernel takes notice up to a second later
/// (net/core/link_watch.c), and the next segment after that is what makes it ask.
inline constexpr IcmpAnswer arp_fails_without_carrier{.error = EHOSTUNREACH,
                                                      .undoes_backoff = true,
                                                      .after = {std::chrono::seconds{3}, std::chrono::milliseconds{4800}}};

/// What is known of a fault without firing it.
struct FaultInfo {
    std::string_view name;    ///< as in scenario files: "drop"
    std::string_view summary; ///< one sentence
    Effect effect;            ///< what it looks like from the server's kernel
    Passage path;             ///< what the canary must meet afterwards
    GoesOn goes_on = GoesOn::nothing; ///< of a client whose kernel acknowledges for it
    std::vector<std::string_view> needs; ///< kernel modules: "nf_tables", "nft_reject_ipv4"
    std::vector<std::string_view> keys = {}; ///< what a scenario file must say of it, as FaultSettings names it
    IcmpAnswer icmp = {};                    ///< how the router answers what it does not pass, if it does
    bool bare_segments_pass = false;         ///< only segments that carry data are lost
    bool heals = false;                      ///< it can be undone, so the file may say `for`
    bool by_client = false;                  ///< it is a system call of the client's own
    bool kernel_says_goodbye = false; ///< the client's process ends; whether FIN or RST is its kernel's to decide
    /// What becomes of packets that are not TCP; empty: what the canary meets, or passing where that is a RST.
    std::optional<Passage> other_packets = {};
    /// Whether the client's process runs on and takes its connection to be alive; empty: as client_goes_on(effect) says.
    std::optional<bool> client_goes_on = {};
    Particulars particulars = {};     ///< what the effect does not say by itself
    bool of_our_client = false;       ///< only the lab's own client can do it, not a program of the user's
    /// A wider bracket makes a trial `invalid: noisy`: the instant would not be known well enough.
    Duration bracket_limit = std::chrono::microseconds{500};
};

/// How a person does it in a shell of root. The lines may use $CLIENT, $ROUTER, $SERVER (names for `ip netns exec`),
/// $CLIENT_PID and $SERVER_PID. For a fault of the client's socket they are the client: a program that connects,
/// sends a byte, waits for a line on its input and then fails.
struct ByHand {
    std::string lines;
    bool is_client = false;
    bool is_server = false; ///< the same for the server: a program that takes one client, and waits for a line
    std::string beforehand = {}; ///< what is typed before the connection is made
    bool server_writes = false;  ///< within the second after Enter, as part of what happens
};

class Fault {
public:
    virtual ~Fault() = default;
    virtual const FaultInfo& describe() const = 0;
    /// Before the connection is made: everything that takes time.
    virtual void arm(World&) {}
    /// Shortly before the situation is read: what is so already when it happens, and is not part of it.
    virtual void lead_up(World&) {}
    /// Some milliseconds before it is due. True when whoever does it keeps that moment by himself, and fire() only waits
    /// for it: to be told at that very moment he would have to be woken, which takes up to milliseconds.
    virtual bool alert(World&, Instant) { return false; }
    /// It happens, between the two stamps.
    virtual Bracket fire(World&) = 0;
    /// Reads back, some milliseconds later, whether it happened; empty when it did, else what is wrong.
    virtual std::string why_not_bitten(World&) const { return {}; }
    /// Undoes it, where that can be done; and reads back whether it is undone: empty when it is.
    virtual void heal(World&) {}
    virtual std::string why_not_healed(World&) const { return {}; }
    virtual ByHand by_hand() const = 0;
};

/// One entry of the catalogue.
struct FaultKind {
    FaultInfo about;
    std::unique_ptr<Fault> (*make)(const FaultInfo&, const FaultSettings&);
};

std::span<const FaultKind* const> fault_kinds();
/// The kind of that name, or nullptr.
const FaultKind* find_fault(std::string_view name);

/// The common part: keeps the description, and puts the bracket around what happens.
class FaultBase : public Fault {
public:
    explicit FaultBase(const FaultInfo& about) : about_(about) {}
    const FaultInfo& describe() const override { return about_; }

protected:
    template <typename Action> static Bracket stamped(Action action) {
        Bracket bracket{MonotonicClock::now(), {}};
        action();
        bracket.after = MonotonicClock::now();
        return bracket;
    }

private:
    const FaultInfo& about_;
};

/// A fault whose constructor takes its settings too, where it has some.
template <typename F> std::unique_ptr<Fault> make_fault(const FaultInfo& about, const FaultSettings& settings) {
    if constexpr (std::is_constructible_v<F, const FaultInfo&, const FaultSettings&>)
        return std::make_unique<F>(about, settings);
    else
        return std::make_unique<F>(about);
}

} // namespace halfopen
