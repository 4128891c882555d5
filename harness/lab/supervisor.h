#pragma once
// The supervisor: PID 1 of a user, pid, network, mount and IPC namespace of its own. It builds worlds and fires
// faults. The program outside holds only the channel to it. When either ends, however it ends, the kernel removes
// everything that was built inside: nothing on the host was ever touched.

#include <functional>
#include <string>

#include "harness/linux/process.h"

namespace halfopen {

class Supervisor {
public:
    /// Who exists inside: root alone, or, when root itself has asked, everybody: a server of the user's may want to
    /// become another user.
    enum class Users { root_only, everybody };


    /// Forks it; it runs `body` with its end of the channel and ends with its result. Must be called while the
    /// program has no threads, from the main thread: the death signal is tied to the thread that forked (prctl(2),
    /// PR_SET_PDEATHSIG). CannotHere when user namespaces are not allowed.
    explicit Supervisor(const std::function<int(const Fd& channel)>& body, Users users = Users::root_only);

    /// Our end of a SOCK_SEQPACKET pair.
    const Fd& channel() const { return channel_; }
    /// Kills it and all that it made.
    void stop() { process_.kill_and_reap(); }
    int wait() { return process_.wait(); }

private:
    Fd channel_;
    Process process_;
};

/// Why user namespaces cannot be used here, with the command that allows them; empty when they can.
std::string why_no_user_namespaces();

} // namespace halfopen
