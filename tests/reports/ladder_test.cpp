// Ladders: which packets are one, what they are called, and where time is cut short.

#include "reports/ladder.h"

#include <fstream>
#include <sstream>

#include "harness/base/packet.h"
#include "harness/linux/command.h"
#include "support/catch.h"
#include "support/folder.h"
#include "support/frames.h"

#include "tests/reports/golden.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

/// Keepalive 60/5/3 against a silent drop, as the kernel's rule has it.
TrialLine probed_trial() {
    TrialLine trial = golden::records("laws").trials.front();
    trial.scenario = "silent-drop";
    trial.traffic = "idle";
    trial.spec = "keepalive:idle=60s,interval=5s,count=3";
    trial.opinions.clear();
    trial.situation.heals_after.reset();
    trial.signal = "recv: ETIMEDOUT";
    trial.verdict = Verdict::gone;
    trial.noticed_after = 75s + 40us;
    trial.predicted.after = Window{75s, 77816ms};
    trial.predicted.steps = {"0 s: the last segment arrives"};
    trial.capture = silence_with_probes(3);
    return trial;
}

TrialLine with_capture(Capture capture) {
    TrialLine trial = probed_trial();
    trial.capture = std::move(capture);
    return trial;
}

std::vector<std::string> lines_of_ladder(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::string joined_lines(const std::vector<std::string>& lines) {
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    return all;
}

std::vector<Rung> of_kind(const Ladder& ladder, Rung::Kind kind) {
    std::vector<Rung> rungs;
    for (const Rung& rung : ladder.rungs)
        if (rung.kind == kind) rungs.push_back(rung);
    return rungs;
}

} // namespace

TEST_CASE("a packet that was seen at both ends is one arrow, and one that was seen at its sender only is lost at the router") {
    const auto packets = of_kind(ladder_of(probed_trial()), Rung::Kind::packet);
    REQUIRE(packets.size() == 9);
    CHECK(packets[0].from == Lane::client);
    CHECK(packets[0].to == Lane::server);
    CHECK_FALSE(packets[0].lost);
    CHECK(packets[5].from == Lane::server);
    CHECK(packets[5].to == Lane::router);
    CHECK(packets[5].lost);
}

TEST_CASE("a packet that only its receiver saw came from the router") {
    Capture capture;
    const std::string reset = TcpFrame{true, 1001, 0, tcp_flag::rst, 0}.bytes();
    capture.packets.push_back({1ms, Tap::server, false, 54, reset});
    const auto packets = of_kind(ladder_of(with_capture(capture)), Rung::Kind::packet);
    REQUIRE(packets.size() == 1);
    CHECK(packets[0].from == Lane::router);
    CHECK(packets[0].to == Lane::server);
}

TEST_CASE("flags, sequence numbers from the connection's first, and lengths stand at each segment") {
    const auto packets = of_kind(ladder_of(probed_trial()), Rung::Kind::packet);
    CHECK(packets[0].text == "S seq 0 len 0");
    CHECK(packets[1].text == "S. seq 0 len 0");
    CHECK(packets[3].text == "P. seq 1 len 64");
    CHECK(packets[8].text == "R. seq 1 len 0");
}

TEST_CASE("keepalive probes are counted, and an answer begins the count anew") {
    Capture capture = silence_with_probes(2);
    capture.packets.pop_back(); // the RST
    pass(capture, 70s, {true, 1065, 7001, tcp_flag::ack, 0, 500, 900});
    pass(capture, 80s, {false, 7000, 1065, tcp_flag::ack, 0, 500, 901}, false);
    std::vector<std::string> names;
    for (const Rung& rung : of_kind(ladder_of(with_capture(capture)), Rung::Kind::packet))
        if (!rung.name.empty()) names.push_back(rung.name);
    CHECK(names == std::vector<std::string>{"keepalive probe 1", "keepalive probe 2", "keepalive probe 1"});
}

