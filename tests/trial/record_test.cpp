// The waist of the program: what is written is read back, what is damaged is named, and the schema tells the
// truth.

#include "harness/trial/record.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "harness/base/files.h"
#include "support/catch.h"
#include "support/schema.h"
#include "support/source_tree.h"

using namespace halfopen;
using halfopen::testing::Schema;
using namespace std::chrono_literals;

namespace {

const std::string source = source_tree();

RunLine a_run() {
    RunLine run;
    run.halfopen = "0.1.0";
    run.executable = "sha256:aa";
    run.started = "2026-11-22T08:00:00Z";
    run.command = {"run", "starter"};
    run.plan = "starter";
    run.plan_digest = "sha256:bb";
    run.seed = 18446744073709551615u;
    run.lab = "namespaces";
    run.clock = "wall";
    run.kernel = "6.18.44";
    run.hz = 250;
    run.cpus = 2;
    run.trials = 748;
    run.repeats = 3;
    run.horizon = 80s;
    run.sysctl = {{"net.ipv4.tcp_retries2", "15"}, {"net.ipv4.tcp_rmem", "4096 131072"}, {"net.absent", {}}};
    run.floor = {76us, 91us, 80us, 9};
    run.load_before = 0.42;
    run.scenarios = {
        {"silent-drop", "drop", "says nothing", Truth::unreachable, "The router drops \"all\"."}};
    run.detectors = {{"keepalive:idle=60s,interval=5s,count=3", "keepalive", "keepalive 60/5/3", 4,
                      "as stated", "recv() with SO_KEEPALIVE.", false, false, "the kernel's own timers"}};
    return run;
}

RunLine a_virtual_run() {
    RunLine run = a_run();
    run.lab = run.clock = "virtual";
    run.guest = {"7.2.22", "sha256:cc", "pc-q35-7.2", "Nehalem", "sha256:dd", "sha256:ee", 12};
    return run;
}

TrialLine a_full_trial() {
    TrialLine trial;
    trial.id = "silent-drop/idle/keepalive:idle=60s,interval=5s,count=3/r3";
    trial.scenario = "silent-drop";
    trial.traffic = "idle";
    trial.detector = "keepalive";
    trial.settings = {{"idle", "60s"}, {"interval", "5s"}, {"count", "3"}};
    trial.spec = "keepalive:idle=60s,interval=5s,count=3";
    trial.repeat = 3;
    trial.phase = 1.0 / 3;
    trial.situation = {"last segment received", 1200us, 204ms, 41us, 0, 0};
    trial.truth = Truth::unreachable;
    trial.fault = {Instant{1000231ns}, Instant{1000342ns}};
    trial.fault_verified = true;
    trial.outcome = Outcome::noticed;
    trial.verdict = Verdict::gone;
    trial.signal = "recv: ETIMEDOUT";
    trial.noticed_after = 76303118242ns;
    trial.horizon = 80s;
    trial.planned = {"window", Outcome::noticed, Window{75s, 78s}, "recv: ETIMEDOUT", "60 s + 3 x 5 s"};
    trial.predicted = {"window", Outcome::noticed, Window{75s, 77836ms}, "recv: ETIMEDOUT", "60 s + 3 x 5 s"};
    trial.opinions = {{5s, true}, {-2ns, false}};
    trial.cost = {3, 0, 1, 41000};
    return trial;
}

/// A trial in which everything that may be absent is.
TrialLine a_bare_trial() {
    TrialLine trial;
    trial.id = "healthy/idle/recv/r1";
    trial.scenario = "healthy";
    trial.traffic = "idle";
    trial.detector = trial.spec = "recv";
    trial.repeat = 1;
    trial.outcome = Outcome::invalid;
    trial.why = "noisy: the bracket is 3 ms wide";
    trial.planned.kind = trial.predicted.kind = "never";
    return trial;
}

/// One line of each type, with all that a line may hold and with as little.
std::vector<Line> all_lines() {
    return {a_run(), a_virtual_run(), a_full_trial(), a_bare_trial(), EndLine{748, 2, 95s, true, 27h}};
}

std::string with(const std::string& json, const char* pointer, nlohmann::ordered_json value) {
    auto changed = nlohmann::ordered_json::parse(json);
    changed[nlohmann::ordered_json::json_pointer(pointer)] = std::move(value);
    return changed.dump();
}

std::string without(const std::string& json, const char* key) {
    auto changed = nlohmann::ordered_json::parse(json);
    changed.erase(key);
    return changed.dump();
}

/// What read_records says about a file of this content; empty when it says nothing.
std::string read_complaint(const std::string& content) {
    std::istringstream in(content);
    try {
        read_records(in, "trials.jsonl");
        return "";
    } catch (const BadInput& error) {
        return error.what();
    }
}

} // namespace

