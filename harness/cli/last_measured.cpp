#include "harness/cli/last_measured.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/cli/terminal.h"
#include "harness/learn/hand_in.h"
#include "harness/learn/seen.h"
#include "harness/trial/record.h"
#include "reports/cells.h"
#include "reports/ladder.h"
#include "reports/text.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

void add_records_below(const fs::path& folder, std::vector<std::pair<fs::file_time_type, fs::path>>& found) {
    std::error_code error;
    for (auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, error);
         !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        const fs::path name = entry->path().filename();
        if (name == records_file || name == packed_records_file) found.emplace_back(entry->last_write_time(error), entry->path());
    }
}

/// Files of records, newest first.
std::vector<fs::path> records_here() {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    add_records_below("results", found);
    try {
        add_records_below(learners_folder(), found);
    } catch (const CannotHere&) { // Nobody learned here.
    }
    std::sort(found.begin(), found.end(), std::greater<>());
    std::vector<fs::path> files;
    for (const auto& [time, file] : found) files.push_back(file);
    return files;
}

std::vector<TrialLine> trials_of(const Records& records, const std::string& cell) {
    std::vector<TrialLine> trials;
    for (const TrialLine& t : records.trials)
        if (t.id.starts_with(cell + "/r") && is_valid(t.outcome)) trials.push_back(t);
    return trials;
}

std::string say_times(const std::vector<TrialLine>& trials) {
    std::vector<std::string> times;
    for (const TrialLine& t : trials) {
        times.push_back(t.noticed_after ? say(*t.noticed_after) : fmt::format("not in the {} watched", short_time(t.horizon)));
        if (!t.signal.empty()) times.back() += " (" + t.signal + ")";
    }
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
    return list_of_most(times, 6);
}

/// The settings in which the cell's method was measured against its scenario here; empty where it was not.
std::string same_method_otherwise(const Records& records, const std::string& cell) {
    const std::string begin = cell.substr(0, cell.find(':')) + ":";
    for (const TrialLine& t : records.trials)
        if (t.id.starts_with(begin) && is_valid(t.outcome)) return t.spec;
    return "";
}

} // namespace

std::string say_last_measured(const std::string& cell, size_t columns) {
    std::string other; // the same method with other settings, measured last
    for (const fs::path& file : records_here()) {
        std::vector<TrialLine> trials;
        RunLine run;
        try {
            const Records records = read_records(file.string());
            trials = trials_of(records, cell);
            run = records.runs.back();
            if (trials.empty() && other.empty()) other = same_method_otherwise(records, cell);
        } catch (const Error&) { // A run that has only just begun, or one of a newer halfopen, hides no other.
            continue;
        }
        if (trials.empty()) continue;
        std::string text = wrapped(fmt::format("Measured last on {} in the {} lab, kernel {} ({}): {}.", date_of(run.started), run.lab, run.kernel,
                                               counted(static_cast<int>(trials.size()), "trial"), say_times(trials)), columns - 1) + "\n";
        std::erase_if(trials, [](const TrialLine& t) { return !t.capture; });
        if (trials.empty()) return text + "Its packets were not kept; --capture keeps them, and they are shown here.\n";
        return text + "\n" + joined(ladder_lines(ladder_of(slowest(trials)), columns - 1), "\n") + "\n";
    }
    const size_t first = cell.find('/'), second = cell.find('/', first + 1);
    if (!other.empty())
        return fmt::format("Not measured here with these settings, but with others: {} explain {} {} --traffic {}\n", typed_name(), cell.substr(0, first), other,
                           cell.substr(first + 1, second - first - 1));
    return fmt::format("Not measured here yet. To see its packets: {} run {} {} --traffic {} --capture\n", typed_name(), cell.substr(0, first), cell.substr(second + 1),
                       cell.substr(first + 1, second - first - 1));
}

} // namespace halfopen
