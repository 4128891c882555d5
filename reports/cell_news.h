#pragma once
// What a run says of its cells while it goes on.

#include <map>
#include <string>
#include <vector>

#include "harness/trial/record.h"

namespace halfopen {

/// One sentence for each cell, when the last of its trials is over.
class CellNews {
public:
    CellNews() = default;
    /// Of a run that is to have the trials of these ids.
    explicit CellNews(const std::vector<std::string>& ids);

    /// What is recorded is over, but for invalid trials, which are run again.
    void begin(const Records&);

    /// After a trial that stands in the records by now: the sentence of its cell, or nothing. A trial that was spoilt comes
    /// back: what another attempt leaves as it was is not said twice, and what it changes is.
    std::string after(const TrialLine&, const Records&);

private:
    std::map<std::string, int> planned_, left_;
    std::map<std::string, std::string> said_; ///< the last sentence of each cell
};

} // namespace halfopen
