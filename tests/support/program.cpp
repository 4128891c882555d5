#include "support/program.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "support/catch.h"
#include "support/folder.h"

namespace halfopen::testing {

namespace {

std::string read_all(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

[[noreturn]] void become(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    _exit(127);
}

void send_output_to(const std::string& path, int fd) {
    dup2(check(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666), "opening {}", path), fd);
}

} // namespace

std::string program() {
    const char* set = std::getenv("HALFOPEN_PROGRAM");
    return set ? set : HALFOPEN_BUILT_PROGRAM;
}

Ran run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
                const std::string& user, const std::string& input) {
    const Folder folder;
    std::ofstream(folder.path() / "in") << input;
    std::vector<std::string> words{"env"};
    words.insert(words.end(), environment.begin(), environment.end());
    if (!user.empty())
        words.insert(words.end(), {"setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--inh-caps=-all"});
    words.push_back(program());
    words.insert(words.end(), arguments.begin(), arguments.end());
    Process process = fork_process([&]() -> int {
        send_output_to((folder.path() / "out").string(), 1);
        send_output_to((folder.path() / "err").string(), 2);
        dup2(check(open((folder.path() / "in").c_str(), O_RDONLY), "opening its input"), 0);
        become(words);
    });
    const int status = process.wait();
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_all(folder.path() / "out"),
            read_all(folder.path() / "err")};
}

Process start_program(const std::vector<std::string>& arguments) {
    std::vector<std::string> words{program()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return fork_process([&]() -> int {
        send_output_to("/dev/null", 1);
        send_output_to("/dev/null", 2);
        become(words);
    });
}

void check_one_error_line(const Ran& ran, const std::string& words) {
    INFO(ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, ContainsSubstring(words));
    CHECK(ran.err.starts_with("error: "));
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
}

} // namespace halfopen::testing