TEST_CASE("a segment that is sent again is a retransmission, and a probe of a closed window is called so") {
    Capture capture = silence_with_probes(0);
    capture.packets.pop_back();
    for (const Duration at : {1s, 2s}) pass(capture, at, {false, 7001, 1065, tcp_flag::psh | tcp_flag::ack, 64, 500, 5}, false);
    pass(capture, 3s, {true, 1065, 7065, tcp_flag::ack, 0, 0, 6});
    pass(capture, 4s, {false, 7064, 1065, tcp_flag::ack, 0, 500, 7});
    std::vector<std::string> names;
    for (const Rung& rung : of_kind(ladder_of(with_capture(capture)), Rung::Kind::packet)) names.push_back(rung.name);
    CHECK(names == std::vector<std::string>{"", "", "", "", "", "", "retransmission 1", "", "window probe 1"});
}

TEST_CASE("the ladder of keepalive against a silent drop shows exchange, fault, silence, three probes, RST and verdict in this order") {
    const std::string text = ladder_text(ladder_of(probed_trial()));
    INFO(text);
    size_t at = 0;
    for (const char* expected : {"P. seq 1 len 64", "fault: silent-drop", "60.0 s of silence", "keepalive probe 1", "of silence", "keepalive probe 2",
                                 "of silence", "keepalive probe 3", "of silence", "R. seq 1 len 0", "75.000040", "recv: ETIMEDOUT: gone *|"}) {
        INFO(expected);
        at = text.find(expected, at);
        REQUIRE(at != std::string::npos);
    }
}

TEST_CASE("the text of a ladder is ASCII, 80 columns wide, with the three lanes in each line of packets") {
    for (const std::string& line : lines_of_ladder(ladder_text(ladder_of(probed_trial())))) {
        INFO(line);
        CHECK(line.size() <= 80);
        CHECK(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c < 127; }));
    }
}

TEST_CASE("a trial in which nothing was said ends with the end of the watch") {
    TrialLine trial = probed_trial();
    trial.noticed_after.reset();
    trial.horizon = 80s;
    CHECK_THAT(ladder_text(ladder_of(trial)), ContainsSubstring("the watch ends: nothing was said in 80 s"));
}

TEST_CASE("of thousands of packets a ladder shows the first, the last and those around the fault, and says how many it leaves out") {
    Capture capture;
    for (int i = 0; i < 2000; ++i) pass(capture, (i - 1000) * 1ms, {true, static_cast<uint32_t>(i * 10), 1, tcp_flag::ack, 10, 500, static_cast<uint16_t>(i)});
    const Ladder ladder = ladder_of(with_capture(capture), 40);
    CHECK(of_kind(ladder, Rung::Kind::packet).size() <= 40);
    const auto gaps = of_kind(ladder, Rung::Kind::left_out);
    REQUIRE(gaps.size() == 2);
    CHECK_THAT(gaps[0].text, ContainsSubstring("packets left out here"));
    CHECK(std::any_of(ladder.rungs.begin(), ladder.rungs.end(), [](const Rung& r) { return r.is_fault; }));
}

TEST_CASE("a short ladder has a Mermaid diagram within the limits of those who draw it, a long one has none") {
    const std::string diagram = ladder_mermaid(ladder_of(probed_trial()));
    CHECK_THAT(diagram, ContainsSubstring("sequenceDiagram\n"));
    CHECK_THAT(diagram, ContainsSubstring("S--xR: keepalive probe 1 (60.000000 s)"));
    CHECK(diagram.size() <= 1800);
    CHECK(ladder_mermaid(ladder_of(with_capture(silence_with_probes(30)))).empty());
}

TEST_CASE("packets that there was no room for are owned up to") {
    TrialLine trial = probed_trial();
    trial.capture->lost = 7;
    CHECK_THAT(ladder_text(ladder_of(trial)), ContainsSubstring("7 packets passed that there was no room for"));
}

TEST_CASE("where packets passed that there was no room for, the ladder claims no silence") {
    TrialLine trial = probed_trial();
    trial.noticed_after.reset();
    trial.horizon = 80s;
    trial.capture->lost = 7;
    const Ladder ladder = ladder_of(trial);
    for (const Rung& rung : of_kind(ladder, Rung::Kind::silence)) CHECK(rung.at < 75s);
    const auto gaps = of_kind(ladder, Rung::Kind::left_out);
    REQUIRE(gaps.size() == 1);
    CHECK(gaps[0].text == "7 packets passed that there was no room for");
}

