#include "harness/linux/command.h"

#include <csignal>
#include <cstdlib>
#include <sstream>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/process.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

/// Becomes the program; nothing is allocated for it after the fork that could have been prepared before.
int become(const std::vector<char*>& argv, const fs::path& folder, pid_t parent, const Fd& in, const Fd& out, const Fd& err) {
    check(prctl(PR_SET_PDEATHSIG, SIGKILL), "asking to die with the parent");
    if (getppid() != parent) return 1; // It had died already, and no signal will come.
    dup2(in.get(), STDIN_FILENO);
    dup2(out.get(), STDOUT_FILENO);
    dup2(err.get(), STDERR_FILENO);
    if (!folder.empty()) check(chdir(folder.c_str()), "entering {}", folder.string());
    execvp(argv[0], argv.data());
    throw SystemError(fmt::format("starting {}", argv[0]), errno);
}

/// Everything up to the end of file.
std::string read_all(const Fd& fd) {
    std::string all;
    char piece[1 << 16];
    for (;;) {
        const ssize_t n = read(fd.get(), piece, sizeof piece);
        if (n < 0 && errno == EINTR) continue;
        if (check(n, "reading what a program wrote") == 0) return all;
        all.append(piece, static_cast<size_t>(n));
    }
}

/// A file that holds this text; unlike a pipe it takes all of it while nobody reads.
Fd file_of(std::string_view text) {
    if (text.empty()) return Fd{check(open("/dev/null", O_RDONLY | O_CLOEXEC), "opening /dev/null")};
    Fd file{check(memfd_create("stdin", MFD_CLOEXEC), "making a file in memory")};
    while (!text.empty()) text.remove_prefix(static_cast<size_t>(check(write(file.get(), text.data(), text.size()), "writing to a file in memory")));
    check(lseek(file.get(), 0, SEEK_SET), "rewinding a file in memory");
    return file;
}

std::string last_line(std::string text) {
    while (!text.empty() && isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

/// How it ended, in words, where it wrote none itself.
std::string say_end(int status) {
    return WIFSIGNALED(status) ? fmt::format("it was ended by signal {}", WTERMSIG(status))
                               : fmt::format("it ended with status {}", WEXITSTATUS(status));
}

bool is_program(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

} // namespace

std::string output_of(const std::vector<std::string>& words, const std::string& mend, const fs::path& folder, std::string_view input) {
    const std::string& program = words.at(0);
    if (!is_on_path(program))
        throw CannotHere(fmt::format("there is no program {}{}", program, mend.empty() ? "" : "; " + mend));
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str())); // execvp(3) keeps them.
    argv.push_back(nullptr);
    auto ends = make_pipe();
    const Fd readable = std::move(ends.first);
    Fd out = std::move(ends.second);
    const Fd in = file_of(input);
    // A file takes as many complaints as there are, while we read nothing but stdout.
    const Fd err{check(memfd_create("stderr", MFD_CLOEXEC), "making a file in memory")};
    const pid_t parent = getpid();
    Process process = fork_process([&] { return become(argv, folder, parent, in, out, err); });
    out.reset(); // The end of file comes when the last writer has closed, and that must not be us.
    std::string output = read_all(readable);
    if (const int status = process.wait(); status != 0) {
        check(lseek(err.get(), 0, SEEK_SET), "rewinding what {} complained", program);
        const std::string complaint = last_line(read_all(err));
        throw CannotHere(fmt::format("{} failed: {}", program, complaint.empty() ? say_end(status) : complaint));
    }
    return output;
}

fs::path find_on_path(std::string_view program) {
    if (program.find('/') != program.npos) return is_program(program) ? fs::path(program) : fs::path();
    const char* path = std::getenv("PATH");
    std::istringstream folders(path ? path : "/bin:/usr/bin"); // What execvp(3) takes without a PATH.
    for (std::string folder; std::getline(folders, folder, ':');)
        if (fs::path file = fs::path(folder) / program; is_program(file)) return file;
    return {};
}

} // namespace halfopen
