#include "reports/html_parts.h"

#include <map>

#include <nlohmann/json.hpp>

#include "reports/agreement.h"
#include "reports/sentence.h"
#include "reports/text.h"

namespace halfopen {

namespace {

using OrderedJson = nlohmann::ordered_json;

/// Texts that many cells share, each once.
class Texts {
public:
    size_t number(const std::string& text) {
        const auto [at, is_new] = numbers_.emplace(text, numbers_.size());
        if (is_new)
            all_.push_back(text);
        return at->second;
    }
    const std::vector<std::string>& all() const { return all_; }

private:
    std::map<std::string, size_t> numbers_;
    std::vector<std::string> all_;
};

OrderedJson trial_of(const TrialLine& trial, Texts& texts) {
    OrderedJson one{{"r", trial.repeat}, {"o", std::string(name(trial.outcome))}};
    if (trial.noticed_after)
        one["t"] = trial.noticed_after->count();
    if (!trial.signal.empty())
        one["s"] = texts.number(trial.signal);
    if (trial.predicted.after)
        one["w"] = {trial.predicted.after->from.count(), trial.predicted.after->to.count()};
    return one;
}

OrderedJson cell_of(const std::string& traffic, const ScenarioHead& column, const DetectorHead& row, const Cell& cell,
                    Texts& texts) {
    OrderedJson one{{"x", cell_sentence(row, column, traffic, cell)}};
    if (cell.n() == 0)
        return one;
    const TrialLine& first = *cell.valid.front();
    one["h"] = first.horizon.count();
    one["p"] = predicted_text(cell);
    if (!first.predicted.rule.empty())
        one["y"] = texts.number(first.predicted.rule);
    for (const TrialLine* trial : cell.valid)
        one["t"].push_back(trial_of(*trial, texts));
    return one;
}

} // namespace

std::string html_data(const Cells& cells) {
    Texts texts;
    OrderedJson all;
    all["cells"] = OrderedJson::object();
    for (const std::string& traffic : cells.traffics())
        for (const ScenarioHead& column : cells.scenarios())
            for (const DetectorHead& row : cells.detectors())
                if (const Cell* cell = cells.find(traffic, column.name, row.spec))
                    all["cells"][cell_key(traffic, column, row)] = cell_of(traffic, column, row, *cell, texts);
    all["texts"] = texts.all();
    std::string json = all.dump();
    replace_all(json, "<", "\\u003c"); // Nothing in it may end the <script>.
    return json;
}

} // namespace halfopen
