#pragma once
// A scenario: what the link is like, what breaks, and what is true afterwards. One .toml file each, one line in
// scenarios/catalogue.toml, one page beside it.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/outcome.h"
#include "harness/base/traffic.h"
#include "harness/trial/fault_entry.h"

namespace halfopen {

struct Scenario {
    std::string name;
    std::string label;   ///< at most 8 characters, heads a column
    std::string group;   ///< "is there", "says goodbye", "says nothing"
    std::string summary; ///< one sentence
    Truth truth = Truth::alive;
    Stage stage = Stage::established;       ///< how far the server's end of the connection is
    std::vector<Traffic> traffic;           ///< the profiles it makes sense with; the first is its headline
    Duration one_way{0};                    ///< the link's delay, each way, before anything breaks
    bool proxied = false;                   ///< a proxy in the router ends both the client's and the server's connection
    std::vector<FaultEntry> faults;         ///< fired one after the other, without a pause
    Duration signal_interval{0};            ///< `every` of signal-storm

    /// What the server's kernel meets: the first fault that it can notice decides, except that a FIN may still come
    /// from a client that is cut off from what the server sends.
    Effect effect() const;
    /// All that a prediction is told of it.
    void tell(Situation&) const;
    /// What is known of the fault that decides; nullptr when nothing happens that the server's kernel meets.
    const FaultInfo* decisive() const;
    /// The server is sent signals all the time.
    bool is_storm() const { return signal_interval > Duration::zero(); }
    /// The client's kernel decides what to say at the end of its socket, FIN or RST.
    bool kernel_says_goodbye() const;
    /// Only what the server sends is lost.
    bool client_is_heard() const { return path() == Passage::to_server; }
    /// What the effect does not say by itself.
    Particulars particulars() const;
    /// What the canary must meet.
    Passage path() const;
    /// What still arrives that is not TCP; empty where nobody says it.
    std::optional<OtherPackets> other_packets() const;
    /// The client's process runs on and takes its connection to be alive.
    bool client_goes_on() const;
    /// The longest that a packet takes from end to end, after the fault too.
    Duration slowest_way() const;
    /// How many packets in a hundred are lost, whole or by a flipped bit, after the fault, in each direction.
    int loss_percent() const;
    /// How long after its firing the fault is healed, for a detector with this limit (Timing::limit, zero for one
    /// without); nothing when it is not.
    std::optional<Duration> heals_after(Duration limit) const;
    /// The kernel modules that its faults and its link need, each once.
    std::vector<std::string_view> needs() const;
};

/// Reads one file. BadInput names file, line, column, and the mend: an unknown key with the nearest name, a wrong
/// type, a missing key, no fault, a fault or truth that does not exist.
Scenario read_scenario(const std::filesystem::path&);
/// The same from text; `file` names it in messages.
Scenario parse_scenario(std::string_view toml, const std::string& file);

/// All scenarios, in the order of the catalogue, which is the order of the report's columns.
const std::vector<Scenario>& scenarios();
/// The scenario of that name. BadInput with the nearest name when there is none.
const Scenario& find_scenario(std::string_view name);
std::vector<std::string> scenario_names();

} // namespace halfopen
