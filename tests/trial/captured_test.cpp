// Captures in records: they are read back as they were written, in parts, and belong to their attempt.

#include <sstream>

#include "harness/trial/record.h"
#include "support/catch.h"
#include "support/frames.h"
#include "support/schema.h"
#include "support/source_tree.h"

using namespace halfopen;
using namespace halfopen::testing;

namespace {

/// The first run and the first trial of a real file, the trial with this capture.
struct CapturedFile {
    RunLine run;
    TrialLine trial;
    CapturedFile(Capture capture) {
        const Records records = read_records(std::string(source_tree()) + "/reports/gallery/starter");
        run = records.runs.front();
        trial = records.trials.front();
        trial.capture = std::move(capture);
    }
    std::string text(const std::vector<CaptureLine>& parts) const {
        std::string lines = to_json(run) + "\n";
        for (const CaptureLine& part : parts) lines += to_json(part) + "\n";
        return lines + to_json(trial) + "\n";
    }
    Records read(const std::vector<CaptureLine>& parts) const {
        std::istringstream in(text(parts));
        return read_records(in, "test");
    }
};

} // namespace

TEST_CASE("a capture is read back as it was written, however many parts it takes") {
    Capture capture;
    capture.fault_utc = std::chrono::seconds{1767225600};
    capture.lost = 3;
    for (int i = 0; i < 700; ++i) pass(capture, std::chrono::milliseconds{i}, {i % 2 == 0, static_cast<uint32_t>(i)}, i % 3 != 0);
    const CapturedFile file(capture);
    const auto parts = in_parts(file.trial.id, file.trial.attempt, capture);
    CHECK(parts.size() > 2);
    for (const CaptureLine& part : parts) CHECK(to_json(part).size() < 200'000); // What a message between processes may have.
    const Records records = file.read(parts);
    REQUIRE(records.trials.front().capture);
    CHECK(records.trials.front().capture->packets == capture.packets);
    CHECK(records.trials.front().capture->lost == 3);
    CHECK(records.trials.front().capture->fault_utc == capture.fault_utc);
}

TEST_CASE("what an interrupted run had captured of a trial is not put before what the next one does") {
    const Capture capture = silence_with_probes(3);
    const CapturedFile file(capture);
    auto parts = in_parts(file.trial.id, file.trial.attempt, capture);
    parts.push_back(parts.front());
    CHECK(file.read(parts).trials.front().capture->packets == capture.packets);
}

TEST_CASE("a capture of another attempt is not this one's") {
    const CapturedFile file(silence_with_probes(3));
    const auto others = in_parts(file.trial.id, file.trial.attempt + 1, silence_with_probes(1));
    REQUIRE(file.read(others).trials.front().capture);
    CHECK(file.read(others).trials.front().capture->packets.empty());
}

TEST_CASE("the schema holds a line of packets") {
    const Schema schema;
    for (const CaptureLine& part : in_parts("a/b/c/r1", 1, silence_with_probes(2))) CHECK(schema.holds(to_json(part)));
}

TEST_CASE("a line of packets that is damaged names what is wrong with it") {
    std::string line = to_json(in_parts("a/b/c/r1", 1, silence_with_probes(1)).front());
    line.replace(line.find("\"hex\":\"02"), 9, "\"hex\":\"zz");
    CHECK_THROWS_WITH(parse_line(line), ContainsSubstring("\"packets.hex\" is not hexadecimal"));
}

TEST_CASE("the name of a capture's file has nothing that a shell or a web page would take for something else") {
    CHECK(capture_file("silent-drop/idle/keepalive:idle=60s,interval=5s/r1") == "captures/silent-drop.idle.keepalive-idle=60s,interval=5s.r1.pcapng");
    CHECK(file_name_of("a b'\"$(x)/r1") == "a-b----x-.r1");
}
