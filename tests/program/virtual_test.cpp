// The virtual lab, from the command line to the records: hours in seconds, and the same bytes every time.

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/linux/command.h"
#include "harness/trial/record.h"
#include "support/catch.h"
#include "support/folder.h"
#include "support/namespaces.h"
#include "support/program.h"
#include "support/virtual_lab.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;

Words virtual_run(const fs::path& output, Words what, const std::string& kernel = "6.1") {
    Words words{"run"};
    words.insert(words.end(), what.begin(), what.end());
    words.insert(words.end(), {"--lab", "virtual", "--kernel", kernel, "--progress", "none", "-o", output.string()});
    return words;
}

/// The trial lines of a file, as they stand there.
std::string trial_lines(const fs::path& folder) {
    std::ifstream file(folder / "trials.jsonl");
    std::string all;
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("{\"type\":\"trial\"")) all += line + "\n";
    return all;
}

bool is_inside(const TrialLine& t) {
    return t.noticed_after && t.predicted.after && *t.noticed_after >= t.predicted.after->from &&
           *t.noticed_after <= t.predicted.after->to + 20ms;
}

/// The emulators that a process has started.
std::vector<pid_t> emulators_of(pid_t parent) {
    std::vector<pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        std::ifstream stat(entry.path() / "stat");
        std::string line;
        if (!std::getline(stat, line)) continue;
        const std::string after_name = line.substr(line.rfind(')') + 2);
        if (line.find("(qemu-system") != std::string::npos && std::stoi(after_name.substr(2)) == parent)
            found.push_back(std::stoi(entry.path().filename()));
    }
    return found;
}

std::vector<pid_t> wait_for_emulators(pid_t parent, size_t count) {
    for (int i = 0; i < 400 && emulators_of(parent).size() < count; ++i) sleep_until(MonotonicClock::now() + 50ms);
    return emulators_of(parent);
}

/// False for a process that has ended, reaped or not: who inherits it may take his time.
bool runs(pid_t pid) {
    std::ifstream stat(fmt::format("/proc/{}/stat", pid));
    std::string line;
    return std::getline(stat, line) && line[line.rfind(')') + 2] != 'Z';
}

bool are_gone(const std::vector<pid_t>& processes) {
    for (int i = 0; i < 100; ++i) {
        bool any = false;
        for (const pid_t pid : processes) any = any || runs(pid);
        if (!any) return true;
        sleep_until(MonotonicClock::now() + 50ms);
    }
    return false;
}

} // namespace

TEST_CASE("the default keepalive notices a silent drop in every phase of its two hours, within seconds of ours") {
    NEEDS_GUEST("6.1");
    const Folder folder;
    const Instant began = MonotonicClock::now();
    const Ran ran = run_program(virtual_run(folder.path(), {"silent-drop", "keepalive:idle=2h,interval=75s,count=9", "-n",
                                                            "10", "--horizon", "3h"}));
    const Duration wall = MonotonicClock::now() - began;
    INFO(ran.err);
    CHECK(ran.status == 0);
    const Records records = read_records(folder.path().string());
    REQUIRE(records.trials.size() == 10);
    for (const TrialLine& t : records.trials) {
        INFO(t.id << " " << t.why);
        CHECK(t.outcome == Outcome::noticed);
        CHECK(t.signal == "recv: ETIMEDOUT");
        CHECK(is_inside(t));
    }
    const RunLine& run = records.runs.front();
    CHECK(run.lab == "virtual");
    CHECK(run.clock == "virtual");
    CHECK(run.kernel.starts_with("6.1."));
    REQUIRE(run.guest);
    for (const std::string& digest : {run.guest->qemu_digest, run.guest->kernel_digest, run.guest->initramfs_digest})
        CHECK(digest.starts_with("sha256:"));
    CHECK(records.end->virtual_time > 2h);
    CHECK(records.end->virtual_time > 20 * wall); // hours, and a busy machine takes less than a minute
}

TEST_CASE("doctor boots each kernel that is there, and says how to get one that is not") {
    NEEDS_GUEST("6.1");
    const Ran ran = run_program({"doctor"});
    CHECK_THAT(ran.out, ContainsSubstring("boots in"));
    CHECK_THAT(ran.out, ContainsSubstring("two idle hours pass in"));
    const Ran none = run_program({"doctor"}, {"HALFOPEN_KERNELS=/nonexistent"});
    CHECK_THAT(none.out, ContainsSubstring("halfopen kernels get 6.12"));
    CHECK(none.status == ran.status); // To have no guest's kernel is no fault of the machine.
}

