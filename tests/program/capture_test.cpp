// Packets, ladders and pcapng files of whole runs.

#include <algorithm>
#include <fstream>
#include <sstream>

#include "harness/base/files.h"
#include "harness/linux/command.h"
#include "harness/trial/record.h"
#include "reports/ladder.h"
#include "reports/ladders.h"
#include "reports/text.h"
#include "support/catch.h"
#include "support/folder.h"
#include "support/namespaces.h"
#include "support/program.h"
#include "support/source_tree.h"
#include "support/virtual_lab.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

#define NEEDS_TSHARK \
    if (!is_on_path("tshark")) HALFOPEN_SKIP("no tshark on the PATH (apt-get install tshark)")

/// What tshark says of every packet of a file, these fields with a '|' between them.
std::vector<std::string> by_tshark(const fs::path& pcapng, const std::vector<std::string>& fields) {
    std::vector<std::string> command{"tshark", "-N", "n", "-r", pcapng.string(), "-T", "fields", "-E", "separator=|"};
    for (const std::string& field : fields) command.insert(command.end(), {"-e", field});
    std::istringstream out(halfopen::output_of(command));
    std::vector<std::string> lines;
    for (std::string line; std::getline(out, line);) lines.push_back(line);
    return lines;
}

TrialLine only_trial(const fs::path& folder) {
    const Records records = read_records(folder.string());
    REQUIRE(records.trials.size() == 1);
    INFO(records.trials.front().why);
    REQUIRE(records.trials.front().capture);
    return records.trials.front();
}

Ran run_probed(const fs::path& folder) {
    return run_program({"run", "silent-drop", "-d", "keepalive:idle=60s,interval=5s,count=3", "-t", "idle", "-n", "1", "--capture", "--lab", "virtual", "--kernel", "6.1", "-o", folder.string(), "--progress", "none"});
}

} // namespace

TEST_CASE("keepalive 60/5/3 against a silent drop: the ladder shows the exchange, the fault, the silence, three probes, the RST and the verdict") {
    NEEDS_GUEST("6.1");
    const Folder folder;
    const Ran ran = run_probed(folder.path() / "r");
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    const TrialLine trial = only_trial(folder.path() / "r");
    const std::string text = ladder_text(ladder_of(trial));
    INFO(text);
    CHECK(trial.capture->lost == 0);
    size_t at = 0;
    for (const char* expected : {" S seq 0 ", " S. seq 0 ", " P. seq ", "fault: silent-drop", "of silence", "keepalive probe 1", "keepalive probe 2",
                                 "keepalive probe 3", " R. seq ", "recv: ETIMEDOUT"}) {
        INFO(expected);
        at = text.find(expected, at);
        REQUIRE(at != std::string::npos);
    }
    CHECK(fs::exists(folder.path() / "r/charts" / (ladder_name(trial.id) + ".svg")));
    CHECK_THAT(read_text((folder.path() / "r/report.md").string()), ContainsSubstring("## Packet by packet"));
    CHECK_THAT(read_text((folder.path() / "r/report.html").string()), ContainsSubstring("class=\"ladder\""));
}

TEST_CASE("the times of a ladder are those that tshark reads, to the microsecond") {
    NEEDS_GUEST("6.1");
    NEEDS_TSHARK;
    const Folder folder;
    REQUIRE(run_probed(folder.path() / "r").status == 0);
    const TrialLine trial = only_trial(folder.path() / "r");
    // Seen from the server's end of its cable, as the ladder is where the server sends.
    const auto lines = by_tshark(folder.path() / "r" / capture_file(trial.id), {"frame.time_epoch", "frame.interface_id", "tcp.flags.reset"});
    REQUIRE(lines.size() == trial.capture->packets.size());
    for (size_t i = 0; i < lines.size(); ++i) {
        const double epoch = std::stod(lines[i].substr(0, lines[i].find('.')));
        const double fraction = std::stod("0" + lines[i].substr(lines[i].find('.'), 10));
        const double after = (epoch - static_cast<double>(trial.capture->fault_utc / 1s)) + fraction - static_cast<double>((trial.capture->fault_utc % 1s).count()) / 1e9;
        INFO(lines[i]);
        CHECK(std::abs(after - static_cast<double>(trial.capture->packets[i].after_fault.count()) / 1e9) < 1e-6);
    }
    const std::string text = ladder_text(ladder_of(trial));
    CHECK_THAT(text, ContainsSubstring(seconds_of(trial.capture->packets.back().after_fault)));
}

