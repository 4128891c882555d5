#include "harness/lab/canary.h"

#include <array>
#include <cerrno>

#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "harness/linux/socket.h"

namespace halfopen {

namespace {

enum class End { heard, heard_all, nothing, reset };

End look(const Fd& end) {
    // It also tells the soft error that an ICMP message leaves, and that is no reset.
    if (get_option(end.get(), SOL_SOCKET, SO_ERROR, "SO_ERROR") == ECONNRESET) return End::reset;
    int waiting = 0;
    ioctl(end.get(), FIONREAD, &waiting);
    return waiting > 1 ? End::heard_all : waiting > 0 ? End::heard : End::nothing;
}

bool heard(End end) { return end == End::heard || end == End::heard_all; }

} // namespace

std::string_view name(Passage p) {
    constexpr std::array<std::string_view, 8> names{"passes",
                                                    "is silent",
                                                    "is answered by RST",
                                                    "only passes to the client",
                                                    "only passes to the server",
                                                    "is silent to the client, which is reset",
                                                    "passes what is small, and not what is large",
                                                    "is not checked"};
    return names[static_cast<size_t>(p)];
}

Canary::Canary(Fd client, Fd server) : client_(std::move(client)), server_(std::move(server)) {
    // Whenever it is closed, and by whom, nothing of it is left that would go on sending.
    for (const Fd* end : {&client_, &server_}) linger_zero(end->get());
}

void Canary::probe(Passage wanted) {
    // The client's byte goes first: under a reject it would otherwise meet a connection that is reset already.
    if (client_) send(client_.get(), "c", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    send(server_.get(), "s", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    sent_large_ = wanted == Passage::small;
    if (!sent_large_) return;
    const std::array<char, 100> large{};
    for (const Fd* end : {&client_, &server_}) {
        set_option(end->get(), IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY"); // It does not wait for the byte's ACK.
        send(end->get(), large.data(), large.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

Passage Canary::result() const {
    const End server = look(server_);
    if (server == End::reset) return Passage::reset;
    const End client = forgotten_ ? End::nothing : look(client_);
    if (sent_large_ && server == End::heard && client == End::heard) return Passage::small;
    if (heard(server) && heard(client)) return Passage::passes;
    if (server == End::nothing && client == End::nothing) return Passage::silent;
    if (server == End::nothing && client == End::reset) return Passage::client_reset;
    if (server == End::nothing && heard(client)) return Passage::to_client;
    if (heard(server) && client == End::nothing) return Passage::to_server;
    return Passage::unchecked;
}

void Canary::forget_client() {
    forget(client_);
    forgotten_ = true;
}

void Canary::close() {
    client_.reset();
    server_.reset();
}

} // namespace halfopen
