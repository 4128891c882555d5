#include "harness/cli/pages.h"

#include <algorithm>
#include <sstream>

#include "detectors/detector.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/names.h"
#include "harness/trial/planned.h"
#include "harness/trial/scenario.h"

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

} // namespace

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
