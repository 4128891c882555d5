#pragma once
// Which settings advice chooses among, and how it finds the cheapest that do.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/trial/advice.h"

namespace halfopen {

/// What the rules say of some settings under everything that was asked.
struct Judgement {
    std::vector<AdvisedCell> cells;
    Duration worst{0}; ///< of all cells, from the fault
    std::string wrong; ///< a cell that is not noticed for what it is, or a living client called dead; empty: none
};

class Judge {
public:
    explicit Judge(const AdviceRequest& request) : request_(request), cells_(asked_cells(request)) {}
    Judgement operator()(const Detector&) const;
    bool fits(const Judgement& j) const { return j.wrong.empty() && j.worst <= request_.within; }

private:
    std::string called_dead(const Detector&) const;
    const AdviceRequest& request_;
    std::vector<std::pair<const Scenario*, Traffic>> cells_;
};

/// Settings of one method that grow by one number: the larger, the cheaper and the later.
struct Family {
    int tries = 3;                            ///< unanswered probes or pings that end the connection
    int64_t most = 1;                         ///< the largest number that makes sense
    std::function<std::string(int64_t)> spec; ///< for a number from 1
};

/// A method with its families, those first that bear more lost packets.
struct Candidate {
    std::string_view name;
    std::vector<Family> families;
};

/// Every method that is advised, the cheapest kind first: nothing at all, the kernel's timers, an answer of the
/// client's worker, and hellos last, because a thread that knows nothing of the worker can say them.
std::vector<Candidate> candidates(Duration within);

struct Found {
    bool fits = false;
    std::shared_ptr<const Detector> detector; ///< that fits, or the fastest of all
    Judgement judged;
    int tries = 3;
};
/// The largest number of the first family in which any fits.
Found search(const Candidate&, const Judge&);

} // namespace halfopen