TEST_CASE("a write that nobody answers ends after 15 min 38 s, on both kernels") {
    for (const char* kernel : {"6.1", "6.12"}) {
        NEEDS_GUEST(kernel);
        const Folder folder;
        const Ran ran = run_program(
            virtual_run(folder.path(), {"silent-drop", "recv", "-t", "one-write", "-n", "5", "--horizon", "1h"}, kernel));
        INFO(kernel << ran.err);
        CHECK(ran.status == 0);
        for (const TrialLine& t : read_records(folder.path().string()).trials) {
            CHECK(t.signal == "recv: ETIMEDOUT");
            const Duration from_write = t.noticed_after.value_or(0s) - 10ms;
            CHECK(from_write > 937s);
            CHECK(from_write < 940s);
            CHECK(is_inside(t));
        }
    }
}

TEST_CASE("the same command gives the same trial lines, in one machine at a time or three, niced, beside busy neighbours") {
    NEEDS_GUEST("6.1");
    const Folder alone, crowded;
    const Words what{"signal-storm", "orderly-close", "silent-drop", "loss-30pct", "recv", "heartbeat", "keepalive:idle=4s,interval=2s,count=3",
                     "--horizon", "15s"};
    Words first = virtual_run(alone.path(), what), second = virtual_run(crowded.path(), what);
    first.insert(first.end(), {"--jobs", "1"});
    second.insert(second.end(), {"--jobs", "3"});
    CHECK(run_program(first).status == 0);
    std::vector<Process> neighbours;
    for (int i = 0; i < 3; ++i)
        neighbours.push_back(fork_process([]() -> int {
            for (volatile unsigned n = 0;; n = n + 1) {
            }
        }));
    setpriority(PRIO_PROCESS, 0, 5);
    const Ran ran = run_program(second);
    setpriority(PRIO_PROCESS, 0, 0); // Where that is refused, the tests after this one are only slower.
    CHECK(ran.status == 0);
    CHECK(read_records(alone.path().string()).runs.front().guest->portions >= 2);
    CHECK_FALSE(trial_lines(alone.path()).empty());
    CHECK(trial_lines(alone.path()) == trial_lines(crowded.path()));
    // What two people would compare.
    CHECK(trial_digest(read_records(alone.path().string())) == trial_digest(read_records(crowded.path().string())));
    CHECK_THAT(read_text(crowded.path() / "report.md"), ContainsSubstring(trial_digest(read_records(alone.path().string()))));
}

TEST_CASE("trials of a guest that dies are invalid, never missed, and resuming gives what an undisturbed run gives") {
    NEEDS_GUEST("6.1");
    const Folder whole, torn;
    const Words what{"silent-drop", "healthy", "recv", "poll", "heartbeat", "--horizon", "30min", "--jobs", "2"};
    CHECK(run_program(virtual_run(whole.path(), what)).status == 0);
    Process running = start_program(virtual_run(torn.path(), what));
    // The first guest measures the floor, the second one runs the trials.
    const auto emulators = wait_for_emulators(running.pid(), 2);
    REQUIRE(emulators.size() == 2);
    kill(std::max(emulators[0], emulators[1]), SIGKILL);
    const int status = running.wait();
    CHECK(WEXITSTATUS(status) == 5);
    const Records records = read_records(torn.path().string());
    int invalid = 0;
    for (const TrialLine& t : records.trials) {
        CHECK(t.outcome != Outcome::missed);
        if (t.outcome == Outcome::invalid) CHECK_THAT(t.why, ContainsSubstring("without its last word"));
        invalid += t.outcome == Outcome::invalid;
    }
    CHECK(invalid > 0);
    const Ran resumed = run_program(virtual_run(torn.path(), what));
    INFO(resumed.err);
    CHECK(resumed.status == 0);
    CHECK(trial_digest(read_records(torn.path().string())) == trial_digest(read_records(whole.path().string())));
}

TEST_CASE("when the program is killed or interrupted, its virtual machines end with it") {
    NEEDS_GUEST("6.1");
    for (const int number : {SIGKILL, SIGINT}) {
        const Folder folder;
        Process running = start_program(virtual_run(folder.path(), {"starter"}));
        const auto emulators = wait_for_emulators(running.pid(), 2);
        CHECK(emulators.size() >= 2);
        running.signal(number);
        const int status = running.wait();
        if (number == SIGINT) CHECK(WEXITSTATUS(status) == 130);
        CHECK(are_gone(emulators));
    }
}

