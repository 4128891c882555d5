// The parts of a record that only a run of `try` has: they are read back as they were written, the schema
// holds them, and files without them are read as ever.

#include "harness/trial/own_server_json.h"

#include "support/catch.h"
#include "support/schema.h"

using namespace halfopen;
using halfopen::testing::Schema;
using namespace std::chrono_literals;

namespace {

const OptionsLine some_options{true, 2s, 1s, 3, 5s};

OwnServerLine a_whole_server() {
    OwnServerLine s;
    s.command = {"./server", "--listen", "0.0.0.0:8080"};
    s.port = 8080;
    s.hello = "PING\\r\\n";
    s.listened_after = 81ms;
    s.answered_after = 210us;
    s.options = some_options;
    s.others = {{"silent-drop", "idle", 4, "keepalive 60/5/3", Window{75s, 78s}},
                {"silent-drop", "idle", 1, "recv()", std::nullopt}};
    s.advice = {"setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));"};
    return s;
}

/// A server of which nothing was learned.
OwnServerLine a_bare_server() {
    OwnServerLine s;
    s.command = {"server"};
    s.port = 1;
    return s;
}

RunLine a_run(const std::optional<OwnServerLine>& server) {
    RunLine run;
    run.halfopen = "0.1.0";
    run.executable = run.plan_digest = "sha256:aa";
    run.started = "2026-11-22T08:00:00Z";
    run.plan = "try";
    run.lab = "namespaces";
    run.clock = "wall";
    run.kernel = "6.18.44";
    run.hz = 250;
    run.cpus = 2;
    run.repeats = 3;
    run.server = server;
    return run;
}

TrialLine a_trial() {
    TrialLine trial;
    trial.id = "silent-drop/idle/server/r1";
    trial.scenario = "silent-drop";
    trial.traffic = "idle";
    trial.detector = trial.spec = "server";
    trial.repeat = 1;
    trial.outcome = Outcome::missed;
    trial.planned.kind = trial.predicted.kind = "unknown";
    trial.horizon = 80s;
    return trial;
}

TrialLine a_watched_trial() {
    TrialLine trial = a_trial();
    trial.kernel_knew_after = Window{5061ms, 5072ms};
    trial.socket = SocketLine{"ESTAB Recv-Q 0 Send-Q 0", "ESTAB Recv-Q 0 Send-Q 9 timer:(on,1.6sec,4)",
                              "UNCONN", some_options};
    return trial;
}

template <typename Read> Read there_and_back(const Line& line) {
    return std::get<Read>(*parse_line(to_json(line)));
}

} // namespace

TEST_CASE("all that is known of a server survives the journey") {
    const OwnServerLine server = *there_and_back<RunLine>(a_run(a_whole_server())).server;
    CHECK(server.command == a_whole_server().command);
    CHECK(server.port == 8080);
    CHECK(server.client.empty());
    CHECK(server.hello == "PING\\r\\n");
    CHECK(server.listened_after == 81ms);
    CHECK(server.answered_after == Duration{210us});
    CHECK(server.options == some_options);
    CHECK(server.advice == a_whole_server().advice);
}

TEST_CASE("which method would have noticed survives the journey, and which never") {
    const auto others = there_and_back<RunLine>(a_run(a_whole_server())).server->others;
    REQUIRE(others.size() == 2);
    CHECK(others[0].law == 4);
    CHECK(others[0].label == "keepalive 60/5/3");
    CHECK(others[0].after == Window{75s, 78s});
    CHECK_FALSE(others[1].after);
}

TEST_CASE("what was not learned of a server is null in its record, and nothing when it is read") {
    const std::string json = to_json(a_run(a_bare_server()));
    CHECK_THAT(
        json,
        ContainsSubstring(
            R"("client":null,"hello":null,"listened_after_ns":0,"answered_after_ns":null,"options":null)"));
    const OwnServerLine server = *there_and_back<RunLine>(a_run(a_bare_server())).server;
    CHECK_FALSE(server.answered_after);
    CHECK_FALSE(server.options);
}

