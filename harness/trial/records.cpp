// Whole files of records: which line is which, what a torn end means, which attempt of a trial counts, and what
// names them all.

#include "harness/trial/record.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <istream>
#include <sstream>

#include <fmt/format.h>

#include "harness/base/files.h"
#include "harness/base/xz.h"

namespace halfopen {

namespace {

/// Where each trial id stands in Records::trials.
using Places = std::map<std::string, size_t, std::less<>>;

/// A spare takes the place of an invalid attempt. A second line for a trial that already has an answer is a
/// copy, and the first one stands.
void add_trial(Records& records, Places& places, TrialLine trial) {
    const auto [place, is_new] = places.try_emplace(trial.id, records.trials.size());
    if (is_new) {
        records.trials.push_back(std::move(trial));
        return;
    }
    TrialLine& stored = records.trials[place->second];
    if (stored.outcome != Outcome::invalid)
        return;
    records.replaced.push_back(std::exchange(stored, std::move(trial)));
}

/// What was captured of each attempt, from the lines before the trial's.
using Captures = std::map<std::pair<std::string, int>, Capture>;

void add(Records& records, Places& places, Captures& captures, Line line) {
    if (auto* run = std::get_if<RunLine>(&line)) {
        records.runs.push_back(std::move(*run));
        records.end.reset(); // it told how an earlier run ended
    }
    if (auto* part = std::get_if<CaptureLine>(&line)) {
        Capture& whole = captures[{part->id, part->attempt}];
        append(whole, std::move(*part));
    }
    if (auto* trial = std::get_if<TrialLine>(&line)) {
        if (trial->capture)
            trial->capture = std::move(captures[{trial->id, trial->attempt}]);
        captures.erase({trial->id, trial->attempt});
        add_trial(records, places, std::move(*trial));
    }
    if (auto* end = std::get_if<EndLine>(&line))
        records.end = *end;
}

/// A folder whose records were packed afterwards has no other; where both are, the packed ones are a copy.
std::string file_of_records(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored))
        return path.string();
    const std::filesystem::path plain = path / records_file, packed = path / packed_records_file;
    return (!std::filesystem::exists(plain, ignored) && std::filesystem::exists(packed, ignored) ? packed : plain).string();
}

} // namespace

Records read_records(std::istream& in, const std::string& file) {
    Records records;
    records.file = file;
    Places places;
    Captures captures;
    std::string text;
    int number = 0;
    while (std::getline(in, text)) {
        ++number;
        const bool complete = !in.eof(); // getline stops at the end of the file only where no newline is
        try {
            if (auto line = parse_line(text))
                add(records, places, captures, std::move(*line));
        } catch (const NotJson& error) {
            if (complete)
                throw BadInput(fmt::format("{}:{}: {}", file, number, error.what()));
            records.torn = true;
        } catch (const BadInput& error) {
            throw BadInput(fmt::format("{}:{}: {}", file, number, error.what()));
        }
    }
    if (in.bad())
        throw BadInput(fmt::format("{}: cannot be read to its end: {}", file, std::strerror(errno)));
    if (number == 0)
        throw BadInput(
            fmt::format("{}: is empty, no run has been recorded; make one with: halfopen run", file));
    if (records.runs.empty())
        throw BadInput(
            fmt::format("{}: holds no run line, so nothing says how its trials were made; take the whole "
                        "file, or make a new one with: halfopen run",
                        file));
    return records;
}

Records read_records(const std::string& path) {
    const std::string file = file_of_records(path);
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw BadInput(fmt::format("{}: cannot be read: {}; give the folder of a run, or its trials.jsonl",
                                   file, std::strerror(errno)));
    if (!file.ends_with(".xz"))
        return read_records(in, file);
    std::istringstream unpacked(unpack_xz(read_text(file), file));
    return read_records(unpacked, file);
}

std::string trial_digest(const Records& records) {
    std::map<std::string_view, const TrialLine*> by_id;
    for (const TrialLine& trial : records.trials)
        by_id.emplace(trial.id, &trial);
    std::string lines;
    for (const auto& [id, trial] : by_id)
        lines += to_json(*trial) + "\n";
    return sha256(lines);
}

} // namespace halfopen
