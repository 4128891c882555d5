// The part of a world whose server is a program of the user's: a client that is not asked to speak in frames, or the
// user's own.

#include <csignal>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/lab/lab.h"
#include "harness/lab/server_program.h"
#include "harness/linux/borrowed_socket.h"
#include "harness/linux/socket.h"

namespace halfopen {

namespace {

/// What a client of the user's own finds in its environment, besides what the server finds there.
void tell_where(const Endpoint& server, std::vector<std::string>& environment) {
    if (environment.empty())
        for (char** own = environ; *own; ++own) environment.emplace_back(*own);
    environment.push_back("HALFOPEN_SERVER=" + to_string(server));
    environment.push_back("HALFOPEN_SERVER_ADDRESS=" + to_string(server.address));
    environment.push_back("HALFOPEN_SERVER_PORT=" + std::to_string(server.port));
}

} // namespace

ProcessGroup::~ProcessGroup() {
    if (leader_) kill(-leader_, SIGKILL); // It may be empty by now.
}

World::World(const WorldSpec& spec, Topology topology, SlotLease slot)
    : spec_(spec), slot_(std::move(slot)), topology_(std::move(topology)) {}

void World::prepare_client(const PlainClient& about) {
    plain_ = about;
    topology_.server.enter();
    const Fd listener = tcp_listen({server_address, 0}); // A port that the program does not have.
    topology_.client.enter();
    Fd canary_client = tcp_connect(local_end(listener));
    canary_ = Canary(std::move(canary_client), tcp_accept(listener));
    if (!plain_.command.empty()) return;
    auto [control, client_end] = socket_pair(SOCK_STREAM);
    client_ = fork_process([&] { return run_plain_client(plain_, *slot_, std::move(client_end)); });
    client_control_ = std::move(control);
}

void World::start_client(const Command& server, const CommandLog& log) {
    if (plain_.command.empty()) {
        const char command = static_cast<char>(ClientDo::start);
        check(send(client_control_.get(), &command, 1, MSG_NOSIGNAL), "starting the client");
        return;
    }
    topology_.client.enter();
    client_ = fork_process([&]() -> int {
        Command client = server;
        client.words = {"/bin/sh", "-c", plain_.command};
        tell_where(plain_.server, client.environment);
        become_command(client, log);
    });
    own_client_ = ProcessGroup(client_.pid());
}

/// The client's end of the connection that is watched; of its own descriptor, for a moment.
Fd World::client_socket() const {
    if (plain_.command.empty()) return borrow_descriptor(client_.pidfd(), plain_client_socket);
    topology_.client.enter();
    for (const TcpSocket& s : SocketTable().read())
        if (s.state == TCP_ESTABLISHED && s.remote == plain_.server && s.inode != 0)
            if (BorrowedSocket borrowed = borrow_socket(s.inode)) return std::move(borrowed.fd);
    throw Error(Exit::incomplete, "the client's socket could not be found");
}

void World::ask_at_fault(bool by_client) {
    if (by_client) {
        tell_client(ClientDo::ask_first);
        return;
    }
    const Fd borrowed = client_socket();
    check(send(borrowed.get(), plain_.ask.data(), plain_.ask.size(), MSG_DONTWAIT | MSG_NOSIGNAL), "asking once more");
}

void World::reach_for_own_client() {
    if (!plain_.command.empty()) own_client_socket_ = client_socket();
}

/// A program that knows nothing of faults: its socket is half-closed for it, or forgotten when all of it is killed.
Bracket World::fail_own_client(ClientDo command) {
    Fd borrowed = own_client_socket_ ? std::move(own_client_socket_) : client_socket();
    Bracket bracket{MonotonicClock::now(), {}};
    if (command == ClientDo::shut_write) {
        check(shutdown(borrowed.get(), SHUT_WR), "half-closing the client's socket");
    } else if (command == ClientDo::forget) {
        set_option(borrowed.get(), IPPROTO_TCP, TCP_REPAIR, 1, "TCP_REPAIR");
        borrowed.reset();
        signal_client(SIGKILL);
    } else {
        throw Error(Exit::incomplete, "only the client itself can close its connection");
    }
    bracket.after = MonotonicClock::now();
    return bracket;
}

} // namespace halfopen
