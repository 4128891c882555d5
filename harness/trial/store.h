#pragma once
// The results folder: trials.jsonl, which only grows. One write a line, so that whatever ends the program, what was
// measured stays.

#include <filesystem>
#include <set>
#include <string>

#include "harness/linux/fd.h"
#include "harness/trial/plan.h"
#include "harness/trial/record.h"

namespace halfopen {

/// What a folder of results is of: one plan, in one lab, on one kernel.
struct Source {
    std::string plan_digest, lab, kernel;
    std::string words() const;
};

class Store {
public:
    /// Makes the folder, or resumes it: reads what is there, cuts off a torn last line, and holds a lock while it
    /// lives. BadInput when the folder holds another plan, or the same from another lab or kernel, or when another run
    /// is writing into it.
    Store(const std::filesystem::path& folder, const Source&);

    /// Trials that need not be run again: recorded, and not invalid.
    const std::set<std::string>& done() const { return done_; }
    bool is_resumed() const { return resumed_; }
    std::filesystem::path file() const { return folder_ / records_file; }
    const std::filesystem::path& folder() const { return folder_; }

    /// Appends one line. When the disk is full the file keeps its whole lines and an Error says so.
    void append(const Line&);

private:
    void resume(const Source&);

    std::filesystem::path folder_;
    Fd file_;
    std::set<std::string> done_;
    bool resumed_ = false;
};

/// "results/2026-11-22-172659-starter": a folder that does not exist yet.
std::filesystem::path fresh_folder(const std::string& plan);

} // namespace halfopen
