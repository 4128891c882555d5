#pragma once
// What a command of the user's prints: taken off its hands, however much it is, so that it is never held up; its
// beginning and its end are kept.

#include <atomic>
#include <string>
#include <vector>

#include "harness/linux/process.h"
#include "harness/linux/shared.h"

namespace halfopen {

/// The kept text lies in memory that all processes of a run share: make it before they are forked.
class CommandLog {
public:
    /// Forks the process that reads, a child of the caller; call it once, before output().
    void start();
    /// Where the command writes.
    const Fd& output() const { return output_; }
    /// All that is kept, with a line in between that says how much is not.
    std::string text() const;
    /// "; its last words: ..." with the last line that is not empty; empty when there is none.
    std::string last_words() const;

private:
    static constexpr size_t head_size = 1 << 18, tail_size = 1 << 16;
    struct Kept {
        std::atomic<uint64_t> bytes{0};
        char head[head_size];
        char tail[tail_size]; ///< a ring: byte i of what came after the head is at i % tail_size
    };
    void keep_from(const Fd& pipe);

    Shared<Kept> kept_;
    Fd output_;
    Process keeper_;
};

/// A command of the user's.
struct Command {
    std::vector<std::string> words; ///< the program and its arguments
    std::string folder;             ///< where it starts
    std::vector<std::string> environment; ///< NAME=value; empty: ours
    unsigned uid = 0, gid = 0;      ///< of the person who typed it: it finds itself to be that user
};

/// Makes the calling process, which is to become a command of the user's, what it would be in the user's shell: that
/// user, in that folder, with the default signals, a session of its own, stdin empty and its output in the log, and nothing of ours
/// open. Then becomes it; throws when it cannot.
[[noreturn]] void become_command(const Command&, const CommandLog&);

} // namespace halfopen
