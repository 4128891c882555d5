#include <csignal>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/base/frame.h"
#include "harness/lab/lab.h"
#include "harness/linux/ruleset.h"
#include "harness/linux/socket.h"
#include "harness/linux/sysctl.h"

namespace halfopen {

namespace {

/// Waits for the echo of a command letter. A role that does not answer within a second never will.
Bracket hear(const Fd& control, char command, Slot& slot, const char* whom) {
    pollfd answer{control.get(), POLLIN, 0};
    char echo = 0;
    if (poll(&answer, 1, 1000) != 1 || read(control.get(), &echo, 1) != 1)
        throw Error(Exit::incomplete, fmt::format("the {} does not answer command '{}'", whom, command));
    return {slot.command_before.get(), slot.command_after.get()};
}

Bracket tell(const Fd& control, char command, Slot& slot, const char* whom) {
    check(send(control.get(), &command, 1, MSG_NOSIGNAL), "commanding the {}", whom);
    return hear(control, command, slot, whom);
}

/// One frame from one end must arrive at the other within a second.
void pass_frame(const Fd& from, const Fd& to) {
    const auto frame = encode(FrameType::data);
    check(send(from.get(), frame.data(), frame.size(), MSG_NOSIGNAL), "proving that the connection lives");
    size_t arrived = 0;
    char bytes[data_frame_bytes];
    while (arrived < frame.size()) {
        pollfd readable{to.get(), POLLIN, 0};
        const ssize_t n = poll(&readable, 1, 1000) == 1 ? recv(to.get(), bytes, sizeof bytes - arrived, 0) : 0;
        if (n <= 0) throw Error(Exit::incomplete, "proving that the connection lives: a frame did not arrive");
        arrived += static_cast<size_t>(n);
    }
}

/// A socket that is closed with its FIN unacknowledged lives on without an owner, sends for two minutes more
/// (tcp_orphan_retries()), and keeps its namespace alive so long. When worlds end, by plan or by kill -9, none may:
/// with SO_LINGER 0 a close leaves nothing. A client whose death is to be heard cannot have that; its FIN gives up
/// after a second instead.
void leave_no_orphans(const WorldSpec& spec, const Fd& client, const Fd& server) {
    linger_zero(server.get());
    if (spec.killed_client_says_goodbye)
        set_option(client.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, 1000, "TCP_USER_TIMEOUT");
    else
        linger_zero(client.get());
}

/// What the detector wants of the server's kernel.
void set_parameters(const WorldSpec& spec, const Topology& topology) {
    const KernelParameters wanted = spec.detector->kernel_parameters();
    if (wanted.empty()) return;
    topology.server.enter();
    for (const auto& [name, value] : wanted) {
        if (!read_sysctl(name)) throw CannotHere(fmt::format("this kernel has no {}, which the detector sets", name));
        write_sysctl(name, value);
        if (read_sysctl(name) != value) throw Error(Exit::incomplete, fmt::format("the server's kernel did not take {} = {}", name, value));
    }
}

void load_packet_filter(const WorldSpec& spec, const Topology& topology) {
    const std::string rules = spec.detector->packet_filter();
    if (rules.empty()) return;
    topology.server.enter();
    load_rules(rules);
}

const WorldSpec& if_possible(const WorldSpec& spec) {
    if (const std::string why = spec.detector->why_not_here(); !why.empty()) throw CannotHere(why);
    return spec;
}

/// When it is to write, the server knows from a timer, however busy the supervisor is then; requests are counted.
bool writes_by_timer(Traffic traffic) { return traffic == Traffic::one_write || traffic == Traffic::in_flight; }

} // namespace

World::World(const WorldSpec& spec, const Sysctls& sysctls, Launcher& launcher, const Fd& noticed)
    : spec_(if_possible(spec)), slot_(launcher.lend_slot()), launcher_(&launcher), noticed_(&noticed),
      topology_(Topology::build(sysctls, spec.one_way)), due_(writes_by_timer(spec.traffic) ? timer_fd() : event_fd()) {
    load_packet_filter(spec_, topology_); // before the parameters: some are there only once it tracks connections
    set_parameters(spec_, topology_);
}

/// The client connects to the server, or to the proxy that then connects for it.
Fd World::connect_client(Endpoint server) {
    if (!spec_.proxied) {
        topology_.client.enter();
        return tcp_connect(server);
    }
    topology_.router.enter();
    const Endpoint open{router_client_side, server.port};
    const Fd proxy_listener = tcp_listen(open);
    topology_.client.enter();
    Fd client = tcp_connect(open);
    Fd to_client = tcp_accept(proxy_listener);
    topology_.router.enter();
    Fd to_server = tcp_connect(server);
    proxy_launch_ = launcher_->start(Role::proxy, topology_.router, spec_, *slot_, {&to_client, &to_server});
    return client;
}

std::pair<Fd, Fd> World::make_connection() {
    const Endpoint server{server_address, server_port};
    topology_.server.enter();
    Fd listener = tcp_listen(server, spec_.stage == Stage::no_place ? 0 : 8);
    if (is_accepted(spec_.stage)) {
        Fd client = connect_client(server), accepted = tcp_accept(listener);
        pass_frame(client, accepted);
        pass_frame(accepted, client);
        server_socket_ = accepted.duplicate();
        return {std::move(client), std::move(accepted)};
    }
    topology_.client.enter();
    Fd client = tcp_bound({topology_.client_ip, client_port});
    // A queue of length 0 has one place (sk_acceptq_is_full()).
    if (spec_.stage == Stage::no_place) linger_zero((filler_ = tcp_connect(server)).get());
    if (spec_.stage == Stage::not_accepted) connect_to(client, server);
    return {std::move(client), std::move(listener)};
}

void World::connect(Fd reports) {
    topology_.server.enter();
    const Fd canary_listener = tcp_listen({server_address, canary_port});
    topology_.client.enter();
    // With a port of its own: one that the kernel chooses is now and then the one that the client is to have.
    Fd canary_client = tcp_bound({topology_.client_ip, canary_port});
    connect_to(canary_client, {server_address, canary_port});
    canary_ = Canary(std::move(canary_client), tcp_accept(canary_listener));
    std::pair<Fd, Fd> ends = make_connection();
    Fd &client_socket = ends.first, &server_socket = ends.second;
    leave_no_orphans(spec_, client_socket, server_socket);

    auto [client_control, client_end] = socket_pair(SOCK_STREAM);
    client_launch_ = launcher_->start(Role::client, topology_.client, spec_, *slot_, {&client_socket, &client_end});
    client_socket.reset();
    auto [server_control, server_end] = socket_pair(SOCK_STREAM);
    server_launch_ = launcher_->start(Role::server, topology_.server, spec_, *slot_, {&server_socket, &server_end, &due_, noticed_, &reports});
    client_control_ = std::move(client_control);
    server_control_ = std::move(server_control);
}

void World::start() {
    if (proxy_launch_) proxy_ = proxy_launch_.take();
    client_ = client_launch_.take();
    server_ = server_launch_.take();
    // A server in interactive mode would delay its ACK by 40 ms and more, and a fault in between would find that
    // ACK on its way (tcp(7), TCP_QUICKACK).
    if (server_socket_) set_option(server_socket_.get(), IPPROTO_TCP, TCP_QUICKACK, 1, "TCP_QUICKACK");
    if (!is_watched_late(spec_.stage)) begin_watching();
    if (is_connected(spec_.stage)) tell_client(ClientDo::start);
}

void World::kill_roles() {
    for (const Process* role : {&server_, &client_, &proxy_}) role->kill();
}

void World::begin_watching() {
    const char command = static_cast<char>(ServerDo::start);
    check(send(server_control_.get(), &command, 1, MSG_NOSIGNAL), "starting the server");
}

bool World::is_settled() const {
    if (!is_connected(spec_.stage)) return true;
    if (spec_.stage == Stage::close_wait) return slot_->client_acked;
    if (spec_.stage == Stage::not_accepted) return slot_->watching.is_set() && slot_->client_acked;
    // A detector that has spoken already reads no more.
    return slot_->watching.is_set() && (slot_->last_message.is_set() || slot_->signal.is_set()) && slot_->client_acked;
}

Bracket World::tell_client(ClientDo command) {
    if (!plain_.command.empty()) return fail_own_client(command);
    if (const auto alerted = std::exchange(client_alerted_to_, std::nullopt)) {
        const Bracket bracket = hear(client_control_, static_cast<char>(*alerted), *slot_, "client");
        if (*alerted == command) return bracket;
    }
    return tell(client_control_, static_cast<char>(command), *slot_, "client");
}

bool World::alert_client(ClientDo command, Instant due) {
    if (!noticed_) return false;
    slot_->command_due.stamp(due);
    const char words[] = {static_cast<char>(ClientDo::attend), static_cast<char>(command)};
    check(send(client_control_.get(), words, sizeof words, MSG_NOSIGNAL), "alerting the client");
    client_alerted_to_ = command;
    return true;
}

void World::signal_client(int number) {
    if (plain_.command.empty()) return client_.signal(number);
    check(kill(-client_.pid(), number), "sending {} to the client", signal_name(number)); // It leads a group of its own.
}

Bracket World::tell_server(ServerDo command) {
    return tell(server_control_, static_cast<char>(command), *slot_, "server");
}

} // namespace halfopen
