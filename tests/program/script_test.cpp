// Scenarios by hand: each script, run by bash, leads its server to the verdict that theory has for law 1, and leaves nothing.

#include <fstream>
#include <map>

#include <fcntl.h>
#include <unistd.h>

#include "detectors/detector.h"
#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/linux/command.h"
#include "harness/trial/plan.h"
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

#define NEEDS_SCRIPT_TOOLS                                                        \
    for (const char* tool : {"unshare", "ip", "ss", "tc", "iptables", "python3"}) \
    if (!is_on_path(tool)) HALFOPEN_SKIP(std::string(tool) + " is not installed")

/// The answer to a SYN is sent for the third time after seven seconds.
Duration watch_of(const Scenario& scenario) { return scenario.stage == Stage::syn_received ? 10s : 5s; }

bool has_netem() { return std::system("unshare -Urn tc qdisc add dev lo root netem delay 1ms 2>/dev/null") == 0; }

bool takes_netem(const Scenario& scenario) {
    const auto needs = scenario.needs();
    return scenario.one_way > 0ns || std::find(needs.begin(), needs.end(), "sch_netem") != needs.end();
}

/// What law 1, done right, says of it while the server only waits, or has written one message; where it has no descriptor to
/// ask, or another program holds it, what the kernel's table says.
std::string by_theory(const Scenario& scenario, Traffic traffic) {
    const auto method = make_detector(scenario.stage == Stage::established ? "recv" : "sock-diag:interval=1s");
    const Window before = scenario.stage == Stage::established ? Window{1s, 1s} : Window{};
    const Prediction p = method->predict(planned_situation(scenario, traffic, *method, before, own_kernel()));
    return p.kind == Prediction::Kind::window && p.after.to < watch_of(scenario) ? p.signal : "silence";
}

struct Script {
    const Scenario* scenario = nullptr;
    fs::path file, output;
    Process process;
};

Script start_script(const Scenario& scenario, const fs::path& folder, bool writes) {
    Script script{&scenario, folder / (scenario.name + ".sh"), folder / (scenario.name + ".out"), {}};
    std::vector<std::string> words{"script", scenario.name};
    if (writes) words.push_back("--write");
    const Ran ran = run_program(words);
    REQUIRE(ran.status == 0);
    std::ofstream(script.file) << ran.out;
    script.process = fork_process([&] {
        const int out = open(script.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(out, 1);
        dup2(out, 2);
        execlp("bash", "bash", script.file.c_str(), std::to_string(watch_of(*script.scenario) / 1s).c_str(), nullptr);
        return 127;
    });
    return script;
}

void run_all(const std::vector<const Scenario*>& all, Traffic traffic) {
    const Folder folder;
    constexpr size_t at_a_time = 8;
    for (size_t i = 0; i < all.size(); i += at_a_time) {
        std::vector<Script> running;
        for (size_t k = i; k < std::min(i + at_a_time, all.size()); ++k)
            running.push_back(start_script(*all[k], folder.path(), traffic == Traffic::one_write));
        for (Script& script : running) {
            CHECK(script.process.wait() == 0);
            const std::string text = read_text(script.output.string());
            INFO(script.scenario->name << "\n" << text);
            CHECK_THAT(text, ContainsSubstring("\nverdict: " + by_theory(*script.scenario, traffic) + "\n"));
        }
    }
}

std::vector<const Scenario*> all_with_netem() {
    std::vector<const Scenario*> all;
    for (const Scenario& scenario : scenarios())
        if (takes_netem(scenario)) all.push_back(&scenario);
    return all;
}

/// Runs the scripts one after the other in a guest, as what a "server" does before it listens, and gives back what they said.
/// A server of the user's own travels there with whatever it needs; virtual time makes the waits short.
std::string run_in_guest(const std::vector<const Scenario*>& all) {
    const Folder folder;
    const std::string server = (folder.path() / "server.sh").string();
    std::vector<std::string> words{"try", "--port", "8080", "--lab", "virtual", "--kernel", "6.1", "--start-within", "10min", "--scenario", "delay-spike", "--scenario", "silent-drop",
                                   "--horizon", "5s", "-n", "1", "--progress", "none", "-o", (folder.path() / "out").string()};
    std::ofstream wrapper(server);
    wrapper << "links() { ip -o link show | wc -l; }\nbefore=$(links)\n";
    for (const Scenario* scenario : all) {
        const std::string file = (folder.path() / (scenario->name + ".sh")).string();
        std::ofstream(file) << run_program({"script", scenario->name}).out;
        words.insert(words.end(), {"--with", file});
        wrapper << "echo; echo SCRIPT OF " << scenario->name << "; bash " << file << " " << watch_of(*scenario) / 1s << " 2>&1; echo SCRIPT ENDS\n";
    }
    wrapper << "echo LINKS LEFT $(($(links) - before))\n"
            << "exec python3 -c 'import socket; s = socket.create_server((\"\", 8080)); k = []\nwhile True: k.append(s.accept())'\n";
    wrapper.close();
    // What scripts start is looked up here as in the guest.
    const std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    for (const char* tool : {"bash", "unshare", "ip", "ss", "tc", "python3", "sed", "cat", "sleep", "wc", "mount", "sysctl", "grep", "mkfifo", "rm", "iptables"})
        for (const fs::path bin : {"/usr/sbin", "/usr/bin", "/sbin", "/bin"})
            if (fs::exists(bin / tool)) {
                words.insert(words.end(), {"--with", (bin / tool).string(), "--with", fs::canonical(bin / tool).string()});
                break;
            }
    std::string library = halfopen::output_of({"/usr/bin/python3", "-c", "import sysconfig; print(sysconfig.get_paths()['stdlib'], end='')"});
    words.insert(words.end(), {"--with", library});
    for (const auto& folder_of_libraries : fs::directory_iterator("/usr/lib")) // iptables loads even DROP from a library of its own.
        if (const fs::path plugins = folder_of_libraries.path() / "xtables"; fs::exists(plugins)) words.insert(words.end(), {"--with", plugins.string()});
    words.insert(words.end(), {"--", "bash", server});
    const Ran ran = run_program(words, {path});
    INFO(ran.out << ran.err);
    REQUIRE(ran.status == 0);
    return read_text(folder.path() / "out/server.log");
}

} // namespace

