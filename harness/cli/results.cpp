#include "harness/cli/results.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "harness/base/error.h"
#include "harness/cli/pictures.h"
#include "reports/html.h"
#include "reports/markdown.h"
#include "reports/pcapng.h"

namespace halfopen {

namespace fs = std::filesystem;

void write_page(const fs::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush())
        throw SystemError(fmt::format("writing {} (the records beside it stay as they are)", path.string()), errno);
}

void write_captures(const fs::path& folder, const Records& records) {
    for (const TrialLine& trial : records.trials) {
        if (!trial.capture) continue;
        fs::create_directories(folder / "captures");
        write_page(folder / capture_file(trial.id), pcapng(trial));
    }
}

void write_or_print(const std::string& file, const std::string& text) {
    if (file.empty()) {
        fmt::print("{}", text);
        return;
    }
    std::ofstream out(file, std::ios::binary);
    if (!out)
        throw BadInput(fmt::format("--output {}: cannot be written: {}; name a file in a folder that is there", file, std::strerror(errno)));
    out << text;
    if (!out.flush()) throw SystemError("writing " + file, errno);
}

void write_reports(const fs::path& folder, const Records& records) {
    const Pictures pictures = draw_pictures(records);
    write_captures(folder, records);
    write_page(folder / "report.md", markdown_report(records, put_pictures(pictures_folder(folder / "report.md"), pictures)));
    write_page(folder / "report.html", html_report(records, pictures));
}

bool keeps_anything(const Store& store) { return fs::exists(store.file()) && fs::file_size(store.file()) > 0; }

int nothing_kept(const Store& store, int signal) {
    fmt::print(stderr, "{} before anything was over; nothing is in {} yet\n", signal ? "interrupted" : "ended",
               store.folder().string());
    return signal ? 128 + signal : static_cast<int>(Exit::incomplete);
}

int say_interrupted(const Store& store, const Records& records, int signal) {
    fmt::print(stderr, "interrupted: {} trials are kept; the same command with --output {} goes on\n", records.trials.size(),
               store.folder().string());
    return 128 + signal;
}

int say_invalid(const Store& store, const Records& records) {
    const auto invalid = std::count_if(records.trials.begin(), records.trials.end(),
                                       [](const TrialLine& t) { return t.outcome == Outcome::invalid; });
    if (!invalid) return 0;
    fmt::print(stderr, "{} of {} trials stayed invalid (exit status {}); the report names them, the same command with --output {} repeats them\n",
               invalid, records.trials.size(), static_cast<int>(Exit::incomplete), store.folder().string());
    return static_cast<int>(Exit::incomplete);
}

} // namespace halfopen
