#include "harness/linux/borrowed_socket.h"

#include <filesystem>

#include <sys/syscall.h>
#include <unistd.h>

#include "harness/base/error.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

Fd pidfd_of(pid_t pid) { return Fd{static_cast<int>(syscall(SYS_pidfd_open, pid, 0))}; }

/// The number under which that process holds the file, -1 when it does not.
int descriptor_of(const fs::path& process, const std::string& file) {
    std::error_code hidden; // A process may end, or not be ours to look at.
    for (fs::directory_iterator fd(process / "fd", hidden), end; !hidden && fd != end; fd.increment(hidden))
        if (fs::read_symlink(fd->path(), hidden) == file) return std::stoi(fd->path().filename().string());
    return -1;
}

} // namespace

Fd borrow_descriptor(const Fd& pidfd, int number) {
    return Fd{static_cast<int>(syscall(SYS_pidfd_getfd, pidfd.get(), number, 0))};
}

BorrowedSocket borrow_socket(unsigned long inode) {
    const std::string file = fmt::format("socket:[{}]", inode);
    std::error_code hidden;
    for (fs::directory_iterator process("/proc", hidden), end; !hidden && process != end; process.increment(hidden)) {
        const std::string name = process->path().filename().string();
        if (!std::isdigit(static_cast<unsigned char>(name[0]))) continue;
        const int number = descriptor_of(process->path(), file);
        if (number < 0) continue;
        const pid_t owner = std::stoi(name);
        const Fd pidfd = pidfd_of(owner);
        if (Fd borrowed = pidfd ? borrow_descriptor(pidfd, number) : Fd{}) return {std::move(borrowed), owner};
    }
    return {};
}

} // namespace halfopen