TEST_CASE("how a connection was seen from outside survives the journey") {
    const SocketLine socket = *there_and_back<TrialLine>(a_watched_trial()).socket;
    CHECK(socket.before == "ESTAB Recv-Q 0 Send-Q 0");
    CHECK(socket.last == "ESTAB Recv-Q 0 Send-Q 9 timer:(on,1.6sec,4)");
    CHECK(socket.end == "UNCONN");
    CHECK(socket.options == some_options);
}

TEST_CASE("the instant at which the kernel knew survives the journey with both of its sides") {
    CHECK(there_and_back<TrialLine>(a_watched_trial()).kernel_knew_after == Window{5061ms, 5072ms});
}

TEST_CASE("a trial in which the kernel knew of nothing says so with null") {
    const std::string json = to_json(a_trial());
    CHECK_THAT(json, ContainsSubstring(R"("kernel_knew_after_ns":null)"));
    CHECK_FALSE(std::get<TrialLine>(*parse_line(json)).kernel_knew_after);
}

TEST_CASE("a run of other methods has no server, and its trials no socket") {
    CHECK_FALSE(there_and_back<RunLine>(a_run({})).server);
    CHECK_FALSE(there_and_back<TrialLine>(a_trial()).socket);
    for (const Line& line : {Line{a_run({})}, Line{a_trial()}}) {
        CHECK(to_json(line).find("\"server\":") == std::string::npos);
        CHECK(to_json(line).find("\"socket\":") == std::string::npos);
    }
}

TEST_CASE("the schema holds a server and a socket, with all that they may have and with as little") {
    const Schema schema;
    for (const Line& line :
         {Line{a_run(a_whole_server())}, Line{a_run(a_bare_server())}, Line{a_watched_trial()}}) {
        INFO(to_json(line));
        CHECK(schema.holds(to_json(line)));
        CHECK(to_json(*parse_line(to_json(line))) == to_json(line));
    }
}

TEST_CASE(
    "a server or a socket that lacks a part is refused by the schema, and by the reader with its path") {
    for (const char* key : {"command", "port", "client", "hello", "listened_after_ns", "answered_after_ns",
                            "options", "others", "advice"}) {
        auto json = nlohmann::ordered_json::parse(to_json(a_run(a_whole_server())));
        json["server"].erase(key);
        INFO(key);
        CHECK_FALSE(Schema().holds(json.dump()));
        CHECK_THROWS_WITH(parse_line(json.dump()), ContainsSubstring(std::string("server.") + key));
    }
    for (const char* key : {"before", "last", "end", "options"}) {
        auto json = nlohmann::ordered_json::parse(to_json(a_watched_trial()));
        json["socket"].erase(key);
        INFO(key);
        CHECK_FALSE(Schema().holds(json.dump()));
        CHECK_THROWS_WITH(parse_line(json.dump()), ContainsSubstring(std::string("socket.") + key));
    }
}

TEST_CASE("a guest is told the whole server, a hello of any bytes too") {
    OwnServer server;
    server.command.words = {"./server", "-p", "6379"};
    server.command.folder = "/srv";
    server.command.port = 6379;
    server.command.start_within = 12s;
    server.command.uid = 1000;
    server.command.gid = 100;
    server.command.sysctls = {{"net.ipv4.tcp_keepalive_time", "60"}};
    server.client = {{server_address, 6379}, std::string("\0\xff\r\n", 4), std::string("\0more", 5), false, "./client"};
    server.each = true;
    const Json json = json_of(server);
    const OwnServer read = read_own_server_task(Object{Json::parse(json.dump()), ""});
    CHECK(json_of(read) == json);
    CHECK(read.client.hello == std::string("\0\xff\r\n", 4));
    CHECK(read.client.ask == std::string("\0more", 5));
    CHECK_FALSE(read.client.waits_for_answer);
    CHECK(read.client.server.port == 6379);
    CHECK(read.command.sysctls == server.command.sysctls);
    CHECK(read.each);
}
