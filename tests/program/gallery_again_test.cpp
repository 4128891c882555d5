// The runs of the gallery in virtual time, measured again by this build: a sample of whole portions, a guest each, or all of
// it with HALFOPEN_GALLERY=whole. Another build has other instructions, so microseconds differ; what must not is what
// every method said, and that it said so when its rule says.

#include <cstdlib>
#include <map>
#include <set>

#include "harness/base/files.h"
#include "harness/trial/record.h"
#include "reports/agreement.h"
#include "support/catch.h"
#include "support/folder.h"
#include "support/program.h"
#include "support/source_tree.h"
#include "support/virtual_lab.h"

using namespace halfopen;
using namespace halfopen::testing;

namespace {

/// What a trial ended in, without its times.
std::string ending_of(const TrialLine& t) {
    return fmt::format("{}, {}, \"{}\"", name(t.outcome), t.verdict ? name(*t.verdict) : "nothing said", t.signal);
}

std::string cell_of(const TrialLine& t) { return t.traffic + "/" + t.scenario + "/" + t.spec; }

/// How the trials of each cell ended: in one way, unless chance decides there.
std::map<std::string, std::set<std::string>> endings_of(const Records& records) {
    std::map<std::string, std::set<std::string>> endings;
    for (const TrialLine& t : records.trials) endings[cell_of(t)].insert(ending_of(t));
    return endings;
}

bool whole_is_wanted() {
    const char* wanted = std::getenv("HALFOPEN_GALLERY");
    return wanted && std::string(wanted) == "whole";
}

/// The gallery's run again, or that shard of it.
Records run_again(const Records& before, const std::string& shard) {
    const Folder folder;
    std::vector<std::string> words = before.runs.front().command;
    words.insert(words.end(), {"--seed", std::to_string(before.runs.front().seed), "--progress", "none", "-o", folder.path().string()});
    if (!whole_is_wanted()) words.insert(words.end(), {"--shard", shard});
    const Ran ran = run_program(words);
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    return read_records(folder.path().string());
}

void ends_as_in_gallery(const std::string& report, const std::string& kernel, const std::string& shard) {
    NEEDS_GUEST(kernel);
    const Records before = read_records(source_tree() + "/reports/gallery/" + report);
    const Records now = run_again(before, shard);
    CHECK(now.runs.front().plan_digest == before.runs.front().plan_digest);
    const auto endings = endings_of(before);
    int timed = 0, left_to_chance = 0;
    for (const TrialLine& t : now.trials) {
        INFO(t.id << ": " << ending_of(t) << " " << t.why << "; " << t.predicted.rule);
        REQUIRE(endings.count(cell_of(t)) == 1);
        // Where chance decides, and the rule says so, another build loses other packets.
        const bool by_chance = t.predicted.kind == "unknown";
        if (!by_chance) CHECK(endings.at(cell_of(t)).count(ending_of(t)) == 1);
        left_to_chance += by_chance;
        CHECK(compare(t) != Agreement::outside);
        timed += compare(t) == Agreement::timed;
    }
    CHECK(timed > 20);
    CHECK(left_to_chance * 10 < static_cast<int>(now.trials.size()));
}

} // namespace

TEST_CASE("a sample of the gallery's standard on kernel 6.1, run again, ends as it did and inside its predictions") {
    ends_as_in_gallery("standard-6.1", "6.1", "7/25");
}

TEST_CASE("a sample of the gallery's defaults on kernel 6.1, run again, ends as it did and inside its predictions") {
    ends_as_in_gallery("defaults-6.1", "6.1", "2/4");
}

TEST_CASE("a sample of the gallery's defaults on kernel 6.12, run again, ends as it did and inside its predictions") {
    ends_as_in_gallery("defaults-6.12", "6.12", "2/4");
}

TEST_CASE("a sample of the gallery's standard on kernel 6.12, run again, ends as it did and inside its predictions") {
    ends_as_in_gallery("standard-6.12", "6.12", "7/25");
}