TEST_CASE("the script of every scenario leads to the verdict that theory has for law 1") {
    NEEDS_NAMESPACES;
    NEEDS_SCRIPT_TOOLS;
    std::vector<const Scenario*> all;
    for (const Scenario& scenario : scenarios()) {
        if (!takes_netem(scenario)) all.push_back(&scenario);
    }
    CHECK(all.size() + all_with_netem().size() == scenarios().size());
    run_all(all, Traffic::idle);
}

TEST_CASE("the scripts that make a path slow or lossy lead to the verdict of theory") {
    NEEDS_NAMESPACES;
    NEEDS_SCRIPT_TOOLS;
    if (!has_netem()) HALFOPEN_SKIP("this kernel has no sch_netem; the next test runs them in the virtual lab");
    run_all(all_with_netem(), Traffic::idle);
}

TEST_CASE("in a guest, whose kernel has netem, the same scripts lead to the same verdicts") {
    NEEDS_SCRIPT_TOOLS;
    NEEDS_GUEST("6.1");
    const auto all = all_with_netem();
    REQUIRE(all.size() > 8);
    const std::string log = run_in_guest(all);
    for (const Scenario* scenario : all) {
        const size_t begin = log.find("SCRIPT OF " + scenario->name + "\n");
        INFO(scenario->name << "\n" << log);
        REQUIRE(begin != log.npos);
        const std::string said = log.substr(begin, log.find("SCRIPT ENDS", begin) - begin);
        CHECK_THAT(said, ContainsSubstring("\nverdict: " + by_theory(*scenario, Traffic::idle) + "\n"));
    }
    CHECK_THAT(log, ContainsSubstring("LINKS LEFT 0\n"));
}

TEST_CASE("a server that writes after the fault learns what theory says") {
    NEEDS_NAMESPACES;
    NEEDS_SCRIPT_TOOLS;
    run_all({&find_scenario("host-reboot"), &find_scenario("silent-drop"), &find_scenario("reset-by-middlebox"), &find_scenario("process-stopped")},
            Traffic::one_write);
}

TEST_CASE("a script touches no network but its own, and leaves nothing behind") {
    NEEDS_NAMESPACES;
    NEEDS_SCRIPT_TOOLS;
    const Folder folder;
    const std::string links = halfopen::output_of({"ip", "-o", "link", "show"});
    Script script = start_script(find_scenario("silent-drop"), folder.path(), false);
    CHECK(script.process.wait() == 0);
    CHECK(halfopen::output_of({"ip", "-o", "link", "show"}) == links);
    const std::string file = script.file.string();
    const Ran refused = [&] { // Somebody sets by hand what says that it is inside.
        const std::string shell = "HALFOPEN_INSIDE=yes bash " + file + " 2>&1";
        std::ofstream(folder.path() / "try.sh") << "unshare -Urn bash -c 'ip link add dummy9 type dummy 2>/dev/null || ip link add v1 type veth peer name v2; " << shell << "' || true\n";
        return Ran{0, halfopen::output_of({"bash", (folder.path() / "try.sh").string()}), ""};
    }();
    CHECK_THAT(refused.out, ContainsSubstring("nothing was touched"));
}

TEST_CASE("a scenario that does not exist has no script, and the nearest one is named") {
    check_one_error_line(run_program({"script", "silent-dorp"}), "silent-drop");
}
