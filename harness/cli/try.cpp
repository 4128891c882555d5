// halfopen try: a server of the user's own, unmodified; how long until it lets go of a client that is gone.

#include <algorithm>
#include <cstdio>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "harness/base/error.h"
#include "harness/base/names.h"
#include "harness/base/escapes.h"
#include "harness/cli/labs.h"
#include "harness/cli/results.h"
#include "harness/cli/runner.h"
#include "harness/cli/verbs.h"
#include "harness/linux/command.h"
#include "reports/own_server.h"

namespace halfopen {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct TryOptions {
    std::vector<std::string> command, sysctls, with;
    int port = 0;
    std::string hello, ask, client, start_within = "10s", within;
    bool no_answer = false, each = false;
    OwnServerSelection selection;
    RunOptions run;
};

Duration read_duration(const char* option, const std::string& text, Duration least) {
    const auto d = parse_duration(text);
    if (!d || *d < least)
        throw BadInput(fmt::format("{} {} is no duration of {} or more; write it with its unit: 30s, 500ms, 15min", option, text, say(least)));
    return *d;
}

std::pair<std::string, std::string> read_sysctl_option(const std::string& text) {
    const size_t equals = text.find('=');
    if (!text.starts_with("net.") || equals == std::string::npos || equals + 1 == text.size())
        throw BadInput(fmt::format("--sysctl {}: write it as --sysctl net.ipv4.tcp_keepalive_time=60; only net. belongs to the server's "
                                   "namespace", text));
    return {text.substr(0, equals), text.substr(equals + 1)};
}

OwnServer read_server(const TryOptions& o) {
    if (o.command.empty())
        throw BadInput("which server? Its command comes last, after two dashes: halfopen try --port 8080 -- ./server --listen 0.0.0.0:8080");
    if (!is_on_path(o.command.front()))
        throw BadInput(fmt::format("there is no program \"{}\"{}", o.command.front(),
                                   o.command.front().find('/') == std::string::npos ? " on the PATH; for one of this folder, write ./" + o.command.front() : ""));
    OwnServer server;
    server.command.words = o.command;
    server.command.folder = fs::current_path().string();
    server.command.port = static_cast<uint16_t>(o.port);
    server.command.start_within = read_duration("--start-within", o.start_within, 100ms);
    server.command.uid = geteuid();
    server.command.gid = getegid();
    for (const std::string& text : o.sysctls) server.command.sysctls.push_back(read_sysctl_option(text));
    const std::string hello = unescape("--hello", o.hello);
    server.client = {{server_address, server.command.port}, hello, o.ask.empty() ? hello : unescape("--ask", o.ask), !o.no_answer, o.client};
    server.each = o.each;
    server.with = o.with;
    return server;
}

/// What happens before the first second, in a few lines.
std::string say_beforehand(const LabChoice& lab, const OwnServer& server, const Plan& plan) {
    return fmt::format("{}\nyour server runs in a network of its own: it reaches nothing outside, its files and unix sockets work as ever, and "
                       "what it has started is ended with it\n",
                       say_plan(lab, plan)) +
           (server.client.hello.empty() && server.client.command.empty() ? "without --hello its clients only connect; with one (--hello 'PING\\r\\n') it is "
                                                                          "tried after a write too\n"
                                                                        : "");
}

int finish_try(const Store& store, const Terminal& terminal, const std::optional<Duration>& within, int signal) {
    if (!keeps_anything(store)) return nothing_kept(store, signal);
    const Records records = read_records(store.file().string());
    write_reports(store.folder(), records);
    fmt::print("{}", own_server_text(records, {terminal.columns, terminal.ascii, terminal.colour, {}, {}}));
    std::fflush(stdout);
    fmt::print(stderr, "report: {} and report.html\n", (store.folder() / "report.md").string());
    if (signal) return say_interrupted(store, records, signal);
    const auto slow = within ? slower_than(records, *within) : std::vector<std::string>{};
    for (const std::string& sentence : slow) fmt::print(stderr, "not within {}: {}\n", say(*within), sentence);
    if (!slow.empty()) return static_cast<int>(Exit::requirement);
    return say_invalid(store, records);
}

void try_server(TryOptions& o) {
    const OwnServer server = read_server(o);
    std::optional<Duration> within;
    if (!o.within.empty()) within = read_duration("--within", o.within, 10ms);
    o.run.within = within;
    LabChoice lab = choose_lab(o.run.lab, o.run.kernels.empty() ? "" : o.run.kernels.front(), 0);
    o.selection.horizon = !o.run.horizon.empty() ? read_duration("--horizon", o.run.horizon, 1s)
                          : within               ? *within + 2s
                          : lab.guest            ? 20min
                                                 : 80s;
    if (within && o.selection.horizon < *within)
        throw BadInput(fmt::format("--horizon {} is shorter than --within {}; leave it out", o.run.horizon, o.within));
    lab.server = server;
    const Plan plan = plan_of(server, o.selection);
    if (plan.count_run() == 0) throw Error(Exit::nothing_selected, "nothing is left to run: " + plan.trials.front().skip);
    if (o.run.dry_run) {
        fmt::print("{}", say_beforehand(lab, server, plan));
        return;
    }
    must_run_here(lab);
    const Terminal terminal = look_at_terminal(o.run.colour, o.run.ascii);
    Store store(o.run.output.empty() ? fresh_folder("try-" + server.name()) : fs::path(o.run.output), {plan.digest(), lab.name(), lab.kernel()});
    fmt::print(stderr, "{}", say_beforehand(lab, server, plan));
    lab.log = std::make_shared<CommandLog>();
    // In a guest the server's output is the guest's, and comes back in the end.
    if (lab.guest) lab.log.reset();
    Runner runner(lab, plan, o.run, store, terminal);
    int signal = 0;
    try {
        signal = runner.run();
    } catch (const Error&) {
        // A folder in which nothing was measured is not left behind.
        if (!keeps_anything(store)) fs::remove_all(store.folder());
        throw;
    }
    write_page(store.folder() / "server.log", lab.log ? lab.log->text() : runner.server_log());
    for (const std::string& remark : runner.remarks()) fmt::print(stderr, "{}\n", remark);
    set_exit_status(finish_try(store, terminal, within, signal));
}

void add_options(CLI::App& verb, TryOptions& o) {
    verb.add_option("COMMAND", o.command, "your server and its arguments, after two dashes");
    verb.add_option("-p,--port", o.port, "the TCP port that it listens on")->required()->check(CLI::Range(1, 65535));
    verb.add_option("--hello", o.hello, "what a client says to get an answer; C escapes: 'PING\\r\\n'");
    verb.add_option("--ask", o.ask, "what makes the server write when the connection breaks; default: the hello once more");
    verb.add_flag("--no-answer", o.no_answer, "the server does not answer the hello");
    verb.add_option("--client", o.client, "a client of your own, for sh(1); it finds $HALFOPEN_SERVER, $HALFOPEN_SERVER_ADDRESS, "
                                          "$HALFOPEN_SERVER_PORT");
    verb.add_option("--start-within", o.start_within, "how long the server may take until it listens (default 10s)");
    verb.add_flag("--each", o.each, "every connection gets a server of its own: for one that serves a single client at a time");
    verb.add_option("--sysctl", o.sysctls, "net.NAME=VALUE in the server's network, as your machine has it")->allow_extra_args(false);
    verb.add_option("-s,--scenario", o.selection.scenarios, "what breaks; default: half-close and the silent five")->allow_extra_args(false);
    verb.add_option("-t,--traffic", o.selection.traffic, "idle, one-write; default: both, where there is a hello")->allow_extra_args(false);
    verb.add_option("-n,--repeats", o.selection.repeats, "connections for each of them (default 3)")->check(CLI::Range(1, 200));
    verb.add_option("--within", o.within, "exit 1 when something takes longer");
    verb.add_option("--horizon", o.run.horizon, "how long every failure is watched (default 80s; 20min in the virtual lab)");
    verb.add_option("--seed", o.selection.seed, "of the order");
    verb.add_option("-o,--output", o.run.output, "results folder");
    verb.add_option("--lab", o.run.lab, "namespaces (this kernel, wall clock) or virtual (a guest's kernel, virtual time)")
        ->check(CLI::IsMember({"namespaces", "virtual"}));
    verb.add_option("--with", o.with, "files and folders that the server needs in a guest (--lab virtual), besides its program, libraries "
                                      "and the files that its arguments name")->allow_extra_args(false);
    verb.add_option("--kernel", o.run.kernels, "guest's kernel, for the virtual lab")->expected(1);
    verb.add_option("--progress", o.run.progress, "auto, bar, lines or none")->check(CLI::IsMember({"auto", "bar", "lines", "none"}));
    verb.add_option("--color,--colour", o.run.colour, "auto, always or never")->check(CLI::IsMember({"auto", "always", "never"}));
    verb.add_flag("--ascii", o.run.ascii, "no Unicode on the terminal");
    verb.add_flag("--dry-run", o.run.dry_run, "says what would be done and runs nothing");
}

constexpr const char* about_try = R"(Your server runs unmodified in a network namespace, where clients connect to it through a router, and then their
connections are broken. It reaches no network outside; its files and unix sockets work as ever. What it has started
is ended with it. Root is not needed.

Examples:
  halfopen try --port 8080 -- ./server --listen 0.0.0.0:8080
  halfopen try --port 6379 --hello 'PING\r\n' -- redis-server --bind 0.0.0.0 --protected-mode no --save ''
  halfopen try --port 8080 --hello 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' --scenario silent-drop --within 30s -- ./server
  halfopen try --port 8443 --client './client --connect $HALFOPEN_SERVER' -- ./server)";

} // namespace

void add_try(CLI::App& app) {
    auto* verb = app.add_subcommand("try", "breaks connections to your own server and times when it lets go");
    auto o = std::make_shared<TryOptions>();
    add_options(*verb, *o);
    verb->callback([o, verb] {
        o->run.command = repeatable(*verb, "try");
        o->run.command.push_back("--");
        o->run.command.insert(o->run.command.end(), o->command.begin(), o->command.end());
        try_server(*o);
    });
    verb->footer(about_try);
}

} // namespace halfopen
