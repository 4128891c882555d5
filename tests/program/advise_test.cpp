// halfopen advise: what it refuses, what it prints, and that its worst cases hold when `run` measures them.

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "harness/trial/advice.h"
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

Ran run_advise(Words words) {
    words.insert(words.begin(), "advise");
    return run_program(words);
}

void check_advise_refused(const Words& words, const std::string& mend) { check_one_error_line(run_advise(words), mend); }

size_t widest(const std::string& text) {
    std::istringstream lines(text);
    size_t most = 0;
    for (std::string line; std::getline(lines, line);) most = std::max(most, line.size());
    return most;
}

/// One or two of `all`, which keeps the trials few.
template <typename T> std::vector<T> some_of(const std::vector<T>& all, std::mt19937_64& random) {
    std::vector<T> some{all[random() % all.size()]};
    const T& other = all[random() % all.size()];
    if (other != some.front()) some.push_back(other);
    return some;
}

/// From 3 s to 2 h, each order of magnitude as likely as the next.
Duration random_within(std::mt19937_64& random) {
    const double u = static_cast<double>(random() >> 11) * 0x1.0p-53;
    return std::chrono::milliseconds{static_cast<int64_t>(3000 * std::pow(2400.0, u))};
}

AdviceRequest random_request(std::mt19937_64& random, const KernelFacts& kernel) {
    AdviceRequest request{random_within(random), {}, {}, kernel};
    std::vector<Traffic> profiles{Traffic::idle, Traffic::one_write, Traffic::in_flight};
    // Ten packets a second are what virtual time cannot jump over: hours of them are left out.
    if (request.within < 1min)
        profiles.insert(profiles.end(), {Traffic::receiving, Traffic::sending, Traffic::request_response});
    request.traffic = some_of(profiles, random);
    const bool stopped = random() % 3 == 0;
    const std::vector<std::string> failures{"silent-drop", "host-crash", "host-reboot", "reset-by-middlebox",
                                            "process-killed"};
    for (const std::string& name : some_of(failures, random))
        request.must_notice.push_back(&find_scenario(name));
    if (stopped) request.must_notice.push_back(&find_scenario("process-stopped"));
    return request;
}

/// What was advised for one cell, and has to hold.
struct Promise {
    Duration worst{0}, within{0};
};
using Promises = std::map<std::string, std::vector<Promise>>; ///< by cell: "silent-drop/idle/SPEC"

std::string cell_id(const AdvisedCell& cell, const std::string& spec) {
    return fmt::format("{}/{}/{}", cell.scenario->name, info(cell.traffic).name, spec);
}

/// A plan of exactly these cells, with every phase of every period.
void write_plan(const fs::path& path, const Promises& promises) {
    std::ofstream file(path);
    std::set<std::string> specs;
    std::ostringstream cells;
    for (const auto& [id, ignored] : promises) {
        const size_t one = id.find('/'), two = id.find('/', one + 1);
        specs.insert(id.substr(two + 1));
        cells << fmt::format("\n[[cells]]\ntraffic = \"{}\"\nscenarios = [\"{}\"]\ndetectors = [\"{}\"]\n",
                             id.substr(one + 1, two - one - 1), id.substr(0, one), id.substr(two + 1));
    }
    file << "name = \"advised\"\nsummary = \"What was advised.\"\nrepeats = 2\nhorizon = \"3h\"\nsweep_periods_up_to = "
            "\"24h\"\ndetectors = [";
    for (const std::string& spec : specs) file << fmt::format("\"{}\", ", spec);
    file << "]\n" << cells.str();
}

} // namespace

TEST_CASE("a request that makes no sense is one clear line with the mend") {
    check_advise_refused({}, "--within");
    check_advise_refused({"--within", "30"}, "with its unit: 30s");
    check_advise_refused({"--within", "soon"}, "with its unit");
    check_advise_refused({"--within", "-3s"}, "with its unit");
    check_advise_refused({"--within", "0s"}, "write 30s");
    check_advise_refused({"--within", "2000h"}, "up to 1000 h");
    check_advise_refused({"--within", "30s", "--traffic", "one-writ"}, "did you mean \"one-write\"?");
    check_advise_refused({"--within", "30s", "--must-notice", "proces-stopped"}, "did you mean \"process-stopped\"?");
    check_advise_refused({"--within", "30s", "--must-notice", "half-close", "--traffic", "receiving"},
                  "makes no sense with that traffic");
    check_advise_refused({"--within", "30s", "--kernel", "6.1"}, "needs --lab virtual");
    check_advise_refused({"--within", "30s", "--lab", "virtul"}, "virtual");
    check_advise_refused({"--within", "30s", "-n", "0"}, "--repeats");
    check_advise_refused({"--within", "30s", "silent-drop"}, "silent-drop");
    check_advise_refused({"--withn", "30s"}, "--within");
}

