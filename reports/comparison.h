#pragma once
// The same plan in several runs: which cells they share, and where they differ.

#include <list>
#include <string>
#include <vector>

#include "reports/cells.h"

namespace halfopen {

/// How two runs of one cell compare, from nothing to the gravest.
enum class Difference {
    none,
    no_window,   ///< the times are apart, and no rule says how far apart they may be: told, not judged
    short_watch, ///< one watch ended before the other's first notice: cannot be told
    time,        ///< further apart than the planned window is wide
    signal,      ///< one heard what the other did not
    outcome,     ///< the worst trial ended otherwise
};
inline bool differs(Difference d) { return d >= Difference::time; }

/// Two runs that keep to one window are never further apart than it is wide, at whatever phase their timers
/// met the fault. What is closer is phase: a timer that fell into the next bucket of the kernel's wheel. So
/// times differ only where all of one run come before all of the other, and the gap is wider than the wider
/// of their planned windows, or only one of the two kept to its rule.
Difference compare(const Cell&, const Cell&);

/// One failure, one method and one profile, in every run.
struct SharedCell {
    const std::string* traffic = nullptr;
    const ScenarioHead* column = nullptr;
    const DetectorHead* row = nullptr;
    std::vector<const Cell*> cells;           ///< one for each run; nullptr where it has no valid trial
    Difference difference = Difference::none; ///< the gravest of any two runs
    bool in_all() const;
};

/// Points into the records, which must outlive it.
class Comparison {
public:
    explicit Comparison(const std::vector<Records>&);
    Comparison(const Comparison&) = delete;
    Comparison& operator=(const Comparison&) = delete;

    const std::list<Cells>& runs() const { return runs_; }
    /// What heads the column of each run: its kernel's number where that tells them apart.
    const std::vector<std::string>& names() const { return names_; }
    /// The rows, columns and profiles of all runs together.
    const Cells& together() const { return together_; }
    /// Every cell that any run has, by profile, failure and method.
    const std::vector<SharedCell>& cells() const { return cells_; }
    /// Cells that all runs have, with this difference.
    int count(Difference) const;
    int shared() const; ///< cells that all runs have
    int differing() const;
    int slower() const; ///< those that differ in time, and whose notices come later in the last run than in the first

private:
    Records all_; ///< for together_
    Cells together_;
    std::list<Cells> runs_;
    std::vector<std::string> names_;
    std::vector<SharedCell> cells_;
};

} // namespace halfopen
