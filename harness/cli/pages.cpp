#include "harness/cli/pages.h"

#include <algorithm>
#include <sstream>

#include "detectors/detector.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/names.h"
#include "harness/trial/planned.h"
#include "harness/trial/scenario.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// From the heading "## Law 4" to the next heading of its rank.
std::string section(const std::string& page, const std::string& heading) {
    std::istringstream lines(page);
    std::string all;
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("## ")) inside = line.starts_with(heading);
        if (inside) all += line + "\n";
    }
    return all;
}

bool is_detector(const std::string& name) {
    const auto all = methods();
    return std::any_of(all.begin(), all.end(), [&](const Method* m) { return m->about.name == name; });
}

std::vector<std::string> all_names() {
    auto names = scenario_names();
    for (const Method* method : methods()) names.emplace_back(method->about.name);
    for (const char* law : {"laws", "law-1", "law-2", "law-3", "law-4", "law-5"}) names.emplace_back(law);
    return names;
}

/// The cells of a line of a Markdown table, without their marks.
std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream rest(line.substr(1));
    for (std::string cell; std::getline(rest, cell, '|');) {
        const size_t begin = cell.find_first_not_of(' '), end = cell.find_last_not_of(' ');
        cells.push_back(begin == cell.npos ? "" : plain(cell.substr(begin, end - begin + 1)));
    }
    return cells;
}

/// Whether a row that a page has for several cases, "server, keepalive on", is about this one. A byte that is
/// unacknowledged puts keepalive off.
bool is_about(const std::string& row, bool writes, bool keepalive) {
    const auto says = [&](const char* words) { return row.find(words) != std::string::npos; };
    if (!row.starts_with("server, ")) return true;
    if (says("has written")) return writes;
    if (says("keepalive on") || says("with keepalive")) return keepalive && !writes;
    if (says("keepalive off")) return !keepalive;
    return !says("idle") || !(writes || keepalive);
}

} // namespace

std::vector<std::string> beliefs_of(const std::string& scenario, Traffic traffic, bool keepalive) {
    std::istringstream lines(section(page_of(scenario), "## What each end still believes"));
    std::vector<std::string> heads, all, of_this_cell;
    bool has_server = false;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("|") || line.starts_with("|:")) continue;
        const auto cells = cells_of(line);
        if (heads.empty()) {
            heads = cells;
            continue;
        }
        std::string sentence = cells.front() + ":";
        for (size_t i = 1; i < std::min(cells.size(), heads.size()); ++i)
            if (!cells[i].empty()) sentence += (i == 1 ? " " : "; ") + (i == 1 ? "" : heads[i] + (heads[i].ends_with('?') ? " " : ": ")) + cells[i];
        all.push_back(sentence);
        if (!is_about(cells.front(), info(traffic).server_writes, keepalive)) continue;
        of_this_cell.push_back(sentence);
        has_server |= cells.front().find("server") != std::string::npos;
    }
    return has_server ? of_this_cell : all;
}

std::string detector_page_file(std::string name) {
    std::replace_if(name.begin(), name.end(), [](char c) { return c == '-' || c == '+'; }, '_');
    return name + ".md";
}

std::string page_of(const std::string& spec) {
    const std::string name = spec.substr(0, spec.find(':'));
    const auto scenarios_folder = data_folder() / "scenarios";
    if (name == "laws") return read_text(scenarios_folder / "laws.md");
    if (name.size() == 5 && name.starts_with("law-") && name[4] >= '1' && name[4] <= '5')
        return section(read_text(scenarios_folder / "laws.md"), std::string("## Law ") + name[4]);
    if (is_detector(name)) return read_text(data_folder() / "detectors" / detector_page_file(name));
    const auto names = scenario_names();
    if (std::find(names.begin(), names.end(), name) != names.end())
        return read_text(scenarios_folder / (name + ".md"));
    refuse_planned(name);
    throw BadInput(fmt::format("there is no page \"{}\"{}; pages: explain laws, law-1 to law-5, and what halfopen list "
                               "scenarios and list detectors name",
                               name, did_you_mean(name, all_names())));
}

} // namespace halfopen
