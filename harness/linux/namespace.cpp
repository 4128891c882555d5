#include "harness/linux/namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

void write_whole(const char* path, const std::string& text) {
    const Fd file{check(open(path, O_WRONLY | O_CLOEXEC), "opening {}", path)};
    check(write(file.get(), text.data(), text.size()), "writing \"{}\" to {}", text, path);
}

} // namespace

NetNamespace NetNamespace::create() {
    check(unshare(CLONE_NEWNET), "making a network namespace");
    return current();
}

NetNamespace NetNamespace::current() {
    const char* path = "/proc/thread-self/ns/net";
    return NetNamespace{Fd{check(open(path, O_RDONLY | O_CLOEXEC), "opening {}", path)}};
}

void NetNamespace::enter() const { check(setns(fd(), CLONE_NEWNET), "entering a network namespace"); }

void become_root_inside(unsigned outside_uid, unsigned outside_gid) {
    // A process that changed its user before (setuid from root) is not dumpable, and /proc/self then belongs to
    // the real root: uid_map could not be opened.
    prctl(PR_SET_DUMPABLE, 1);
    write_whole("/proc/self/setgroups", "deny");
    write_whole("/proc/self/uid_map", fmt::format("0 {} 1", outside_uid));
    write_whole("/proc/self/gid_map", fmt::format("0 {} 1", outside_gid));
}

} // namespace halfopen
