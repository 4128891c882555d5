#pragma once
// Trials grouped into cells: what a matrix, a table and a sentence are made of.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/trial/record.h"

namespace halfopen {

/// All trials of one scenario, traffic profile and detector.
struct Cell {
    std::vector<const TrialLine*> trials; ///< all of them, by repeat
    std::vector<const TrialLine*> valid;  ///< neither skipped nor invalid
    Outcome outcome = Outcome::invalid;   ///< its worst trial's: a majority hides nothing
    int right = 0;                        ///< valid trials in which the detector was right
    int noticed = 0;                      ///< valid trials noticed
    std::vector<Duration> times;          ///< of the noticed ones, sorted
    std::vector<Duration> spoke;          ///< of all that said anything, sorted

    int n() const { return static_cast<int>(valid.size()); }
    bool mixed() const { return right > 0 && right < n(); }
    std::optional<Duration> slowest() const;
    std::optional<Duration> fastest() const;
    /// The one signal of all trials that spoke, "several" when they differ, or nothing.
    std::string signal() const;
    /// The first reason of a skipped or an invalid trial.
    std::string why() const;
    /// The earliest moment at which the rule lets the detector speak after all, where that lies beyond the
    /// horizon.
    std::optional<Duration> predicted_beyond() const;
};

/// From the best to the worst: the order in which a trial decides its cell's class.
int badness(Outcome);

/// True for outcomes that say something about the detector.
constexpr bool is_valid(Outcome o) { return o != Outcome::skipped && o != Outcome::invalid; }

/// All cells of some records, with their rows and columns in order. Points into the records, which must
/// outlive it.
class Cells {
public:
    explicit Cells(const Records&);

    const Records& records() const { return records_; }
    const RunLine& run() const { return records_.runs.front(); }
    /// Columns: scenarios of the same group stand together.
    const std::vector<ScenarioHead>& scenarios() const { return scenarios_; }
    /// Rows: the laws first; no controls.
    const std::vector<DetectorHead>& detectors() const { return detectors_; }
    const std::vector<DetectorHead>& controls() const { return controls_; }
    /// The profiles that occur in trials, in the order of traffic.h.
    const std::vector<std::string>& traffics() const { return traffics_; }
    /// Nothing when no trial of it is recorded.
    const Cell* find(const std::string& traffic, const std::string& scenario, const std::string& spec) const;
    /// Trials without the skipped ones.
    int tried() const { return tried_; }
    int invalid() const { return invalid_; }
    int skipped() const { return skipped_; }
    /// More than 2 % of the trials are invalid: nothing may be ranked.
    bool untrustworthy() const { return invalid_ * 50 > tried_; }
    /// Fewer trials than planned, whatever the reason.
    bool partial() const;
    int planned() const;

private:
    void take_heads();
    void take_trials();
    const Records& records_;
    std::vector<ScenarioHead> scenarios_;
    std::vector<DetectorHead> detectors_;
    std::vector<DetectorHead> controls_;
    std::vector<std::string> traffics_;
    std::map<std::string, Cell> cells_; ///< by traffic, scenario and spec
    int tried_ = 0;
    int invalid_ = 0;
    int skipped_ = 0;
};

/// The profiles in which most of the rows were run: what only some were asked says nothing about the others.
std::vector<std::string> common_traffics(const Cells&);
/// The column in which costs are read: the client is there, and only the method itself makes traffic. None in records
/// without such a one.
const ScenarioHead* living_column(const Cells&);

inline const std::string group_alive = "is there";
inline const std::string group_goodbye = "says goodbye";
inline const std::string group_silent = "says nothing";

} // namespace halfopen
