// What is done with the client's process and socket besides its traffic, and what is found out about them from outside.

#include <csignal>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

extern "C" { // glibc 2.36 forgot to say so itself.
#include <sys/pidfd.h>
}

#include "harness/base/error.h"
#include "harness/base/frame.h"
#include "harness/lab/lab.h"
#include "harness/linux/socket.h"
#include "harness/linux/socket_table.h"

namespace halfopen {

using namespace std::chrono_literals;

Endpoint World::client_endpoint() const { return other_end(server_socket_); }

Bracket World::end_client() {
    const char command = static_cast<char>(ClientDo::end);
    if (std::exchange(client_alerted_to_, std::nullopt) != ClientDo::end)
        check(send(client_control_.get(), &command, 1, MSG_NOSIGNAL), "telling the client to exit");
    if (!client_.ends_within(1s)) throw Error(Exit::incomplete, "the client does not exit");
    return {slot_->command_before.get(), MonotonicClock::now()};
}

std::optional<size_t> World::unread_by_client() const {
    topology_.client.enter();
    const SocketTable table;
    const Endpoint end = client_endpoint();
    for (const TcpSocket& s : table.read())
        if (s.local == end) return s.receive_queue;
    return std::nullopt;
}

bool World::leave_unread() {
    tell_client(ClientDo::stop_reading);
    // Under buffer-full the socket is full already, and this writes nothing.
    const auto frame = encode(FrameType::data);
    send(server_socket_.get(), frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    for (const Instant give_up = MonotonicClock::now() + 20ms; MonotonicClock::now() < give_up;) {
        if (unread_by_client().value_or(0) > 0) return true;
        sleep_until(MonotonicClock::now() + 1ms);
    }
    return false;
}

void World::speak_to_worker() {
    const char word = static_cast<char>(ClientDo::stop_reading); // If it hears this, it did not hang, and no harm is done.
    check(send(client_control_.get(), &word, 1, MSG_NOSIGNAL), "speaking to the client's worker");
}

bool World::worker_hangs() const {
    int unread = 0;
    check(ioctl(client_control_.get(), SIOCOUTQ, &unread), "asking what the client's worker has not heard");
    return unread > 0;
}

void World::read_for_server() {
    char bytes[4096];
    while (recv(server_socket_.get(), bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
    }
}

Bracket World::close_server() {
    server_socket_.reset(); // The last descriptor is the program's own, and its close() says the goodbye.
    return tell_server(ServerDo::close);
}

void World::shut_server_write() { check(shutdown(server_socket_.get(), SHUT_WR), "shutting down the server's sending side"); }

void World::leave_heir() {
    tell_client(ClientDo::inherit);
    const pid_t heir = slot_->heir;
    heir_ = {heir, Fd{check(pidfd_open(heir, 0), "opening the client's child")}};
}

bool World::has_heir() const {
    // Not ours to wait for before its parent is dead, so by its descriptor: readable when it has ended.
    return heir_ && !heir_.ends_within(0ms);
}

} // namespace halfopen