TEST_CASE("every type of line reads back as it was written") {
    for (const Line& line : all_lines()) {
        const std::string json = to_json(line);
        INFO(json);
        CHECK(json.find('\n') == std::string::npos);
        const auto read = parse_line(json);
        REQUIRE(read.has_value());
        CHECK(read->index() == line.index());
        CHECK(to_json(*read) == json);
    }
}

TEST_CASE("the fields of a run line survive the journey") {
    const RunLine run = std::get<RunLine>(*parse_line(to_json(a_run())));
    CHECK(run.seed == 18446744073709551615u);
    CHECK(run.sysctl == a_run().sysctl);
    CHECK(run.floor.rst == 91us);
    CHECK(run.scenarios[0].summary == "The router drops \"all\".");
    CHECK(run.scenarios[0].truth == Truth::unreachable);
    CHECK(run.detectors[0].law == 4);
    CHECK(run.detectors[0].family == "the kernel's own timers");
    CHECK_FALSE(run.guest);
}

TEST_CASE("what a run in virtual time is bound to survives the journey") {
    const RunLine run = std::get<RunLine>(*parse_line(to_json(a_virtual_run())));
    REQUIRE(run.guest);
    CHECK(run.guest->qemu == "7.2.22");
    CHECK(run.guest->qemu_digest == "sha256:cc");
    CHECK(run.guest->machine == "pc-q35-7.2");
    CHECK(run.guest->cpu == "Nehalem");
    CHECK(run.guest->kernel_digest == "sha256:dd");
    CHECK(run.guest->initramfs_digest == "sha256:ee");
    CHECK(run.guest->portions == 12);
    CHECK(std::get<EndLine>(*parse_line(to_json(EndLine{1, 0, 95s, false, 27h}))).virtual_time == 27h);
}

TEST_CASE("files from before virtual time are read as ever") {
    const std::string run = without(to_json(a_virtual_run()), "guest");
    const std::string end = without(to_json(EndLine{1, 0, 95s, false, 27h}), "virtual_ns");
    CHECK_FALSE(std::get<RunLine>(*parse_line(run)).guest);
    CHECK(std::get<EndLine>(*parse_line(end)).virtual_time == 0s);
    CHECK(Schema().holds(run));
    CHECK(Schema().holds(end));
}

TEST_CASE("the fields of a trial line survive the journey, and the spec is put together again") {
    const TrialLine trial = std::get<TrialLine>(*parse_line(to_json(a_full_trial())));
    CHECK(trial.spec == "keepalive:idle=60s,interval=5s,count=3");
    CHECK(trial.settings == a_full_trial().settings);
    CHECK(trial.phase == a_full_trial().phase);
    CHECK(trial.fault->second == Instant{1000342ns});
    CHECK(trial.noticed_after == 76303118242ns);
    CHECK(trial.predicted.after == Window{75s, 77836ms});
    CHECK(trial.opinions[1].after_fault == -2ns);
    CHECK(trial.cost->cpu_ns == 41000);
    const TrialLine bare = std::get<TrialLine>(*parse_line(to_json(a_bare_trial())));
    CHECK(bare.spec == "recv");
    CHECK_FALSE(bare.fault);
    CHECK_FALSE(bare.verdict);
    CHECK_FALSE(bare.noticed_after);
    CHECK_FALSE(bare.predicted.after);
    CHECK_FALSE(bare.cost);
    CHECK(bare.situation.anchor.empty());
}

