// Bad input: each mistake is one short line that names what is wrong and the mend, and the exit status is 2.

#include <algorithm>
#include <fstream>

#include "support/catch.h"
#include "support/folder.h"
#include "support/program.h"
#include "support/source_tree.h"

using namespace halfopen;
using namespace halfopen::testing;

namespace {

void check_refused(const std::vector<std::string>& arguments, const std::string& words) {
    check_one_error_line(run_program(arguments), words);
}

std::string file_with(const Folder& folder, const std::string& name, const std::string& text) {
    const auto path = folder.path() / name;
    std::ofstream(path) << text;
    return path.string();
}

} // namespace

TEST_CASE("an unknown verb, scenario or detector is refused with the nearest name") {
    check_refused({"ruun"}, "did you mean \"run\"?");
    check_refused({"run", "silent-dorp"}, "did you mean \"silent-drop\"?");
    check_refused({"run", "silent-drop", "keepalvie"}, "did you mean \"keepalive\"?");
    check_refused({"explain", "keepalvie"}, "did you mean \"keepalive\"?");
    check_refused({"predict", "silent-dorp", "recv"}, "did you mean \"silent-drop\"?");
    check_refused({"predict", "silent-drop", "law-4"}, "keepalive, keepalive+user-timeout");
    check_refused({"run", "--traffic", "idel"}, "request-response");
    check_refused({"run", "--horizon", "80"}, "with its unit");
}

TEST_CASE("a scenario or a detector that is only planned is refused with what exists instead") {
    check_refused({"run", "connect-refused"}, "the scenario connect-refused is planned and does not exist yet; instead: ");
    check_refused({"run", "silent-drop", "oob-probe"}, "the detector oob-probe is planned");
    check_refused({"run", "-s", "connect-blackhole"}, "the scenario connect-blackhole is planned");
    check_refused({"run", "silent-drop", "-d", "pidfd:interval=1s"}, "the detector pidfd is planned");
    check_refused({"explain", "tx-ack-timestamp"}, "the detector tx-ack-timestamp is planned");
    check_refused({"explain", "connect-unreachable", "recv"}, "the scenario connect-unreachable is planned");
    check_refused({"predict", "silent-drop", "linger2"}, "the detector linger2 is planned");
}

TEST_CASE("an unknown setting, unit or value is refused with the mend") {
    check_refused({"run", "silent-drop", "keepalive:idel=5s"}, "did you mean");
    check_refused({"run", "silent-drop", "keepalive:idle=-1s"}, "idle");
    check_refused({"run", "silent-drop", "keepalive:idle=5parsec"}, "5parsec");
    check_refused({"run", "silent-drop", "keepalive:idle=5"}, "unit");
    check_refused({"run", "silent-drop", "keepalive:idle=1.5s"}, "in a smaller unit");
    check_refused({"run", "silent-drop", "keepalive:idle=2s interval=1s"}, "a comma goes between two of them");
    check_refused({"run", "silent-drop", "keepalive:count=0"}, "count");
    check_refused({"run", "silent-drop", "keepalive:idle=9999999999s"}, "9999999999s");
}

TEST_CASE("a records file that is missing, empty, not ours or of a newer version is refused") {
    const Folder folder;
    check_refused({"report", "/nonexistent"}, "/nonexistent");
    check_refused({"report", file_with(folder, "empty.jsonl", "")}, "empty");
    check_refused({"report", file_with(folder, "text.jsonl", "hello\nworld\n")}, "text.jsonl:1");
    check_refused({"report", file_with(folder, "new.jsonl", "{\"type\":\"run\",\"schema\":99}\n")}, "newer");
    check_refused({"report", file_with(folder, "none.jsonl.xz", "{\"type\":\"run\"}\n")}, "none.jsonl.xz: is no archive of xz");
    check_refused({"compare", source_tree() + "/tests/golden/laws.jsonl", file_with(folder, "cut.jsonl.xz", "\xfd" "7zXZ")},
                  "cut.jsonl.xz: is an archive that was cut off");
}

TEST_CASE("a plan file with a mistake is refused with file and line") {
    const Folder folder;
    const std::string path = file_with(folder, "mine.toml",
                                       "name = \"mine\"\nsummary = \"Mine.\"\nhorizon = \"5s\"\nsweep_periods_up_to = \"10s\"\n"
                                       "detectors = [\"recv\"]\n\n[[cells]]\ntraffic = \"idle\"\nscenarios = [\"healthyy\"]\n");
    check_refused({"run", path}, "mine.toml:9:13: there is no scenario \"healthyy\"; did you mean \"healthy\"?");
}

TEST_CASE("help and version are no errors, and no verb shows the help") {
    CHECK(run_program({"--help"}).status == 0);
    CHECK_THAT(run_program({"--help"}).out, ContainsSubstring("Examples:"));
    CHECK(run_program({"run", "--help"}).status == 0);
    CHECK(run_program({"--version"}).status == 0);
    CHECK(run_program({}).status == 2);
}

TEST_CASE("a selection that is empty, or of which nothing applies, ends with 4") {
    CHECK(run_program({"run", "--id", "no/such/trial"}).status == 4);
    CHECK(run_program({"run", "silent-drop", "send-error", "--traffic", "idle"}).status == 4);
    CHECK(run_program({"list", "scenarios", "nosuchword"}).status == 4);
}

TEST_CASE("a requirement about a cell that is not in the plan is refused before anything is run") {
    check_refused({"run", "silent-drop", "recv", "--require", "poll silent-drop <= 3s"}, "no trial of that cell");
    check_refused({"run", "silent-drop", "recv", "--require", "recv silent-drop <= 3"}, "with the unit");
}

TEST_CASE("a scenario file given as a plan is told from one") {
    check_refused({"run", source_tree() + "/scenarios/silent-drop.toml"}, "a scenario, not a plan");
}

TEST_CASE("a full disk is said in one line, with what was being written") {
    const Ran ran = run_program({"report", source_tree() + "/tests/golden/laws.jsonl", "-o", "/dev/full"});
    CHECK(ran.status == 5);
    CHECK_THAT(ran.err, ContainsSubstring("writing /dev/full: No space left on device"));
}
