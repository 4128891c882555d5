#include "harness/lab/supervisor.h"

#include <csignal>
#include <cstring>

#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/namespace.h"
#include "harness/linux/sysctl.h"

namespace halfopen {

namespace {

constexpr unsigned long new_namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC;

/// Dies with the program. A program that died before the prctl is noticed by its closed end of the channel.
void die_with_parent(const Fd& channel) {
    check(prctl(PR_SET_PDEATHSIG, SIGKILL), "asking for a death signal");
    pollfd parent{channel.get(), POLLIN, 0};
    if (poll(&parent, 1, 0) == 1 && (parent.revents & POLLHUP)) _exit(1);
}

/// The map of more than one user is written from outside; until then we are nobody.
void wait_for_users(const Fd& channel) {
    char go = 0;
    if (check(recv(channel.get(), &go, 1, 0), "waiting for the users of the namespace") == 0) _exit(1);
    check(setresgid(0, 0, 0), "becoming group root inside");
    check(setresuid(0, 0, 0), "becoming root inside");
}

/// A /proc that shows our own processes. Where the mount is refused (some containers), costs are not measured.
void see_own_processes() {
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) {
        [[maybe_unused]] const int refused = mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
    }
}

} // namespace

Supervisor::Supervisor(const std::function<int(const Fd&)>& body, Users users) {
    auto [ours, theirs] = socket_pair(SOCK_SEQPACKET);
    const unsigned uid = geteuid(), gid = getegid();
    const bool everybody = users == Users::everybody && uid == 0;
    try {
        process_ = fork_process(
            [&] {
                ours.reset();
                if (everybody)
                    wait_for_users(theirs);
                else
                    become_root_inside(uid, gid);
                die_with_parent(theirs);
                setsid();
                signal(SIGINT, SIG_IGN);
                signal(SIGPIPE, SIG_IGN);
                prctl(PR_SET_TIMERSLACK, 1);
                see_own_processes();
                return body(theirs);
            },
            new_namespaces);
        if (everybody) {
            map_all_users(process_.pid());
            check(send(ours.get(), "u", 1, MSG_NOSIGNAL), "telling the supervisor that its users exist");
        }
    } catch (const SystemError& e) {
        const std::string why = why_no_user_namespaces();
        throw CannotHere(why.empty() ? e.what() : why);
    }
    channel_ = std::move(ours);
}

std::string why_no_user_namespaces() {
    if (read_sysctl("user.max_user_namespaces") == "0")
        return "this machine allows no user namespaces (user.max_user_namespaces is 0); to allow them: sudo sysctl -w "
               "user.max_user_namespaces=10000";
    if (read_sysctl("user.max_net_namespaces") == "0")
        return "this machine allows no network namespaces (user.max_net_namespaces is 0); to allow them: sudo sysctl "
               "-w user.max_net_namespaces=10000";
    if (read_sysctl("kernel.unprivileged_userns_clone") == "0" && geteuid() != 0)
        return "only root may make user namespaces here; to allow everybody: sudo sysctl -w "
               "kernel.unprivileged_userns_clone=1";
    if (read_sysctl("kernel.apparmor_restrict_unprivileged_userns") == "1" && geteuid() != 0)
        return "AppArmor keeps ordinary users from using user namespaces here (Ubuntu 24.04); to allow them: sudo "
               "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
    try {
        Process trial = fork_process(
            [uid = geteuid(), gid = getegid()] {
                try {
                    become_root_inside(uid, gid);
                    return 0;
                } catch (const std::exception&) {
                    return 1;
                }
            },
            new_namespaces);
        if (trial.wait() == 0) return {};
        return "a user namespace can be made here, but not used (its uid_map cannot be written); a container or a "
               "security module forbids it";
    } catch (const SystemError& e) {
        return fmt::format("user namespaces cannot be made here: {}; a container or a security module forbids it",
                           strerror(e.error_number));
    }
}

} // namespace halfopen
