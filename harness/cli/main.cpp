// halfopen: breaks TCP connections in every way a network and a client can, watches them with every method people
// use, and says who noticed, when, how, and why.

#include <cstdio>
#include <set>

#include <CLI/CLI.hpp>

#include "harness/base/error.h"
#include "harness/base/names.h"
#include "harness/cli/verbs.h"
#include "harness/trial/guest.h"

namespace halfopen {

namespace {

int exit_status = 0;

constexpr const char* examples = R"(Examples:
  halfopen run                          the five laws against the first failures, about two minutes
  halfopen run silent-drop              everybody against one failure
  halfopen run process-killed recv      one cell
  halfopen run defaults --lab virtual   what takes hours, in minutes of virtual time
  halfopen try --port 8080 -- ./server  how long your own server takes to let go
  halfopen learn                        twelve lessons: guess, see, understand
  halfopen explain keepalive            a page; explain silent-drop keepalive: a cell
  halfopen predict silent-drop keepalive:idle=10s,interval=2s,count=3
  halfopen advise --within 30s          settings for your server, from the rules and then measured
  halfopen doctor                       what this machine can run, and the fix for what it cannot)";

/// CLI11 says "The following arguments were not expected: ruun"; a person wants the nearest verb.
std::string say_usage_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
    std::vector<std::string> verbs;
    for (const CLI::App* verb : app.get_subcommands(nullptr)) verbs.push_back(verb->get_name());
    const std::string word = argc > 1 ? argv[1] : "";
    if (!word.empty() && word[0] != '-' && std::find(verbs.begin(), verbs.end(), word) == verbs.end())
        return fmt::format("there is no verb \"{}\"{}; verbs: {}", word, did_you_mean(word, verbs), join_names(verbs));
    const bool has_dashes = std::any_of(argv, argv + argc, [](const char* a) { return std::string_view(a) == "--"; });
    if (word == "try" && !has_dashes)
        return fmt::format("{}; your server's command comes last, after two dashes: halfopen try --port 8080 -- ./server --listen 0.0.0.0", error.what());
    return fmt::format("{}; see halfopen {}--help", error.what(),
                       std::find(verbs.begin(), verbs.end(), word) == verbs.end() ? "" : word + " ");
}

int run(int argc, char** argv) {
    CLI::App app{"Who notices that a TCP client is gone, when, and why.", "halfopen"};
    app.footer(examples);
    app.set_version_flag("--version", HALFOPEN_VERSION);
    app.require_subcommand(1);
    for (auto add : {add_doctor, add_run, add_try, add_advise, add_explain, add_script, add_predict, add_list, add_report, add_compare, add_merge, add_kernels, add_learn, add_class}) add(app);
    for (CLI::App* verb : app.get_subcommands(nullptr)) if (verb->get_name() != "try") verb->footer("");
    if (argc == 1) {
        fmt::print("{}", app.help());
        return static_cast<int>(Exit::usage);
    }
    try {
        app.parse(argc, argv);
        return exit_status;
    } catch (const CLI::Success& e) { // --help, --version
        return app.exit(e);
    } catch (const CLI::ParseError& e) {
        throw BadInput(say_usage_error(app, e, argc, argv));
    }
}

} // namespace

std::vector<std::string> repeatable(const CLI::App& verb, const std::string& name) {
    const std::set<std::string> left_out{"--output", "--progress", "--color", "--ascii", "--json"};
    std::vector<std::string> words{name};
    for (const CLI::Option* option : verb.get_options())
        if (option->count() > 0 && option->nonpositional() && !left_out.count(option->get_name()))
            for (const std::string& value : option->results()) {
                words.push_back(option->get_name());
                if (option->get_expected_max() > 0) words.push_back(value);
            }
    return words;
}

void set_exit_status(int status) { exit_status = status; }

} // namespace halfopen

int main(int argc, char** argv) {
    if (halfopen::is_guest_init(argc, argv)) halfopen::run_guest();
    try {
        return halfopen::run(argc, argv);
    } catch (const halfopen::Error& e) {
        fmt::print(stderr, "error: {}\n", e.what());
        return static_cast<int>(e.exit());
    } catch (const std::exception& e) {
        fmt::print(stderr, "internal error: {}\n", e.what());
        return static_cast<int>(halfopen::Exit::incomplete);
    }
}
