#include "harness/linux/namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

void write_whole(const char* path, const std::string& text) {
    const Fd file{check(open(path, O_WRONLY | O_CLOEXEC), "opening {}", path)};
    check(write(file.get(), text.data(), text.size()), "writing \"{}\" to {}", text, path);
}

void map_one_user(unsigned uid, unsigned outside_uid, unsigned gid, unsigned outside_gid) {
    write_whole("/proc/self/setgroups", "deny");
    write_whole("/proc/self/uid_map", fmt::format("{} {} 1", uid, outside_uid));
    write_whole("/proc/self/gid_map", fmt::format("{} {} 1", gid, outside_gid));
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

uint64_t NetNamespace::inode() const {
    struct stat status {};
    check(fstat(fd(), &status), "reading a network namespace's inode");
    return status.st_ino;
}

void become_root_inside(unsigned outside_uid, unsigned outside_gid) {
    // A process that changed its user before (setuid from root) is not dumpable, and /proc/self then belongs to
    // the real root: uid_map could not be opened.
    prctl(PR_SET_DUMPABLE, 1);
    map_one_user(0, outside_uid, 0, outside_gid);
}

void map_all_users(pid_t pid) {
    for (const char* map : {"uid_map", "gid_map"}) write_whole(fmt::format("/proc/{}/{}", pid, map).c_str(), "0 0 4294967295");
}

void become_user_inside(unsigned uid, unsigned gid) {
    if (uid == 0) return;
    check(unshare(CLONE_NEWUSER), "making a user namespace for user {}", uid);
    map_one_user(uid, 0, gid, 0);
}

} // namespace halfopen