TEST_CASE("what no settings can do ends with 1 and says what is the least, or that nothing is to be noticed") {
    const Ran hurried = run_advise({"--within", "100ms"});
    CHECK(hurried.status == 1);
    CHECK_THAT(hurried.out, ContainsSubstring("No settings notice all of this within 100 ms"));
    CHECK_THAT(hurried.out, ContainsSubstring("The nearest that can: halfopen advise --within 1100ms"));
    CHECK(widest(hurried.out) <= 80);
    const Ran healthy = run_advise({"--within", "30s", "--must-notice", "healthy"});
    CHECK(healthy.status == 1);
    CHECK_THAT(healthy.out, ContainsSubstring("the client is alive"));
}

TEST_CASE("the rules are printed without measuring when that is asked: settings, worst cases, price, blind spots") {
    const Ran ran = run_advise({"--within", "78s", "--rules-only"});
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    for (const char* words :
         {"setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &(int){60}, sizeof(int));", "so_keepalive=60s:5s:3",
          "tcp-keepalive ", "tcp_user_timeout = 75000", "ClientAliveInterval ", "time.Second", "socket.TCP_KEEPIDLE",
          "At most 120 packets", "computed", "do not notice within 78 s", "process-stopped"})
        CHECK_THAT(ran.out, ContainsSubstring(words));
    CHECK(widest(ran.out) <= 80);
    CHECK(widest(run_advise({"--within", "9h", "--rules-only"}).out) <= 80);
    CHECK(widest(run_advise({"--within", "30s", "--must-notice", "process-stopped", "--rules-only"}).out) <= 80);
}

TEST_CASE("the slowest measured stands beside the worst case by the rules") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const std::string output = (folder.path() / "out").string();
    const Ran ran =
        run_advise({"--within", "3s", "--must-notice", "silent-drop", "-n", "2", "--progress", "none", "-o", output});
    INFO(ran.out << ran.err);
    CHECK(ran.status == 0);
    CHECK_THAT(ran.out, ContainsSubstring("slowest measured"));
    CHECK_THAT(ran.out, ContainsSubstring("All 4 trials noticed within 3 s, none later than the rules say."));
    CHECK(widest(ran.out) <= 80);
    CHECK_THAT(ran.err, ContainsSubstring("measuring: 4 trials"));
    CHECK(fs::exists(folder.path() / "out/report.md"));
    // What is stored repeats it.
    Words again = read_records(output).runs.front().command;
    CHECK(again.front() == "run");
    again.push_back("--dry-run");
    CHECK_THAT(run_program(again).out, ContainsSubstring("4 trials"));
}

TEST_CASE("advise agrees with what run then measures, for twenty random requests") {
    NEEDS_GUEST("6.1");
    KernelFacts kernel;
    kernel.hz = find_guest_kernel("6.1").hz;
    std::mt19937_64 random{20261122};
    Promises promises;
    std::set<std::string> methods;
    for (int i = 0; i < 20; ++i) {
        const AdviceRequest request = random_request(random, kernel);
        const Advice advice = advise(request);
        INFO("request " << i << ": within " << say(request.within) << ": " << advice.why_not);
        REQUIRE(advice.detector);
        REQUIRE(advice.cells.size() == asked_cells(request).size());
        REQUIRE_FALSE(advice.cells.empty());
        methods.insert(std::string(advice.detector->describe().name));
        for (const AdvisedCell& cell : advice.cells) {
            CHECK(cell.prediction.after.to <= request.within);
            promises[cell_id(cell, spec_of(*advice.detector))].push_back({cell.prediction.after.to, request.within});
        }
    }
    CHECK(methods.size() >= 3); // Or the requests would all ask for the same.
    const Folder folder;
    const fs::path plan = folder.path() / "advised.toml", output = folder.path() / "out";
    write_plan(plan, promises);
    const Ran ran = run_program(
        {"run", plan.string(), "--lab", "virtual", "--kernel", "6.1", "--progress", "none", "-o", output.string()});
    INFO(ran.err);
    std::string spoilt;
    for (const TrialLine& t : read_records(output.string()).trials)
        if (t.outcome == Outcome::invalid) spoilt += t.id + ": " + t.why + "\n";
    INFO(spoilt);
    REQUIRE(ran.status == 0);
    std::map<std::string, int> measured;
    for (const TrialLine& t : read_records(output.string()).trials) {
        const std::string id = t.id.substr(0, t.id.rfind("/r"));
        INFO(t.id << ": " << name(t.outcome) << " " << t.why);
        REQUIRE(promises.count(id) == 1);
        CHECK(t.outcome == Outcome::noticed);
        REQUIRE(t.noticed_after);
        CHECK(*t.noticed_after > 0ns);
        for (const Promise& promise : promises.at(id)) {
            CHECK(*t.noticed_after <= promise.worst);
            CHECK(promise.worst <= promise.within);
        }
        ++measured[id];
    }
    for (const auto& [id, ignored] : promises) {
        INFO(id);
        CHECK(measured[id] == 2);
    }
}
