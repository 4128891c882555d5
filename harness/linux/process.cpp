#include "harness/linux/process.h"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" { // glibc 2.36 forgot to say so itself.
#include <sys/pidfd.h>
}

#include "harness/base/error.h"

namespace halfopen {

Process& Process::operator=(Process&& other) noexcept {
    if (this != &other) {
        kill_and_reap();
        pid_ = std::exchange(other.pid_, 0);
        pidfd_ = std::move(other.pidfd_);
    }
    return *this;
}

Process::~Process() { kill_and_reap(); }

void Process::signal(int number) const {
    check(pidfd_send_signal(pidfd_.get(), number, nullptr, 0), "sending signal {} to process {}", number, pid_);
}

Process::State Process::state() const {
    siginfo_t info{};
    check(waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT),
          "asking for the state of process {}", pid_);
    if (info.si_pid == 0) return State::running;
    return info.si_code == CLD_STOPPED || info.si_code == CLD_TRAPPED ? State::stopped : State::ended;
}

bool Process::ends_within(std::chrono::milliseconds limit) const {
    pollfd ended{pidfd_.get(), POLLIN, 0};
    return poll(&ended, 1, static_cast<int>(limit.count())) == 1;
}

int Process::wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0)
        if (errno != EINTR) throw SystemError(fmt::format("waiting for process {}", pid_), errno);
    pidfd_.reset();
    return status;
}

void Process::kill() const noexcept {
    if (pidfd_) pidfd_send_signal(pidfd_.get(), SIGKILL, nullptr, 0);
}

void Process::kill_and_reap() noexcept {
    if (!pidfd_) return;
    kill();
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pidfd_.reset();
}

Process Process::adopt(pid_t pid) {
    return {pid, Fd{check(pidfd_open(pid, 0), "opening process {}", pid)}}; // close-on-exec by itself
}

namespace {

pid_t clone_process(const std::function<int()>& body, clone_args args) {
    std::fflush(nullptr);
    const pid_t pid = static_cast<pid_t>(syscall(SYS_clone3, &args, sizeof args));
    if (pid < 0) throw SystemError("starting a process", errno);
    if (pid == 0) {
        try {
            _exit(body());
        } catch (const std::exception& e) {
            std::fprintf(stderr, "error: %s\n", e.what());
            _exit(1);
        }
    }
    return pid;
}

} // namespace

Process fork_process(const std::function<int()>& body, unsigned long clone_flags) {
    int pidfd = -1;
    clone_args args{};
    args.flags = CLONE_PIDFD | clone_flags;
    args.pidfd = reinterpret_cast<uintptr_t>(&pidfd);
    args.exit_signal = SIGCHLD;
    const pid_t pid = clone_process(body, args);
    fcntl(pidfd, F_SETFD, FD_CLOEXEC);
    return {pid, Fd{pidfd}};
}

pid_t fork_sibling(const std::function<int()>& body) {
    clone_args args{};
    args.flags = CLONE_PARENT; // The parent hears of its end as of the caller's.
    return clone_process(body, args);
}

void keep_only(std::initializer_list<Fd*> keep) {
    // First out of the way of the numbers that they are to get, then down to them.
    constexpr int clear = 64;
    for (Fd* fd : keep)
        if (*fd) *fd = Fd{check(fcntl(fd->get(), F_DUPFD_CLOEXEC, clear), "moving a descriptor up")};
    int next = 3;
    for (Fd* fd : keep)
        if (*fd) *fd = Fd{check(dup3(fd->get(), next, O_CLOEXEC) < 0 ? -1 : next, "moving a descriptor down")}, ++next;
    check(close_range(static_cast<unsigned>(next), ~0U, 0), "closing what other worlds opened");
}

std::optional<ThreadUsage> main_thread_usage(pid_t pid) {
    ThreadUsage usage;
    const std::string task = fmt::format("/proc/{}/task/{}/", pid, pid);
    std::ifstream schedstat(task + "schedstat");
    if (!(schedstat >> usage.cpu_ns)) return std::nullopt;
    std::ifstream status(task + "status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("voluntary_ctxt_switches:", 0) == 0) usage.wakeups = std::stoll(line.substr(24));
    return usage;
}

} // namespace halfopen
