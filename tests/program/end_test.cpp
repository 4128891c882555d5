// However a run ends, nothing of it is left, and what was measured stays.

#include <csignal>
#include <fstream>
#include <random>
#include <sstream>

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/link.h"
#include "harness/linux/machine.h"
#include "harness/trial/record.h"
#include "support/catch.h"
#include "support/namespaces.h"
#include "support/folder.h"
#include "support/program.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

/// Processes of the program under test, by their executable.
std::vector<pid_t> its_processes() {
    std::vector<pid_t> all;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::error_code gone;
        const auto executable = std::filesystem::read_symlink(entry.path() / "exe", gone);
        if (!gone && executable == std::filesystem::canonical(program()))
            all.push_back(std::stoi(entry.path().filename().string()));
    }
    return all;
}

/// What is leaked stays for ever; how long the kernel takes for four thousand namespaces depends on the machine.
constexpr Duration patience = 30s;

template <typename Condition> bool becomes_true(Duration within, Condition condition) {
    const Instant give_up = MonotonicClock::now() + within;
    while (!condition())
        if (MonotonicClock::now() > give_up) return false;
        else sleep_until(MonotonicClock::now() + 50ms);
    return true;
}

std::string output_of(const char* command) {
    FILE* pipe = popen(command, "r");
    std::string text;
    char block[4096];
    while (const size_t n = fread(block, 1, sizeof block, pipe)) text.append(block, n);
    pclose(pipe);
    return text;
}

/// What a run must not change on the host.
std::string host_state() {
    return output_of("ip -o link | sed 's/ mtu.*//'; ip route; iptables-save 2>/dev/null | grep -v '^#'; "
                     "sysctl -a 2>/dev/null | grep -E '^net\\.ipv4\\.(tcp|ip_forward|conf)' | grep -v -E 'tcp_fastopen_key|mem'");
}

/// A link with one end in a world of the run and the other in a namespace of ours: when the world's namespace is
/// destroyed, and only then, our end is gone.
class CanaryLink {
public:
    /// Looks for a role of the running program; nothing is linked when there is none yet.
    CanaryLink() : home_(NetNamespace::current()) {
        const std::string home = namespace_of("self");
        own_ = NetNamespace::create();
        RouteSocket route;
        for (const pid_t pid : its_processes()) {
            const Fd world{open(fmt::format("/proc/{}/ns/net", pid).c_str(), O_RDONLY | O_CLOEXEC)};
            const std::string its = namespace_of(std::to_string(pid));
            if (!world || its.empty() || its == home) continue; // The program itself stays outside.
            try {
                check(setns(world.get(), CLONE_NEWNET), "entering a world");
                const NetNamespace there = NetNamespace::current();
                own_.enter();
                route.add_veth("canary", {2, 0, 0, 0, 1, 1}, "canary", {2, 0, 0, 0, 1, 2}, there);
                linked_ = true;
                break;
            } catch (const Error&) { // It may have ended meanwhile.
            }
        }
        home_.enter();
    }
    bool linked() const { return linked_; }
    bool gone() const {
        own_.enter();
        bool is_gone = false;
        try {
            RouteSocket().is_running("canary");
        } catch (const Error&) {
            is_gone = true;
        }
        home_.enter();
        return is_gone;
    }

private:
    static std::string namespace_of(const std::string& process) {
        std::error_code gone;
        return std::filesystem::read_symlink("/proc/" + process + "/ns/net", gone).string();
    }
    NetNamespace home_, own_;
    bool linked_ = false;
};

int kills_wanted() {
    const char* set = std::getenv("HALFOPEN_KILLS");
    return set ? std::atoi(set) : 6;
}

std::string trials_file(const Folder& folder) { return (folder.path() / "r" / "trials.jsonl").string(); }

/// Lines of trials that have an answer; what the machine spoilt is repeated and does not count.
int answers_in(const std::string& path) {
    std::ifstream file(path);
    int answers = 0;
    for (std::string text; std::getline(file, text);) {
        const auto line = parse_line(text);
        const auto* trial = line ? std::get_if<TrialLine>(&*line) : nullptr;
        answers += trial && trial->outcome != Outcome::invalid;
    }
    return answers;
}

