#include "reports/cell_news.h"

#include "reports/sentence.h"

namespace halfopen {

namespace {

std::string cell_of(const std::string& id) { return id.substr(0, id.rfind('/')); }

} // namespace

CellNews::CellNews(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) ++planned_[cell_of(id)];
    left_ = planned_;
}

void CellNews::begin(const Records& records) {
    left_ = planned_;
    for (const TrialLine& trial : records.trials) left_[cell_of(trial.id)] -= trial.outcome != Outcome::invalid;
}

std::string CellNews::after(const TrialLine& trial, const Records& records) {
    const std::string cell = cell_of(trial.id);
    left_[cell] -= trial.attempt == 1; // A spare takes a place that is counted already.
    if (left_[cell] > 0 || trial.outcome == Outcome::skipped) return "";
    const std::string sentence = cell_sentence(records, trial.scenario, trial.traffic, trial.spec);
    const auto [said, is_new] = said_.try_emplace(cell);
    if (said->second == sentence) return "";
    said->second = sentence;
    return is_new ? sentence : "After another attempt: " + sentence;
}

} // namespace halfopen