TEST_CASE("on a slow path a packet that was sent just before the end is under way, and an earlier one that did not arrive is lost") {
    Capture capture;
    const auto one_way = [&](Duration at, uint16_t id, bool arrives) {
        const TcpFrame frame{true, id * 10u, 1, tcp_flag::ack, 10, 500, id};
        capture.packets.push_back({at, Tap::client, true, 64, frame.bytes()});
        if (arrives) capture.packets.push_back({at + 500ms, Tap::server, false, 64, frame.bytes()});
    };
    one_way(1s, 1, true);
    one_way(5s, 2, false);
    one_way(9800ms, 3, false);
    TrialLine trial = with_capture(capture);
    trial.noticed_after.reset();
    trial.horizon = 10s;
    const auto packets = of_kind(ladder_of(trial), Rung::Kind::packet);
    REQUIRE(packets.size() == 3);
    CHECK_FALSE(packets[0].lost);
    CHECK(packets[1].lost);
    CHECK_FALSE(packets[2].lost);
    CHECK(packets[2].name == "still under way");
}

TEST_CASE("in fifty columns a ladder drops its words one by one, and no line is longer") {
    TrialLine trial = probed_trial();
    const Ladder ladder = ladder_of(trial);
    for (const std::string& line : ladder_lines(ladder, 50)) CHECK(line.size() == 50);
    CHECK_THAT(joined_lines(ladder_lines(ladder, 60)), ContainsSubstring(" keepalive probe 3 "));
}

TEST_CASE("read aloud, a rung is a sentence") {
    const auto sentences = ladder_sentences(ladder_of(probed_trial()));
    const auto says = [&](const std::string& text) { return std::find(sentences.begin(), sentences.end(), text) != sentences.end(); };
    CHECK(says("0.000000 s, fault: silent-drop."));
    CHECK(says("60.000000 s, the server to the router, where it is lost: keepalive probe 1: ACK, sequence number 0, no data."));
    CHECK(says("75.000040 s, the server notices: recv: ETIMEDOUT: gone."));
}

TEST_CASE("the picture of a ladder has its title in it, in as many lines as it needs") {
    Ladder ladder = ladder_of(probed_trial());
    const std::string one_line = ladder_svg(ladder, false);
    CHECK_THAT(one_line, ContainsSubstring(">silent-drop x keepalive:idle=60s,interval=5s,count=3 (idle traffic)</text>"));
    ladder.title = std::string(100, 'a') + " " + std::string(100, 'b');
    const std::string two_lines = ladder_svg(ladder, false);
    CHECK_THAT(two_lines, ContainsSubstring(">" + std::string(100, 'a') + "</text>"));
    CHECK_THAT(two_lines, ContainsSubstring(">" + std::string(100, 'b') + "</text>"));
}

TEST_CASE("where the rule's steps count from another moment than the ladder, the report says so") {
    Records records = golden::records("one_cell");
    records.trials.front() = probed_trial();
    const auto with_steps = [&](const char* step) {
        records.trials.resize(1);
        records.trials.front().predicted.steps = {step};
        return markdown_report(records);
    };
    const std::string own_clock = "The ladder's clock begins at the fault, that of these lines at their `0 s`:";
    CHECK_THAT(with_steps("0 s: the last segment arrives"), ContainsSubstring(own_clock));
    CHECK_THAT(with_steps("0.01 s after the fault: the server writes"), !ContainsSubstring(own_clock));
}

TEST_CASE("the picture of a ladder is well-formed XML, in light and in dark, whatever its names hold") {
    if (!is_on_path("xmllint")) HALFOPEN_SKIP("no xmllint on the PATH (apt-get install libxml2-utils)");
    TrialLine trial = probed_trial();
    trial.scenario = "a<b>&\"c\"'d'";
    trial.signal = "recv: <&>\xe2\x86\x92";
    const Folder folder;
    for (const bool dark : {false, true}) {
        const std::string file = (folder.path() / "ladder.svg").string();
        std::ofstream(file, std::ios::binary) << ladder_svg(ladder_of(trial), dark);
        CHECK(halfopen::output_of({"xmllint", "--noout", "--nonet", file}).empty());
        CHECK_THAT(halfopen::output_of({"xmllint", "--xpath", "string(//*[local-name()='title'])", file}), ContainsSubstring("a<b>&\"c\"'d'"));
    }
    CHECK(ladder_svg(ladder_of(trial), false) != ladder_svg(ladder_of(trial), true));
}