TEST_CASE("a fault that heals says after how long, and one that stays says nothing") {
    TrialLine trial = a_full_trial();
    CHECK(to_json(trial).find("heals_after_ns") == std::string::npos);
    trial.situation.heals_after = std::chrono::seconds{5};
    const std::string json = to_json(trial);
    CHECK(json.find(R"("heals_after_ns":5000000000})") != std::string::npos);
    CHECK(std::get<TrialLine>(*parse_line(json)).situation.heals_after == trial.situation.heals_after);
    CHECK_FALSE(std::get<TrialLine>(*parse_line(to_json(a_full_trial()))).situation.heals_after);
}

TEST_CASE("the keys of a trial stand in the order of the design") {
    const std::string json = to_json(a_full_trial());
    CHECK(json.rfind(R"({"type":"trial","id":"silent-drop/idle/keepalive:idle=60s,interval=5s,count=3/r3",)"
                     R"("scenario":"silent-drop","traffic":"idle","detector":"keepalive",)"
                     R"("settings":{"idle":"60s","interval":"5s","count":3},"repeat":3,)",
                     0) == 0);
    CHECK(json.find(R"("fault_ns":[1000231,1000342],"fault_verified":true,"outcome":"noticed",)") !=
          std::string::npos);
    CHECK(json.find(R"("kernel_knew_after_ns":null)") != std::string::npos);
    CHECK(json.find(R"("capture":null})") != std::string::npos);
}

TEST_CASE("a sysctl is a number when it is one, a text when it is not, and null when the kernel has none") {
    CHECK(to_json(a_run()).find(R"("sysctl":{"net.ipv4.tcp_retries2":15,"net.ipv4.tcp_rmem":"4096 131072",)"
                                R"("net.absent":null})") != std::string::npos);
    RunLine odd = a_run();
    odd.sysctl = {{"a", "007"}, {"b", ""}, {"c", "-1"}, {"d", "0"}, {"e", "99999999999999999999"}};
    CHECK(std::get<RunLine>(*parse_line(to_json(odd))).sysctl == odd.sysctl);
}

TEST_CASE("text that is not UTF-8 is written as JSON all the same") {
    TrialLine trial = a_full_trial();
    trial.why = "bad \xff byte";
    CHECK(parse_line(to_json(trial)).has_value());
}

TEST_CASE("unknown keys and unknown types of lines are ignored") {
    CHECK(parse_line(with(to_json(a_full_trial()), "/later_ns", 5)).has_value());
    CHECK_FALSE(parse_line(R"({"type":"weather","rain":true})").has_value());
}

TEST_CASE("the schema holds what is written") {
    const Schema schema;
    for (const Line& line : all_lines()) {
        INFO(to_json(line));
        CHECK(schema.holds(to_json(line)));
    }
    CHECK(schema.holds(with(to_json(a_full_trial()), "/later_ns", 5)));
}

TEST_CASE("the schema refuses a line that is broken") {
    const Schema schema;
    const std::string trial = to_json(a_full_trial());
    CHECK_FALSE(schema.holds(without(trial, "outcome")));
    CHECK_FALSE(schema.holds(with(trial, "/outcome", "maybe")));
    CHECK_FALSE(schema.holds(with(trial, "/horizon_ns", 80.5)));
    CHECK_FALSE(schema.holds(with(trial, "/fault_ns", nlohmann::ordered_json::array({1}))));
    CHECK_FALSE(schema.holds(with(trial, "/predicted/kind", "perhaps")));
    CHECK_FALSE(schema.holds(with(to_json(a_run()), "/schema", 2)));
    CHECK_FALSE(schema.holds(with(to_json(a_run()), "/started", "yesterday")));
    CHECK_FALSE(schema.holds(with(to_json(a_virtual_run()), "/guest/portions", 0)));
    CHECK_FALSE(schema.holds(with(to_json(a_virtual_run()), "/guest", "qemu")));
    CHECK_FALSE(schema.holds(R"({"type":"end"})"));
    CHECK_FALSE(schema.holds("[]"));
}