TEST_CASE("tshark reads the pcapng, names the hosts, and shows the comments at the fault and at the notice") {
    NEEDS_NAMESPACES;
    NEEDS_TSHARK;
    const Folder folder;
    const Ran ran = run_program({"run", "silent-drop", "-d", "keepalive:idle=1s,interval=1s,count=2", "-t", "idle", "-n", "1", "--capture", "-o",
                                 (folder.path() / "r").string(), "--progress", "none"});
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    const TrialLine trial = only_trial(folder.path() / "r");
    const fs::path pcapng = folder.path() / "r" / capture_file(trial.id);
    std::string all;
    for (const std::string& line : by_tshark(pcapng, {"frame.comment", "frame.interface_name", "ip.src_host", "ip.dst_host", "tcp.analysis.keep_alive"}))
        all += line + "\n";
    INFO(all);
    CHECK_THAT(all, ContainsSubstring("FAULT: silent-drop"));
    CHECK_THAT(all, ContainsSubstring("NOTICED by keepalive:idle=1s,interval=1s,count=2: recv: ETIMEDOUT"));
    CHECK_THAT(all, ContainsSubstring("server eth0|server|client"));
}

TEST_CASE("tshark reads every pcapng of the gallery, each with a comment at the fault") {
    NEEDS_TSHARK;
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(source_tree()) / "reports/gallery")) {
        if (entry.path().extension() != ".pcapng") continue;
        ++files;
        INFO(entry.path());
        std::string comments;
        for (const std::string& line : by_tshark(entry.path(), {"frame.comment"})) comments += line + "\n";
        CHECK_THAT(comments, ContainsSubstring("FAULT: "));
    }
    CHECK(files >= 4);
}

TEST_CASE("of one link alone, as the report says to take it, tshark calls nothing a retransmission that is none") {
    NEEDS_TSHARK;
    const fs::path captures = fs::path(source_tree()) / "reports/gallery/ladder/captures";
    const std::string probed = (captures / "silent-drop.idle.keepalive-idle=60s,interval=5s,count=3.r1.pcapng").string();
    const Folder folder;
    const std::string server = (folder.path() / "server.pcapng").string();
    halfopen::output_of({"tshark", "-r", probed, "-Y", "frame.interface_id == 1", "-w", server});
    const auto both = by_tshark(probed, {"tcp.analysis.retransmission"}), one = by_tshark(server, {"tcp.analysis.retransmission"});
    CHECK(std::count(both.begin(), both.end(), "1") > 0);
    CHECK(one.size() > 10);
    CHECK(std::count(one.begin(), one.end(), "1") == 0); // Keepalive probes are acknowledged data, and no retransmissions.
}

TEST_CASE("without a capture there are no packets in the records, and no files of them") {
    NEEDS_NAMESPACES;
    const Folder folder;
    const Ran ran = run_program({"run", "orderly-close", "-d", "recv", "-t", "idle", "-n", "1", "-o", (folder.path() / "r").string(), "--progress", "none"});
    REQUIRE(ran.status == 0);
    CHECK_FALSE(fs::exists(folder.path() / "r/captures"));
    CHECK(read_text((folder.path() / "r/trials.jsonl").string()).find("\"type\":\"capture\"") == std::string::npos);
}

TEST_CASE("in virtual time a report, its ladder and its capture are the same bytes every time") {
    NEEDS_GUEST("6.1");
    const Folder folder;
    std::vector<std::string> files;
    for (const char* name : {"one", "two"}) {
        const fs::path results = folder.path() / name;
        REQUIRE(run_program({"run", "abortive-close", "-d", "recv", "-t", "one-write", "-n", "1", "--capture", "--lab", "virtual", "--kernel", "6.1", "-o",
                             results.string(), "--progress", "none"})
                    .status == 0);
        const TrialLine trial = only_trial(results);
        files.push_back(read_text((results / "report.md").string()) + read_text((results / "report.html").string()) +
                        read_text((results / capture_file(trial.id)).string()) + read_text((results / "charts" / (ladder_name(trial.id) + ".svg")).string()));
    }
    CHECK(files[0].size() > 1000);
    CHECK(files[0] == files[1]);
}
