// `halfopen try` with commands as they come: wrong ones are told in one clear line, odd ones are served as they are, and
// nothing is left of any of them.

#include <deque>

#include <fmt/format.h>

#include "support/catch.h"
#include "support/namespaces.h"
#include "support/odd_commands.h"
#include "support/trying.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

/// The shortest run that has a result.
const Words shortly{"--scenario", "half-close", "--traffic", "idle", "--repeats", "1", "--horizon", "1s", "--start-within", "3s"};

/// One clear line, no results, and no process of ours or of the command's.
void check_tried_in_vain(Trying& tried, const std::string& words) {
    const Ran& ran = tried.ran();
    INFO(ran.err);
    CHECK(tried.processes() == 0);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    REQUIRE(tried.errors().size() == 1);
    CHECK_THAT(tried.errors().front(), ContainsSubstring(words));
    CHECK(ran.err.ends_with(tried.errors().front() + "\n"));
    CHECK_FALSE(tried.left_results());
}

void check_worked(Trying& tried) {
    INFO(tried.ran().err << tried.ran().out);
    CHECK(tried.processes() == 0);
    CHECK(tried.ran().status == 0);
    CHECK(tried.errors().empty());
    for (const TrialLine& trial : results_of(tried.records(), "half-close")) CHECK(trial.signal == "close() after the FIN");
}

struct Refused {
    const char* odd;   ///< of odd_commands.h
    const char* words; ///< in the line that says so
};

void check_all_refused(const std::vector<Refused>& table) {
    std::deque<Trying> all;
    for (const Refused& row : table) all.emplace_back(hello + shortly, odd_command(row.odd, tried_port));
    for (size_t i = 0; i < table.size(); ++i) {
        INFO(table[i].odd);
        check_tried_in_vain(all[i], table[i].words);
    }
}

} // namespace

TEST_CASE("a command that does not come to listen where it can be reached is told so, with the mend") {
    NEEDS_NAMESPACES;
    check_all_refused({{"exits at once", "ended with status 3 before it listened on port 4000; its last words: no licence found"},
                       {"never listens", "did not listen on port 4000 within 3.00 s; --start-within gives it longer"},
                       {"listens on the next port", "listens on 0.0.0.0:4001 and not on port 4000; give that port with --port"},
                       {"listens on 127.0.0.1", "listens on 127.0.0.1:4000, where no client can reach it: make it listen on 0.0.0.0"}});
    Trying missing(shortly, {"halfopen-no-such-server", "--serve"});
    check_tried_in_vain(missing, "there is no program \"halfopen-no-such-server\" on the PATH");
}

TEST_CASE("a command that listens and does not serve its first client is told so") {
    NEEDS_NAMESPACES;
    check_all_refused({{"aborts at the first line", "was killed by SIGABRT"},
                       {"dies of SIGKILL at the first line", "was killed by SIGKILL"},
                       {"hangs up at the first line", "hangs up on a client before anything is broken"},
                       {"accepts and never answers", "did not answer the hello; --no-answer, if none is to come"},
                       {"listens and never accepts", "listens, and did not accept its only client within 1.00 s: it has to call accept()"}});
}

TEST_CASE("servers that start late, fork, have workers, print megabytes or close stdout are tried as they are") {
    NEEDS_NAMESPACES;
    const char* table[] = {"listens after 2 s",           "forks into the background", "has three workers",
                           "is run by a shell that waits", "prints 20 MB and serves",   "closes its stdout and serves"};
    std::deque<Trying> all;
    for (const char* odd : table) all.emplace_back(hello + shortly, odd_command(odd, tried_port));
    for (size_t i = 0; i < std::size(table); ++i) {
        INFO(table[i]);
        check_worked(all[i]);
    }
}

TEST_CASE("a server that ignores SIGTERM is killed in the end, and that is said") {
    NEEDS_NAMESPACES;
    Trying tried(hello + shortly, odd_command("ignores SIGTERM and SIGINT", tried_port));
    check_worked(tried);
    CHECK_THAT(tried.ran().err, ContainsSubstring("did not end within 2.00 s of SIGTERM and was killed"));
}

