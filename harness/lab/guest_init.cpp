#include "harness/lab/guest_init.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/lab/initramfs.h"
#include "harness/linux/sysctl.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

constexpr unsigned short text_port = 0xe9, exit_port = 0xf4;

void mount_on(const char* type, const char* folder) {
    check(mount(type, folder, type, 0, nullptr), "mounting {} in the guest", folder);
}

/// A kernel without a console gives its init no descriptors, and the first files opened would become 0, 1 and 2.
Fd take_standard_descriptors() {
    for (int fd = check(open("/dev/null", O_RDWR), "opening /dev/null"); fd < STDERR_FILENO; fd = dup(fd)) {
    }
    int ends[2];
    check(pipe2(ends, O_CLOEXEC | O_NONBLOCK), "making a pipe");
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    return Fd{ends[0]};
}

/// Each of these would wake the guest every second or two, for nothing.
void quiet_the_kernel() {
    write_sysctl("vm.stat_interval", "1000000");
    write_sysctl("vm.compaction_proactiveness", "0");
    write_sysctl("kernel.hung_task_timeout_secs", "0");
}

void load_modules() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(guest_path::modules)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
        const Fd fd{check(open(file.c_str(), O_RDONLY | O_CLOEXEC), "opening module {}", file.string())};
        check(syscall(SYS_finit_module, fd.get(), "", 0), "loading module {}", file.string());
    }
}

} // namespace

Fd prepare_guest() {
    Fd complaints = take_standard_descriptors();
    mount_on("proc", "/proc");
    mount_on("sysfs", "/sys");
    quiet_the_kernel();
    load_modules();
    prctl(PR_SET_TIMERSLACK, 1); // Else every sleep is 50 us longer.
    return complaints;
}

GuestPort::GuestPort() {
    check(ioperm(text_port, 1, 1), "asking for the guest's port");
    check(ioperm(exit_port, 4, 1), "asking for the guest's exit port");
}

void GuestPort::write_line(std::string_view text) {
    // glibc's outsb() does not tell the compiler that it reads memory.
    for (std::string_view part : {text, std::string_view("\n")}) {
        const char* at = part.data();
        size_t left = part.size();
        asm volatile("rep outsb" : "+S"(at), "+c"(left) : "d"(text_port) : "memory");
    }
}

void GuestPort::power_off(int code) {
    outl(static_cast<unsigned>(code), exit_port);
    for (;;) pause();
}

} // namespace halfopen