TEST_CASE("what the schema asks for, the reader asks for") {
    for (const Line& line : {Line{a_run()}, Line{a_full_trial()}, Line{EndLine{748, 2, 95s, false}}}) {
        const auto json = nlohmann::ordered_json::parse(to_json(line));
        for (const auto& [key, value] : json.items()) {
            if (key == "kernel_knew_after_ns" || key == "capture")
                continue; // written, not yet read
            if (key == "guest" || key == "virtual_ns")
                continue; // older files lack them
            INFO(key);
            CHECK_THROWS_AS(parse_line(without(json.dump(), key.c_str())), BadInput);
            CHECK_FALSE(Schema().holds(without(json.dump(), key.c_str())));
        }
    }
}

TEST_CASE("every line of every fixture fits the schema") {
    const Schema schema;
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(source + "/tests/golden")) {
        if (entry.path().extension() != ".jsonl")
            continue;
        ++files;
        std::ifstream in(entry.path());
        for (std::string line; std::getline(in, line);) {
            INFO(entry.path().string() << ": " << line);
            CHECK(schema.holds(line));
            CHECK(to_json(*parse_line(line)) == line);
        }
    }
    CHECK(files > 0);
}

TEST_CASE("a file of records is read line by line") {
    std::istringstream in(to_json(a_run()) + "\n" + to_json(a_full_trial()) + "\n{\"type\":\"weather\"}\n" +
                          to_json(EndLine{1, 0, 95s, false}) + "\n");
    const Records records = read_records(in, "here");
    CHECK(records.runs.size() == 1);
    CHECK(records.trials.size() == 1);
    CHECK(records.end->wall == 95s);
    CHECK_FALSE(records.torn);
    CHECK(records.file == "here");
}

TEST_CASE("a torn last line is left out, and said") {
    const std::string trial = to_json(a_full_trial());
    std::istringstream in(to_json(a_run()) + "\n" + to_json(a_bare_trial()) + "\n" + trial.substr(0, 200));
    const Records records = read_records(in, "here");
    CHECK(records.torn);
    CHECK(records.trials.size() == 1);
}

TEST_CASE("a last line that only lacks its newline is whole") {
    std::istringstream in(to_json(a_run()) + "\n" + to_json(a_full_trial()));
    const Records records = read_records(in, "here");
    CHECK_FALSE(records.torn);
    CHECK(records.trials.size() == 1);
}

TEST_CASE("a torn line before the end of the file is an error that names its place") {
    const std::string run = to_json(a_run());
    CHECK(
        read_complaint(run + "\n" + to_json(a_full_trial()).substr(0, 200) + "\n" + run + "\n") ==
        "trials.jsonl:2: is not JSON, as a line that was cut off; a record is never edited by hand: take the "
        "original file, or delete this line");
}

TEST_CASE("a spare takes the place of an invalid attempt, and a copy changes nothing") {
    TrialLine invalid = a_full_trial();
    invalid.outcome = Outcome::invalid;
    TrialLine spare = a_full_trial();
    spare.attempt = 2;
    TrialLine copy = a_full_trial();
    copy.attempt = 3;
    std::istringstream in(to_json(a_run()) + "\n" + to_json(invalid) + "\n" + to_json(a_bare_trial()) + "\n" +
                          to_json(spare) + "\n" + to_json(copy) + "\n");
    const Records records = read_records(in, "here");
    REQUIRE(records.trials.size() == 2);
    CHECK(records.trials[0].attempt == 2);
    REQUIRE(records.replaced.size() == 1);
    CHECK(records.replaced[0].attempt == 1);
}