TEST_CASE("a server that dies while its clients are watched gives no result, and says of what it died") {
    NEEDS_NAMESPACES;
    Trying ending(hello + shortly, odd_command("serves for 1 s and ends", tried_port));
    Trying dying({"--each", "--scenario", "host-reboot", "--repeats", "1", "--horizon", "2s"},
                 odd_command("does not ignore SIGPIPE", tried_port));
    const std::pair<Trying*, const char*> table[] = {
        {&ending, "the server ended with status 0 while its connections were watched"},
        {&dying, "the server was killed by SIGPIPE while its connections were watched"}};
    for (auto& [tried, words] : table) {
        INFO(tried->ran().err << tried->ran().out);
        CHECK(tried->ran().status == 5);
        CHECK(tried->processes() == 0);
        CHECK_THAT(tried->records().trials.front().why, ContainsSubstring(words));
        CHECK_THAT(tried->ran().out, ContainsSubstring("1 trial is no result: the server"));
    }
}

TEST_CASE("a command reaches no network outside, but its files and unix sockets work, and server.log keeps what it prints") {
    NEEDS_NAMESPACES;
    Trying tried(hello + shortly, {python(), "-c", std::string(odd_beginning) + R"(
print('links:', *sorted(name.rstrip('0123456789') for _, name in socket.if_nameindex()))
try: socket.create_connection(('192.0.2.77', 80), 1)
except OSError as e: print('outside:', type(e).__name__)
open('written', 'w').write('here')
unix = socket.socket(socket.AF_UNIX)
unix.bind('socket'); unix.listen()
socket.socket(socket.AF_UNIX).connect('socket')
print('unix: connected', flush=True)
serve(port))", std::to_string(tried_port)});
    check_worked(tried);
    const std::string log = tried.result("server.log");
    INFO(log);
    CHECK_THAT(log, ContainsSubstring("outside: "));
    CHECK_THAT(log, ContainsSubstring("unix: connected"));
    CHECK((log.find("links: lo\n") != std::string::npos || log.find("links: eth lo\n") != std::string::npos));
    CHECK(std::filesystem::file_size(tried.folder() / "written") == 4);
}

TEST_CASE("an option of try that makes no sense is one clear line, before anything is started") {
    struct Row {
        Words options;
        const char* words;
    };
    const Row table[] = {
        {{"--horizon", "30"}, "--horizon 30 is no duration"},
        {{"--within", "soon"}, "--within soon is no duration"},
        {{"--start-within", "0s"}, "--start-within 0s is no duration of 100 ms or more"},
        {{"--within", "10s", "--horizon", "5s"}, "--horizon 5s is shorter than --within 10s; leave it out"},
        {{"--sysctl", "tcp_keepalive_time=2"}, "write it as --sysctl net.ipv4.tcp_keepalive_time=60"},
        {{"--sysctl", "net.ipv4.tcp_keepalive_time"}, "write it as --sysctl net.ipv4.tcp_keepalive_time=60"},
        {{"--sysctl", "net.ipv4.tcp_keepalive_tmie=2"}, "--sysctl net.ipv4.tcp_keepalive_tmie=2: this kernel has no such parameter"},
        {{"--hello", "\\q"}, "--hello"},
        {{"--scenario", "silent-dorp"}, "did you mean \"silent-drop\"?"},
        {{"--traffic", "sending"}, "--traffic sending: a server that is not ours can be tried with idle"},
        {{"--repeats", "0"}, "--repeats"},
        {{"--lab", "cloud"}, "--lab"},
    };
    for (const Row& row : table) {
        INFO(row.options.front() << " " << row.options[1]);
        Trying tried(row.options, {"sleep", "3600"});
        check_tried_in_vain(tried, row.words);
    }
    CHECK_THAT(run_program({"try", "--port", "70000", "--", "true"}).err, ContainsSubstring("--port"));
    CHECK_THAT(run_program({"try", "--", "true"}).err, ContainsSubstring("--port is required"));
    CHECK_THAT(run_program({"try", "--port", "80"}).err, ContainsSubstring("which server? Its command comes last, after two dashes"));
}
