#include "harness/lab/command_log.h"

#include <algorithm>
#include <csignal>

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/namespace.h"

namespace halfopen {

void CommandLog::start() {
    auto [readable, writable] = make_pipe();
    keeper_ = fork_process([this, &pipe = readable] {
        keep_only({&pipe});
        keep_from(pipe);
        return 0;
    });
    output_ = std::move(writable);
}

void CommandLog::keep_from(const Fd& pipe) {
    char piece[1 << 16];
    for (ssize_t n; (n = read(pipe.get(), piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR);) {
        uint64_t at = kept_->bytes;
        for (ssize_t i = 0; i < n; ++i, ++at)
            (at < head_size ? kept_->head[at] : kept_->tail[(at - head_size) % tail_size]) = piece[i];
        kept_->bytes = at;
    }
}

std::string CommandLog::text() const {
    const uint64_t bytes = kept_->bytes;
    std::string text(kept_->head, std::min<uint64_t>(bytes, head_size));
    if (bytes <= head_size) return text;
    const uint64_t behind = bytes - head_size, kept = std::min<uint64_t>(behind, tail_size);
    if (behind > kept) text += fmt::format("\n[... {} bytes are left out here ...]\n", behind - kept);
    for (uint64_t i = behind - kept; i < behind; ++i) text += kept_->tail[i % tail_size];
    return text;
}

std::string CommandLog::last_words() const {
    std::string all = text();
    while (!all.empty() && isspace(static_cast<unsigned char>(all.back()))) all.pop_back();
    std::string line = all.substr(all.rfind('\n') + 1);
    constexpr size_t most = 300;
    if (line.size() > most) line = line.substr(0, most) + " ...";
    return line.empty() ? "" : "; its last words: " + line;
}

void become_command(const Command& command, const CommandLog& log) {
    std::vector<char*> argv;
    for (const std::string& word : command.words) argv.push_back(const_cast<char*>(word.c_str())); // execvp(3) keeps them.
    argv.push_back(nullptr);
    setsid();
    for (const int number : {SIGINT, SIGPIPE, SIGALRM}) signal(number, SIG_DFL);
    prctl(PR_SET_TIMERSLACK, 50'000); // The kernel's default.
    const Fd nothing{check(open("/dev/null", O_RDONLY | O_CLOEXEC), "opening /dev/null")};
    dup2(nothing.get(), STDIN_FILENO);
    dup2(log.output().get(), STDOUT_FILENO);
    dup2(log.output().get(), STDERR_FILENO);
    check(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC), "closing what the harness opened");
    become_user_inside(command.uid, command.gid);
    if (!command.folder.empty()) check(chdir(command.folder.c_str()), "entering {}", command.folder);
    if (!command.environment.empty()) clearenv();
    for (const std::string& assignment : command.environment) putenv(const_cast<char*>(assignment.c_str()));
    execvp(argv[0], argv.data());
    throw SystemError(fmt::format("starting {}", argv[0]), errno);
}

} // namespace halfopen
