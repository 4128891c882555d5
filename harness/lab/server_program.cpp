#include "harness/lab/server_program.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <netinet/tcp.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/namespace.h"
#include "harness/linux/sysctl.h"

namespace halfopen {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// How long a program may take to end when it is asked to.
constexpr Duration grace = 2s;

/// The processes of a network namespace, the caller excepted.
std::vector<pid_t> processes_in(const NetNamespace& network) {
    std::error_code hidden; // A process may end while it is looked at.
    const fs::path wanted = fs::read_symlink(fmt::format("/proc/self/fd/{}", network.fd()), hidden);
    std::vector<pid_t> all;
    for (fs::directory_iterator p("/proc", hidden), end; !hidden && p != end; p.increment(hidden)) {
        const std::string name = p->path().filename().string();
        if (!std::isdigit(static_cast<unsigned char>(name[0])) || name == std::to_string(getpid())) continue;
        std::error_code ignored;
        if (fs::read_symlink(p->path() / "ns/net", ignored) == wanted) all.push_back(std::stoi(name));
    }
    return all;
}

/// Those of them that have ended and are our children by now: a zombie still has its namespaces.
void reap(const std::vector<pid_t>& pids) {
    for (const pid_t pid : pids) waitpid(pid, nullptr, WNOHANG);
}

/// One that the user asked for.
void set_for_command(const std::string& name, const std::string& value) {
    try {
        write_sysctl(name, value);
    } catch (const SystemError& e) {
        throw BadInput(fmt::format("--sysctl {}={}: {}; a network namespace has those that unshare -rn sysctl net shows", name, value,
                                   e.error_number == ENOENT ? "this kernel has no such parameter" : errno_name(e.error_number)));
    }
}

} // namespace

ServerProgram::ServerProgram(const ServerCommand& command, const Sysctls& sysctls, const CommandLog& log)
    : command_(command), log_(log) {
    network_ = Topology::build_server(sysctls);
    write_sysctl("net.ipv4.ip_unprivileged_port_start", "0"); // Port 80 is nobody's privilege in here.
    for (const auto& [name, value] : command.sysctls) set_for_command(name, value);
    sockets_.emplace();
    started_ = MonotonicClock::now();
    process_ = fork_process([&]() -> int { become_command(command_, log_); });
}

std::optional<Endpoint> ServerProgram::listener() const {
    for (const TcpSocket& s : sockets_->read())
        if (s.state == TCP_LISTEN && s.local.port == command_.port &&
            (s.local.address == any_address || s.local.address == server_address))
            return s.local;
    return std::nullopt;
}

std::string ServerProgram::how_it_ended() const {
    siginfo_t info{};
    waitid(P_PIDFD, static_cast<id_t>(process_.pidfd().get()), &info, WEXITED | WNOHANG | WNOWAIT);
    if (info.si_code != CLD_EXITED) return fmt::format("was killed by {}", signal_name(info.si_status));
    return fmt::format("ended with status {}", info.si_status);
}

std::string ServerProgram::why_not_listening() const {
    std::string others;
    for (const TcpSocket& s : sockets_->read())
        if (s.state == TCP_LISTEN) others += (others.empty() ? "" : ", ") + to_string(s.local);
    const std::string who = command_.words.front();
    if (process_.state() == Process::State::ended && others.empty())
        return fmt::format("{} {} before it listened on port {}{}", who, how_it_ended(), command_.port, log_.last_words());
    if (others.empty())
        return fmt::format("{} did not listen on port {} within {}{}; --start-within gives it longer", who, command_.port,
                           say(command_.start_within), log_.last_words());
    if (others.find(fmt::format("127.0.0.1:{}", command_.port)) != std::string::npos)
        return fmt::format("{} listens on {}, where no client can reach it: make it listen on 0.0.0.0", who, others);
    return fmt::format("{} listens on {} and not on port {}; give that port with --port", who, others, command_.port);
}

std::optional<Duration> ServerProgram::wait_until_listening(const std::function<bool(Duration)>& sleep) const {
    for (Duration pause = 1ms;; pause = std::min<Duration>(2 * pause, 20ms)) {
        if (listener()) return MonotonicClock::now() - started_;
        // One that goes into the background ends, and what it left behind may listen a little later.
        const bool is_over = processes_in(network_).empty() && process_.state() == Process::State::ended;
        if (is_over || MonotonicClock::now() - started_ > command_.start_within) {
            sleep(20ms); // Its last words may still be in the pipe.
            if (listener()) continue;
            throw BadInput(why_not_listening());
        }
        if (!sleep(pause)) return std::nullopt;
    }
}

std::string ServerProgram::why_not_serving() const {
    if (process_.state() != Process::State::ended || listener()) return {};
    return fmt::format("the server {} while its connections were watched{}", how_it_ended(), log_.last_words());
}

void ServerProgram::let_it_end() const {
    std::ifstream file(fmt::format("/proc/{}/stat", process_.pid()));
    std::string stat;
    std::getline(file, stat);
    // proc_pid_stat(5): state, five numbers, flags; before them the program's name in parentheses.
    std::istringstream rest(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
    std::string word;
    unsigned flags = 0;
    for (int i = 0; i < 6; ++i) rest >> word;
    constexpr unsigned exiting = 0x4; // PF_EXITING
    if (!(rest >> flags) || !(flags & exiting)) return;
    process_.ends_within(1s);
}

std::string ServerProgram::end() {
    std::vector<pid_t> left = processes_in(network_);
    for (const pid_t pid : left) kill(pid, SIGTERM);
    const Instant give_up = MonotonicClock::now() + grace;
    while (!left.empty() && MonotonicClock::now() < give_up) {
        reap(left);
        sleep_until(MonotonicClock::now() + 5ms);
        left = processes_in(network_);
    }
    if (left.empty()) return {};
    for (const pid_t pid : left) kill(pid, SIGKILL);
    return fmt::format("{} did not end within {} of SIGTERM and was killed", command_.words.front(), say(grace));
}

} // namespace halfopen
