#include "harness/lab/plain_client.h"

#include <array>

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/linux/socket.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

class Program {
public:
    Program(const PlainClient& about, Slot& slot, Fd control) : about_(about), slot_(slot), control_(std::move(control)) {}

    int run() {
        for (;;) {
            pollfd fds[2] = {{control_.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}};
            poll(fds, reading_ && socket_ ? 2 : 1, -1);
            if (fds[0].revents && !obey()) return 0;
            if (reading_ && socket_ && fds[1].revents) read_once();
        }
    }

private:
    /// Carries out one command and answers with its letter; false when the supervisor is gone.
    bool obey() {
        char command = 0;
        if (read(control_.get(), &command, 1) != 1) return false;
        if (static_cast<ClientDo>(command) == ClientDo::start) return begin();
        if (static_cast<ClientDo>(command) == ClientDo::ask_first) {
            asks_first_ = true;
        } else if (socket_) {
            if (asks_first_) say(about_.ask);
            fail_at_socket(static_cast<ClientDo>(command), socket_, slot_);
        }
        slot_.command_after.stamp();
        return write(control_.get(), &command, 1) == 1;
    }

    /// Nobody waits for this command's answer: a server may be slow to take a connection.
    bool begin() {
        try {
            socket_ = tcp_connect(about_.server, answer_within);
            set_option(socket_.get(), IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
            // What the server says is acknowledged at once, and no delayed ACK is under way at the fault.
            set_option(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, 1, "TCP_QUICKACK");
            say(about_.hello);
            reading_ = true;
            if (about_.hello.empty() || !about_.waits_for_answer) slot_.client_acked = true;
        } catch (const Error& e) {
            slot_.broken.set(e.what());
        }
        return true;
    }

    void say(const std::string& bytes) {
        slot_.last_client_send.stamp();
        if (!bytes.empty()) send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }

    /// What comes is of no interest, only that it comes.
    void read_once() {
        std::array<char, 1 << 14> bytes;
        const ssize_t n = recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (n > 0) {
            if (!slot_.client_acked) slot_.last_message.stamp();
            slot_.client_acked = true;
            return;
        }
        reading_ = n < 0 && (errno == EAGAIN || errno == EINTR);
        if (!reading_) slot_.traffic_saw.set(n == 0 ? "recv: 0" : "recv: " + errno_name(errno));
    }

    const PlainClient& about_;
    Slot& slot_;
    Fd control_, socket_;
    bool reading_ = false, asks_first_ = false;
};

} // namespace

int run_plain_client(const PlainClient& about, Slot& slot, Fd control) {
    settle_down_as_role({&control});
    return Program(about, slot, std::move(control)).run();
}

} // namespace halfopen
