#include "harness/lab/guest_machine.h"

#include <csignal>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/command.h"

namespace halfopen {

namespace {

constexpr int initramfs_fd = 3, output_fd = 4;

/// Each one is there for a reason: speed of the boot, or an idle guest that does not wake.
constexpr const char* kernel_parameters =
    "quiet loglevel=0 panic=-1 "
    // Boot: no self-tests, no certificates, no tracers, no mitigations, no calibration of the local APIC's timer.
    "cryptomgr.notests=1 "
    "initcall_blacklist=load_system_certificate_list,init_blk_tracer,init_kprobe_trace,balloon_wait_finish "
    "mitigations=off noreplace-smp nolapic_timer no_timer_check 8250.nr_uarts=0 apparmor=0 lsm= random.trust_cpu=on "
    // One instruction is one nanosecond, so the time stamp counter runs at 1 GHz exactly and needs no watchdog.
    "tsc=reliable tsc_early_khz=1000000 "
    // No memory is cleared before it is written anyway, and no copy is checked: a tenth of what a world costs.
    "init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off audit=0 "
    // Nothing that looks around every second or two.
    "nowatchdog psi=0 cgroup_disable=memory transparent_hugepage=never";

/// In MB. What a guest unpacks lies in its memory, and its archive beside it for a while.
std::string memory_for(size_t initramfs_bytes) {
    constexpr size_t enough = 832, usual = 100; // A lab's own archive is smaller than that.
    const size_t megabytes = initramfs_bytes >> 20;
    return std::to_string(enough + (megabytes > usual ? 3 * (megabytes - usual) : 0));
}

std::vector<std::string> words_of(const GuestKernel& kernel, size_t initramfs_bytes, uint64_t seed, bool ipv6) {
    return {emulator, "-M", fmt::format("{},i8042=off,sata=off,smbus=off,graphics=off,usb=off,vmport=off", guest_machine_type),
            "-accel", "tcg", "-cpu", guest_cpu, "-m", memory_for(initramfs_bytes), "-smp", "1",
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-monitor", "none",
            // Recording, though into nowhere: it makes the emulator's main loop wait for the processor (replay_mutex_lock()
            // in icount_prepare_for_run()). Without it the main loop may set the clock forward while the processor is
            // just halting, with its last instructions not yet counted, and one run in some is microseconds off.
            "-icount", "shift=0,sleep=off,rr=record,rrfile=/dev/null",
            // Whatever is random or tells the date must be the same every time.
            "-rtc", "base=2026-01-01T00:00:00,clock=vm", "-seed", fmt::format("{}", seed),
            "-kernel", kernel.image.string(), "-initrd", fmt::format("/proc/self/fd/{}", initramfs_fd),
            "-chardev", fmt::format("file,id=out,path=/proc/self/fd/{}", output_fd),
            "-device", "isa-debugcon,iobase=0xe9,chardev=out", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04",
            "-append", ipv6 ? kernel_parameters : fmt::format("{} ipv6.disable=1", kernel_parameters)};
}

/// A file without a name that holds the archive: nothing is left behind, whatever ends us.
Fd in_memory(std::string_view bytes) {
    Fd file{check(memfd_create("initramfs", MFD_CLOEXEC), "making a file in memory")};
    for (size_t done = 0; done < bytes.size();)
        done += static_cast<size_t>(check(write(file.get(), bytes.data() + done, bytes.size() - done), "writing the initramfs"));
    return file;
}

[[noreturn]] void become(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(127);
}

/// Reads what is there, without waiting for more.
std::string last_line_of(const Fd& pipe) {
    std::string text(4096, '\0');
    const ssize_t n = read(pipe.get(), text.data(), text.size());
    text.resize(static_cast<size_t>(std::max<ssize_t>(n, 0)));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

} // namespace

std::string why_no_emulator() {
    if (is_on_path(emulator)) return {};
    return fmt::format("there is no {} here; to get it: sudo apt-get install --no-install-recommends qemu-system-x86", emulator);
}

std::string emulator_version() {
    const std::string line = output_of({emulator, "--version"});
    constexpr std::string_view before = "version ";
    const size_t at = line.find(before);
    return at == std::string::npos ? line : line.substr(at + before.size(), line.find_first_of(" \n", at + before.size()) - at - before.size());
}

GuestMachine::GuestMachine(const GuestKernel& kernel, std::string_view initramfs, uint64_t seed, bool ipv6) {
    Fd archive = in_memory(initramfs);
    auto [output, output_end] = make_pipe();
    auto [errors, errors_end] = make_pipe();
    check(fcntl(output.get(), F_SETFL, O_NONBLOCK), "making the guest's output non-blocking");
    check(fcntl(errors.get(), F_SETFL, O_NONBLOCK), "making the emulator's messages non-blocking");
    process_ = fork_process([&, parent = getpid()]() -> int {
        check(prctl(PR_SET_PDEATHSIG, SIGKILL), "asking for a death signal");
        if (getppid() != parent) return 1;
        setsid(); // Ctrl-C is for the program, which then ends its guests.
        dup2(errors_end.get(), STDERR_FILENO);
        dup2(check(open("/dev/null", O_RDWR), "opening /dev/null"), STDIN_FILENO);
        dup2(STDIN_FILENO, STDOUT_FILENO);
        keep_only({&archive, &output_end});
        for (const Fd* kept : {&archive, &output_end}) fcntl(kept->get(), F_SETFD, 0);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        become(words_of(kernel, initramfs.size(), seed, ipv6));
    });
    output_ = std::move(output);
    errors_ = std::move(errors);
}

std::string GuestMachine::why_failed() {
    if (!process_) return "it was stopped";
    const int status = process_.wait();
    // The guest's own good end is the code 0, which the port turns into (0 << 1) | 1; a panic ends with 0.
    if (WIFEXITED(status) && WEXITSTATUS(status) == 1) return {};
    const std::string said = last_line_of(errors_);
    if (!said.empty()) return said;
    if (WIFSIGNALED(status)) return fmt::format("the emulator was ended by signal {}", WTERMSIG(status));
    return "the guest's kernel stopped without a word";
}

} // namespace halfopen
