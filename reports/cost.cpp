#include "reports/cost.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "reports/matrix.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// Per minute of watching: the median of the trials in which the method said nothing. None where it spoke in all.
std::optional<double> a_minute(const Cell* cell, int64_t Cost::*what) {
    std::vector<double> rates;
    for (const TrialLine* trial : cell ? cell->valid : std::vector<const TrialLine*>{})
        if (trial->cost && !trial->noticed_after && trial->horizon > Duration::zero())
            rates.push_back(60e9 * static_cast<double>((*trial->cost).*what) / static_cast<double>(trial->horizon.count()));
    if (rates.empty())
        return std::nullopt;
    std::sort(rates.begin(), rates.end());
    const size_t n = rates.size();
    return (rates[(n - 1) / 2] + rates[n / 2]) / 2;
}

/// What the kernel sends without any method, in the same cell.
double of_the_control(const Cells& cells, const Costs& costs) {
    for (const DetectorHead& control : cells.controls())
        if (const auto sent = a_minute(cells.find(costs.traffic, costs.column->name, control.spec), &Cost::tx_packets))
            return *sent;
    return 0;
}

CostRow silent_failures(const Cells& cells, const std::vector<std::string>& traffics, const DetectorHead& head) {
    CostRow row;
    row.head = &head;
    for (const std::string& traffic : traffics)
        for (const ScenarioHead& column : cells.scenarios()) {
            const Cell* cell = cells.find(traffic, column.name, head.spec);
            if (!cell || cell->n() == 0)
                continue;
            if (column.truth == Truth::alive) {
                ++row.alive;
                row.alarms += cell->outcome == Outcome::false_alarm ? 1 : 0;
            }
            if (column.group != group_silent || column.truth == Truth::alive)
                continue;
            ++row.asked;
            if (cell->outcome == Outcome::noticed) {
                ++row.noticed;
                row.worst = std::max(row.worst, *cell->slowest());
            }
        }
    return row;
}

/// "0.75", "30", "none".
std::string rate(double a_minute) { return a_minute > 0 ? digits(a_minute, 2) : "none"; }

std::string table(const Costs& costs) {
    std::string rows;
    for (const CostRow& row : costs.rows)
        rows += fmt::format("| {} | {}/{} | {} | {} | {} | {}/{} |\n", md(row_name(*row.head)), row.noticed, row.asked, say(row.worst),
                            rate(row.segments), rate(row.wakeups), row.alarms, row.alive);
    return "| method | silent failures noticed | slowest | segments a minute | wake-ups a minute | false alarms |\n|:--|:-:|--:|--:|--:|:-:|\n" + rows;
}

} // namespace

Costs costs_of(const Cells& cells) {
    Costs costs;
    costs.column = living_column(cells);
    if (!costs.column || cells.traffics().empty() || cells.untrustworthy() || cells.run().server)
        return costs;
    costs.traffic = cells.traffics().front();
    costs.traffics = common_traffics(cells);
    const double control = of_the_control(cells, costs);
    for (const DetectorHead& head : cells.detectors()) {
        const Cell* cell = cells.find(costs.traffic, costs.column->name, head.spec);
        const auto sent = a_minute(cell, &Cost::tx_packets), wakeups = a_minute(cell, &Cost::wakeups);
        CostRow row = silent_failures(cells, costs.traffics, head);
        if (!sent || row.noticed == 0)
            continue;
        row.segments = std::max(0.0, *sent - control);
        row.wakeups = *wakeups;
        costs.watched = std::max(costs.watched, cell->valid.front()->horizon);
        costs.rows.push_back(row);
    }
    return costs;
}

std::string cost_section(const Cells& cells, const Pictures& pictures) {
    const Costs costs = costs_of(cells);
    if (costs.rows.empty())
        return "";
    std::string out = fmt::format(
        "## What it costs to notice sooner\n\n*Slowest*: of the silent failures that a method noticed in every trial ({} traffic). "
        "*Segments*: what the server's kernel sent in a minute while nothing was wrong ({}, {} traffic; median of the trials, less what "
        "the control sent; what the client sends is not in it). *None*: none in the {} watched. *Wake-ups*: of the method's own "
        "thread. *False alarms*: of the cells with a living client, those in which it called it dead.\n\n",
        md(list_of(costs.traffics)), md(costs.column->label), md(costs.traffic), short_time(costs.watched));
    const std::string picture = pictures.of(cost_name);
    if (picture.empty())
        return out + table(costs) + "\n";
    return out + picture + cost_how + "\n\n<details><summary>the same as a table</summary>\n\n" + table(costs) + "\n</details>\n\n";
}

} // namespace halfopen