TEST_CASE("the digest of the trial lines is that of a sorted file, whatever the order and the frame") {
    const std::string first = to_json(a_bare_trial()); // healthy/...
    const std::string second = to_json(a_full_trial());     // silent-drop/...
    TrialLine copy = a_full_trial();
    copy.attempt = 3; // a second answer for one id does not count
    const auto digest_of = [](const std::string& content) {
        std::istringstream in(content);
        return trial_digest(read_records(in, "here"));
    };
    const std::string run = to_json(a_run()) + "\n";
    const std::string digest = sha256(first + "\n" + second + "\n");
    CHECK(digest_of(run + first + "\n" + second + "\n") == digest);
    CHECK(digest_of(run + second + "\n" + to_json(a_virtual_run()) + "\n" + first + "\n" + to_json(copy) + "\n" +
                    to_json(EndLine{2, 0, 9s, false}) + "\n") == digest);
    TrialLine later = a_full_trial();
    *later.noticed_after += 1ns;
    CHECK(digest_of(run + first + "\n" + to_json(later) + "\n") != digest);
}

TEST_CASE("the end of an earlier run says nothing about a later one") {
    std::istringstream in(to_json(a_run()) + "\n" + to_json(EndLine{1, 0, 9s, true}) + "\n" +
                          to_json(a_run()) + "\n");
    const Records records = read_records(in, "here");
    CHECK(records.runs.size() == 2);
    CHECK_FALSE(records.end);
}

TEST_CASE("a file that cannot be used says why, and the mend") {
    const std::string run = to_json(a_run());
    CHECK(read_complaint("") == "trials.jsonl: is empty, no run has been recorded; make one with: halfopen run");
    CHECK(read_complaint("{\"type\":\"weather\"}\n") == "trials.jsonl: holds no run line, so nothing says how its "
                                                   "trials were made; take the whole file, or make "
                                                   "a new one with: halfopen run");
    CHECK(read_complaint(with(run, "/schema", 2) + "\n") ==
          "trials.jsonl:1: was written by a newer halfopen (schema 2, this one reads 1); update halfopen");
    CHECK(read_complaint(run + "\n" + without(to_json(a_full_trial()), "outcome") + "\n") ==
          "trials.jsonl:2: has no \"outcome\"; a record is never edited by hand: take the original file, or "
          "delete "
          "this line");
    CHECK(
        read_complaint(with(run, "/floor/fin_ns", "soon") + "\n") ==
        "trials.jsonl:1: \"floor.fin_ns\" is not a whole number; a record is never edited by hand: take the "
        "original file, or delete this line");
    CHECK(read_complaint(run + "\n" + with(to_json(a_full_trial()), "/outcome", "maybe") + "\n") ==
          "trials.jsonl:2: \"outcome\" is \"maybe\", a word this halfopen does not know; update halfopen");
    CHECK(read_complaint(with(run, "/floor", 5) + "\n").rfind("trials.jsonl:1: \"floor\" is not an object", 0) ==
          0);
    CHECK(read_complaint("hello\n").rfind("trials.jsonl:1: is not JSON", 0) == 0);
    CHECK(read_complaint("[1]\n").rfind("trials.jsonl:1: is no record of halfopen", 0) == 0);
    CHECK(read_complaint("{\"a\":1}\n").rfind("trials.jsonl:1: has no \"type\"", 0) == 0);
    CHECK(read_complaint(with(run, "/hz", 99999999999) + "\n").rfind("trials.jsonl:1: \"hz\" is not", 0) == 0);
    CHECK(
        read_complaint(with(run, "/horizon_ns", 1e30) + "\n").rfind("trials.jsonl:1: \"horizon_ns\" is not", 0) ==
        0);
}

TEST_CASE("a missing file and a folder without records are named with the mend") {
    CHECK_THROWS_WITH(
        read_records("/nowhere/trials.jsonl"),
        "/nowhere/trials.jsonl: cannot be read: No such file or directory; give the folder of a run, "
        "or its trials.jsonl");
    CHECK_THROWS_WITH(
        read_records("/proc/self/fd"),
        "/proc/self/fd/trials.jsonl: cannot be read: No such file or directory; give the folder of a "
        "run, or its trials.jsonl");
}
