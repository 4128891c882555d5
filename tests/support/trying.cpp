#include "support/trying.h"

#include <fstream>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "reports/cells.h"
#include "support/catch.h"

namespace halfopen::testing {

namespace fs = std::filesystem;

namespace {

std::string read_all(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

[[noreturn]] void become(const Words& words, const fs::path& folder) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str())); // execvp(3) keeps them.
    argv.push_back(nullptr);
    check(chdir(folder.c_str()), "entering {}", folder.string());
    dup2(check(open("/dev/null", O_RDONLY), "opening /dev/null"), STDIN_FILENO);
    dup2(check(open("out", O_WRONLY | O_CREAT | O_TRUNC, 0666), "opening out"), STDOUT_FILENO);
    dup2(check(open("err", O_WRONLY | O_CREAT | O_TRUNC, 0666), "opening err"), STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
}

Words hello_of(const Server& server) { return {"--hello", escaped(server.hello)}; }

/// What a busy machine may add to a window, on the way from the kernel's timer to whoever looks: less than the second
/// between two of the probes of these tests, so that one probe too many is still seen.
constexpr Duration busy_machine = std::chrono::milliseconds{300};

bool is_noise(const TrialLine& trial) { return trial.outcome == Outcome::invalid && trial.why.starts_with("noisy"); }

} // namespace

Trying::Trying(const Words& options, const Words& command, const std::string& user)
    : mark_("HALFOPEN_TEST_MARK=" + folder_.path().filename().string()) {
    fs::permissions(folder_.path(), fs::perms::all);
    Words words{"env", mark_};
    if (!user.empty())
        words = words + Words{"setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--inh-caps=-all"};
    words = words + Words{fs::absolute(program()).string(), "try", "--port", std::to_string(tried_port), "--progress",
                          "none", "--output", results().string()};
    words = words + options + Words{"--"} + command;
    process_ = fork_process([&]() -> int { become(words, folder_.path()); });
}

Trying::Trying(const Words& options, const Server& server) : Trying(hello_of(server) + options, server.argv) {}

const Ran& Trying::ran() {
    if (is_over_) return ran_;
    const int status = process_.wait();
    is_over_ = true;
    ran_ = {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_all(folder_.path() / "out"),
            read_all(folder_.path() / "err")};
    return ran_;
}

Words Trying::errors() {
    Words found;
    std::istringstream lines(ran().err);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("error: ")) found.push_back(line.substr(7));
    return found;
}

Records Trying::records() {
    ran();
    return read_records(results().string());
}

std::string Trying::result(const std::string& file) const { return read_all(results() / file); }

int Trying::processes() const {
    int count = 0;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        count += read_all(entry.path() / "environ").find(mark_) != std::string::npos;
    }
    return count;
}

std::vector<TrialLine> results_of(const Records& records, const std::string& scenario, const std::string& traffic) {
    std::vector<TrialLine> found;
    for (const TrialLine& trial : records.trials) {
        if (trial.scenario != scenario || trial.traffic != traffic || is_noise(trial)) continue;
        INFO(trial.id << ": " << trial.why);
        CHECK(is_valid(trial.outcome));
        found.push_back(trial);
    }
    INFO(scenario << " " << traffic << ": all trials were spoilt by the machine");
    CHECK_FALSE(found.empty());
    return found;
}

int check_predicted_windows(const Records& records) {
    int count = 0;
    for (const TrialLine& trial : records.trials) {
        if (is_noise(trial)) continue;
        INFO(trial.id << ": " << trial.why);
        CHECK(is_valid(trial.outcome));
        if (trial.predicted.kind != "window" || trial.predicted.after->to + busy_machine > trial.horizon) continue;
        const Window& window = *trial.predicted.after;
        INFO("by its options " << halfopen::say(window.from) << " to " << halfopen::say(window.to) << ", let go after "
                               << (trial.noticed_after ? halfopen::say(*trial.noticed_after) : "the horizon") << ", the kernel knew after "
                               << (trial.kernel_knew_after ? halfopen::say(trial.kernel_knew_after->to) : "an unknown time"));
        ++count;
        CHECK(trial.noticed_after.has_value());
        CHECK(trial.kernel_knew_after.has_value());
        if (!trial.kernel_knew_after) continue;
        // An instant between the two; with root they are the same.
        CHECK(trial.kernel_knew_after->to >= window.from);
        CHECK(trial.kernel_knew_after->from <= window.to + busy_machine);
    }
    return count;
}

Words verdicts(const Records& records) {
    std::set<std::string> all;
    for (const TrialLine& trial : records.trials)
        if (is_valid(trial.outcome))
            all.insert(fmt::format("{}/{}: {}, {}", trial.scenario, trial.traffic, name(trial.outcome),
                                   trial.socket ? trial.socket->end : "no socket"));
    return {all.begin(), all.end()};
}

} // namespace halfopen::testing
