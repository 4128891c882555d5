#pragma once
// A plan: which cells are run, how often, at which phases, and how long each is watched. A pure function of the
// catalogues, the plan file, the selection and the seed.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "detectors/detector.h"
#include "harness/trial/record.h"
#include "harness/trial/scenario.h"

namespace halfopen {

struct PlannedTrial {
    std::string id;
    const Scenario* scenario = nullptr;
    Traffic traffic = Traffic::idle;
    std::shared_ptr<const Detector> detector;
    std::string spec;
    int repeat = 1;
    int attempt = 1;
    double phase = 0;
    Duration horizon{0};
    Duration before_fault{0}; ///< from the proof of life to the fault: lead + phase x period
    std::optional<Duration> heal_after; ///< from the fault to its healing
    /// Over all phases of the cell, whose repeats share it.
    std::shared_ptr<const Prediction> planned = std::make_shared<const Prediction>();
    std::string skip;         ///< why it is not run; empty when it is
    bool capture = false;     ///< the packets of its world are kept
};

struct Plan {
    std::string name;
    uint64_t seed = 1;
    int repeats = 3;
    Duration horizon{0};
    std::vector<PlannedTrial> trials;
    std::set<std::string> cells; ///< "silent-drop/idle/recv": each is run as whoever names it first says

    /// "sha256:..." of ids, phases and horizon: two plans with one digest run the same trials.
    std::string digest() const;
    std::vector<ScenarioHead> scenario_heads() const;
    std::vector<DetectorHead> detector_heads() const;
    /// The trials that are run.
    int count_run() const;
    /// The longest predicted wait within the horizon, and whose it is.
    struct Longest {
        Duration wait{0};
        std::string label;
    };
    Longest longest_wait() const;
};

/// What the command line asks for. Empty members mean "not given".
struct Selection {
    std::vector<std::string> what;      ///< a plan, a plan file, scenarios, detectors, law-1..law-5
    std::vector<std::string> scenarios; ///< globs
    std::vector<std::string> detectors; ///< specs
    std::vector<std::string> traffic;
    std::optional<int> repeats;
    std::optional<Duration> horizon;
    uint64_t seed = 1;
    std::string id; ///< one trial only
    /// The server's kernel, for predictions: that of the guest in the virtual lab. Nothing: this machine's.
    std::optional<KernelFacts> kernel;
    /// Idle time costs nothing: every period is swept where no plan says otherwise.
    bool virtual_time = false;
    bool capture = false; ///< what crosses the links is kept
};

/// BadInput names an unknown word with the nearest name; an Error with Exit::nothing_selected when the selection is
/// empty.
Plan make_plan(const Selection&);

/// The plans that come with the program: name and summary.
std::vector<std::pair<std::string, std::string>> plan_summaries();

/// Why this cell cannot be run at all; empty when it can.
std::string why_skipped(const Scenario&, Traffic, const Detector&);

/// The situation of a cell before it is run, over the phases from `from` to `to` after the proof of life.
Situation planned_situation(const Scenario&, Traffic, const Detector&, Window before_fault, const KernelFacts&);
/// From the proof of life to the fault, over a whole period of the detector: what a prediction without a plan is made for. Zero
/// where the failure begins with the watching.
Window over_a_period(const Scenario&, const Detector&);
/// Where only the server hears (Situation::client_is_heard): its last message comes after the fault.
void hear_on(Situation&, const Detector&);

/// What is known of this machine's kernel before a world was built.
KernelFacts own_kernel();

/// A fault that is healed sooner than this could not be verified before (SchedulePace::verify_after).
inline constexpr Duration shortest_outage = std::chrono::milliseconds{200};

/// What a prediction becomes in a record.
PredictedLine to_line(const Prediction&, Truth, Duration horizon);

} // namespace halfopen