/// True once the records hold a trial: every connection is broken by then, and all worlds are alive.
bool all_alive(const Folder& folder) {
    std::ifstream file(trials_file(folder));
    std::string text((std::istreambuf_iterator<char>(file)), {});
    return text.find("\"type\":\"trial\",\"id\":\"") != std::string::npos && text.find("\"noticed\"") != std::string::npos;
}

} // namespace

TEST_CASE("kill -9 at any moment leaves no process, no namespace and no change on the host") {
    NEEDS_NAMESPACES;
    if (geteuid() != 0) HALFOPEN_SKIP("a canary link into another namespace needs root");
    std::mt19937 random(20);
    const std::string before = host_state();
    for (int i = 0; i < kills_wanted(); ++i) {
        INFO("kill " << i + 1);
        const Folder folder;
        Process run = start_program({"run", "-o", (folder.path() / "r").string(), "--progress", "none"});
        const bool full = i % 2 == 0; // Half of them while the whole starter is alive.
        if (full)
            REQUIRE(becomes_true(90s, [&] { return all_alive(folder); }));
        sleep_until(MonotonicClock::now() + 1ms * (random() % 5000));
        const CanaryLink canary;
        if (full) CHECK(canary.linked());
        const size_t processes = its_processes().size();
        run.signal(SIGKILL);
        const Instant killed = MonotonicClock::now();
        run.wait();
        CHECK(becomes_true(patience, [] { return its_processes().empty(); }));
        CHECK(becomes_true(killed + patience - MonotonicClock::now(), [&] { return !canary.linked() || canary.gone(); }));
        std::printf("kill %d: %zu processes%s, all gone after %s\n", i + 1, processes, full ? ", full starter" : "",
                    halfopen::say(MonotonicClock::now() - killed).c_str());
        if (std::filesystem::exists(trials_file(folder)) && std::filesystem::file_size(trials_file(folder)) > 0)
            CHECK_NOTHROW(read_records(trials_file(folder)));
    }
    CHECK(host_state() == before);
}

TEST_CASE("Ctrl-C leaves valid records and a report, ends with 130, and the same command goes on") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const std::string out = (folder.path() / "r").string();
    const std::vector<std::string> command{"run", "process-killed", "silent-drop", "-d", "recv", "-d", "poll",
                                           "-n", "3", "--horizon", "4s", "-o", out, "--progress", "none"};
    Process run = start_program(command);
    REQUIRE(becomes_true(30s, [&] { return all_alive(folder); }));
    run.signal(SIGINT);
    const int status = run.wait();
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 130);
    CHECK(becomes_true(patience, [] { return its_processes().empty(); }));
    const Records partial = read_records(out);
    CHECK(partial.end->interrupted);
    CHECK(partial.trials.size() < 12);
    CHECK(std::filesystem::exists(out + "/report.md"));

    CHECK(run_program(command).status == 0);
    const Records whole = read_records(out);
    CHECK(whole.trials.size() == 12);
    CHECK(whole.runs.size() == 2);
    CHECK(answers_in(trials_file(folder)) == 12); // Nothing was measured twice.
}

TEST_CASE("hundreds of worlds live at once in at most 3 MB each") {
    NEEDS_NAMESPACES;
    if (program().find("dev") != std::string::npos) HALFOPEN_SKIP("the sanitizers' memory is not the program's");
    auto available = [] {
        std::ifstream file("/proc/meminfo");
        for (std::string line; std::getline(file, line);)
            if (line.starts_with("MemAvailable:")) return std::stoll(line.substr(13)) * 1024;
        return 0LL;
    };
    constexpr int worlds = 600;
    const Folder folder;
    const long long before = available();
    if (before < worlds * 4'000'000LL) HALFOPEN_SKIP("less than 2.4 GB of memory are available");
    Process run = start_program({"run", "silent-drop", "noop", "-n", std::to_string(worlds), "--horizon", "4s", "-o",
                                 (folder.path() / "r").string(), "--progress", "none"});
    long long least = before;
    while (run.state() != Process::State::ended) {
        least = std::min(least, available());
        sleep_until(MonotonicClock::now() + 50ms);
    }
    CHECK(run.wait() == 0);
    const double each = static_cast<double>(before - least) / worlds;
    std::printf("%d worlds: %.2f MB each\n", worlds, each / 1e6);
    CHECK(each < 3e6);
    CHECK(read_records((folder.path() / "r").string()).trials.size() == worlds);
}
