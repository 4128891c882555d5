#include "harness/linux/sysctl.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/fd.h"

namespace halfopen {

namespace {

/// A mount of /proc that is attached nowhere; nothing where it is not allowed, as for most who are not root.
Fd detached_proc() {
    const Fd context{fsopen("proc", FSOPEN_CLOEXEC)};
    if (!context || fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return Fd{};
    return Fd{fsmount(context.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)};
}

/// Where the names begin. Each network namespace has entries of its own under the same names, one mount of /proc keeps
/// all of them in one chain, and each look walks it (fs/proc/proc_sysctl.c: proc_sys_compare()): with a thousand worlds
/// 2 ms for one parameter. A new mount begins with an empty chain.
class ProcRoot {
public:
    int open(const std::string& path, int flags) {
        constexpr int before_it_is_long = 1000;
        if (owner_ != getpid() || ++looks_ > before_it_is_long) renew();
        return openat(proc_ ? proc_.get() : AT_FDCWD, ((proc_ ? "sys/" : "/proc/sys/") + path).c_str(), flags | O_CLOEXEC);
    }

private:
    void renew() {
        // In a child the descriptor may be closed by now, and its number another file's.
        if (owner_ != getpid()) proc_.release();
        owner_ = getpid();
        looks_ = 0;
        proc_ = detached_proc();
    }
    Fd proc_;
    pid_t owner_ = 0;
    int looks_ = 0;
};

int open_sysctl(std::string name, int flags) {
    thread_local ProcRoot root;
    std::replace(name.begin(), name.end(), '.', '/');
    return root.open(name, flags);
}

} // namespace

std::optional<std::string> read_sysctl(const std::string& name) {
    const Fd file{open_sysctl(name, O_RDONLY)};
    if (!file) return std::nullopt;
    char text[256];
    const ssize_t n = read(file.get(), text, sizeof text);
    if (n < 0) return std::nullopt;
    std::string value(text, static_cast<size_t>(n));
    while (!value.empty() && value.back() == '\n') value.pop_back();
    std::replace(value.begin(), value.end(), '\t', ' ');
    return value;
}

void write_sysctl(const std::string& name, const std::string& value) {
    const Fd file{check(open_sysctl(name, O_WRONLY), "opening sysctl {}", name)};
    check(write(file.get(), value.data(), value.size()), "setting sysctl {} to \"{}\"", name, value);
}

} // namespace halfopen
