// Every scenario in every profile, some two thousand real connections, by the program as a user runs it.

#include <fstream>
#include <map>

#include "harness/trial/record.h"
#include "support/catch.h"
#include "support/folder.h"
#include "support/namespaces.h"
#include "support/program.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* plan = R"(
name = "everything"
summary = "Every scenario in every profile that it lists, with short limits."
repeats = 1
horizon = "4s"
sweep_periods_up_to = "0s"
detectors = [
    "recv",
    "keepalive:idle=2s,interval=1s,count=2",
    "heartbeat:interval=500ms,timeout=2s",
    "user-timeout:timeout=2s",
    "tcp-info",
    "send-error",
    "noop",
]

[[cells]]
traffic = "every"
scenarios = ["*"]
)";

/// The last attempt of each.
std::map<std::string, TrialLine> last_attempts(const Records& records) {
    std::map<std::string, TrialLine> all;
    for (const TrialLine& line : records.trials) all[line.id] = line;
    return all;
}

} // namespace

TEST_CASE("every scenario runs in every profile that it lists, its fault bites, and theory holds") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const std::string file = (folder.path() / "everything.toml").string(), results = (folder.path() / "results").string();
    std::ofstream(file) << plan;
    const Ran ran = run_program({"run", file, "--jobs", "400", "--progress", "none", "--output", results});
    INFO(ran.err);
    const auto lines = last_attempts(read_records(results + "/trials.jsonl"));
    REQUIRE(lines.size() > 2000);
    size_t noise = 0, timed = 0, outside = 0;
    std::map<std::string, int> valid; // by scenario and profile
    for (const auto& [id, line] : lines) {
        if (line.outcome == Outcome::skipped) continue;
        int& of_profile = valid[line.scenario + "/" + line.traffic];
        INFO(id << ": " << name(line.outcome) << " " << line.signal << line.why << "; predicted " << line.predicted.rule);
        // A busy machine spoils some; each profile of each scenario has seven.
        if (line.outcome == Outcome::invalid) {
            ++noise;
            continue;
        }
        ++of_profile;
        CHECK(line.fault_verified);
        if (line.predicted.kind == "unknown") continue;
        // Near the horizon a busy machine decides which side of it a notice falls on.
        if (line.predicted.after && line.predicted.after->to > 3500ms && line.predicted.after->from < 4500ms) continue;
        CHECK(line.outcome == line.predicted.outcome);
        if (line.noticed_after && line.predicted.after) {
            ++timed;
            // A busy machine may be late.
            const bool inside = *line.noticed_after >= line.predicted.after->from && *line.noticed_after <= line.predicted.after->to + 500ms;
            outside += !inside;
            if (!inside) WARN(id << ": " << line.noticed_after->count() << " ns, predicted " << line.predicted.rule);
        }
    }
    CHECK(noise * 10 < lines.size());
    CHECK(timed > 500);
    CHECK(outside * 50 <= timed); // 98 %
    for (const auto& [profile, count] : valid) {
        INFO(profile);
        CHECK(count > 0);
    }
}