TEST_CASE("the virtual lab works for an ordinary user where there are no user namespaces at all") {
    NEEDS_GUEST("6.12");
    NEEDS_NAMESPACES;
    const Folder folder;
    fs::permissions(folder.path(), fs::perms::all);
    // A copy that everybody may read; the cache may be in root's home.
    const fs::path kernels = folder.path() / "kernels";
    fs::create_directories(kernels);
    fs::copy(find_guest_kernel("6.12").image.parent_path().parent_path(), kernels / "6.12",
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    // A user namespace in which no other may be made is as good as a machine that allows none.
    const std::string run = fmt::format("{} run silent-drop recv --horizon 2s --progress none", program());
    const std::string script = fmt::format("echo 0 > /proc/sys/user/max_user_namespaces && {0} -o {1}/no; test $? = 3 && "
                                           "exec {0} --lab virtual --kernel 6.12 -o {1}/out",
                                           run, folder.path().string());
    std::vector<std::string> words{"env", "HALFOPEN_KERNELS=" + kernels.string(), "unshare", "-Ur", "sh", "-c", script};
    if (geteuid() == 0) words.insert(words.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    output_of(words);
    CHECK_FALSE(fs::exists(folder.path() / "no"));
    CHECK(read_records((folder.path() / "out").string()).trials.size() == 3);
}

TEST_CASE("paths that are slow, uneven, lossy or healed, and long round trips, are as predicted for every detector") {
    NEEDS_GUEST("6.12");
    const Folder folder;
    const Ran ran = run_program(virtual_run(
        folder.path(), {"delay-spike", "jitter", "loss-30pct", "reorder", "outage-healed", "silent-drop-50ms", "silent-drop-300ms",
                        "abortive-close-50ms", "abortive-close-300ms", "-n", "1", "--horizon", "30s"}, "6.12"));
    INFO(ran.err);
    CHECK(ran.status == 0);
    int timed = 0;
    for (const TrialLine& t : read_records(folder.path().string()).trials) {
        if (t.outcome == Outcome::skipped) continue;
        INFO(t.id << ": " << name(t.outcome) << " " << t.why << "; " << t.predicted.rule);
        CHECK(t.outcome != Outcome::invalid);
        CHECK(t.fault_verified);
        if (t.predicted.kind == "never") CHECK_FALSE(t.noticed_after);
        if (t.predicted.kind == "window" && t.noticed_after) {
            CHECK(is_inside(t));
            ++timed;
        }
    }
    CHECK(timed > 30);
}

TEST_CASE("a cell whose module the guest's kernel lacks is skipped, and says so") {
    NEEDS_GUEST("6.1");
    const Folder folder;
    const GuestKernel kernel = find_guest_kernel("6.1");
    const fs::path boot = folder.path() / "boot", modules = folder.path() / "lib/modules" / kernel.release;
    fs::create_directories(boot);
    fs::create_directories(modules);
    fs::copy_file(kernel.image, boot / kernel.image.filename());
    fs::create_symlink(kernel.image.parent_path() / ("config-" + kernel.release), boot / ("config-" + kernel.release));
    for (const char* name : {"kernel", "modules.builtin"}) fs::create_symlink(kernel.modules / name, modules / name);
    std::ifstream all(kernel.modules / "modules.dep");
    std::ofstream some(modules / "modules.dep");
    for (std::string line; std::getline(all, line);)
        if (line.find("sch_netem") == std::string::npos) some << line << "\n";
    some.close();
    const Ran ran = run_program(virtual_run(folder.path() / "out", {"corrupt", "silent-drop", "recv", "--horizon", "2s", "-n", "1"},
                                            folder.path().string()));
    INFO(ran.err);
    CHECK(ran.status == 0);
    const Records records = read_records((folder.path() / "out").string());
    REQUIRE(records.trials.size() == 2);
    for (const TrialLine& t : records.trials)
        if (t.scenario == "corrupt") {
            CHECK(t.outcome == Outcome::skipped);
            CHECK(t.why == "module sch_netem not in kernel " + kernel.release);
        } else {
            CHECK(t.outcome == Outcome::missed);
        }
}

TEST_CASE("two kernels are run one after the other, and set side by side") {
    NEEDS_GUEST("6.1");
    NEEDS_GUEST("6.12");
    const Folder folder;
    Words words = virtual_run(folder.path(), {"silent-drop", "orderly-close", "recv", "keepalive:idle=4s,interval=2s,count=3", "--horizon", "15s"});
    words.insert(words.end(), {"--kernel", "6.12"});
    const Ran ran = run_program(words);
    INFO(ran.err);
    CHECK(ran.status == 0);
    const std::string page = read_text(folder.path() / "kernels.md");
    CHECK_THAT(page, ContainsSubstring("side by side"));
    CHECK_THAT(page, ContainsSubstring("net.ipv4.tcp_rto_min_us"));
}

TEST_CASE("what makes no sense of the virtual lab is refused in one line") {
    const Ran no_lab = run_program({"run", "silent-drop", "--kernel", "6.1"});
    CHECK(no_lab.status == 2);
    CHECK_THAT(no_lab.err, ContainsSubstring("needs --lab virtual"));
    const Ran no_kernel = run_program({"run", "silent-drop", "--lab", "virtual", "--kernel", "/nonexistent"});
    CHECK(no_kernel.status == 2);
    const Ran none = run_program({"run", "silent-drop", "--lab", "virtual"}, {"HALFOPEN_KERNELS=/nonexistent"});
    CHECK(none.status == 3);
    CHECK_THAT(none.err, ContainsSubstring("halfopen kernels get"));
}
