#include "harness/trial/store.h"

#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/base/files.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

/// Cuts off what follows the last newline: a line that was being written when the program was killed.
void cut_torn_line(const Fd& file, const fs::path& path) {
    const std::string text = read_text(path);
    if (text.empty() || text.back() == '\n') return;
    const size_t newline = text.rfind('\n');
    const auto whole = static_cast<off_t>(newline == std::string::npos ? 0 : newline + 1);
    check(ftruncate(file.get(), whole), "cutting the torn last line off {}", path.string());
}

} // namespace

std::string Source::words() const { return fmt::format("the {} lab on kernel {}", lab, kernel); }

Store::Store(const fs::path& folder, const Source& source) : folder_(folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        throw BadInput(fmt::format("{}: the results folder cannot be made: {}; name another one with --output",
                                   folder.string(), error.message()));
    const std::string path = file().string();
    if (!fs::exists(file(), error) && fs::exists(folder / packed_records_file, error))
        throw BadInput(fmt::format("{0}: holds packed records, to which nothing can be added; unpack them with: xz -d {0}/{1}, or name "
                                   "another folder with --output",
                                   folder.string(), packed_records_file));
    file_ = Fd{open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)};
    if (!file_)
        throw BadInput(fmt::format("{}: cannot be written: {}; name another folder with --output", path, strerror(errno)));
    if (flock(file_.get(), LOCK_EX | LOCK_NB) != 0)
        throw BadInput(fmt::format("{}: another run is writing into it; wait for it or name another folder", path));
    cut_torn_line(file_, file());
    if (fs::file_size(file()) > 0) resume(source);
}

void Store::resume(const Source& source) {
    const Records records = read_records(file().string());
    const RunLine& first = records.runs.front();
    if (first.plan_digest != source.plan_digest)
        throw BadInput(fmt::format("{}: holds the results of another plan or seed ({}, seed {}); repeat that command "
                                   "to go on with it, or name another folder",
                                   folder_.string(), first.plan, first.seed));
    const Source was{first.plan_digest, first.lab, first.kernel};
    if (was.words() != source.words())
        throw BadInput(fmt::format("{}: holds the results of {}, and this would be {}; name another folder", folder_.string(),
                                   was.words(), source.words()));
    resumed_ = true;
    for (const TrialLine& trial : records.trials)
        if (trial.outcome != Outcome::invalid) done_.insert(trial.id);
}

void Store::append(const Line& line) {
    const std::string text = to_json(line) + "\n";
    const off_t before = lseek(file_.get(), 0, SEEK_END);
    const ssize_t n = write(file_.get(), text.data(), text.size());
    if (n == static_cast<ssize_t>(text.size())) return;
    const int error_number = n < 0 ? errno : ENOSPC;
    [[maybe_unused]] const int undone = ftruncate(file_.get(), before); // Half a line is worse than none.
    throw SystemError(fmt::format("writing {} (what was measured before stays; the same command with --output {} goes "
                                  "on)",
                                  file().string(), folder_.string()),
                      error_number);
}

fs::path fresh_folder(const std::string& plan) {
    const fs::path base = "results";
    const std::string stem = fmt::format("{:%Y-%m-%d-%H%M%S}-{}", fmt::localtime(std::time(nullptr)), plan);
    fs::path folder = base / stem;
    for (int i = 2; fs::exists(folder); ++i) folder = base / fmt::format("{}-{}", stem, i);
    return folder;
}

} // namespace halfopen
