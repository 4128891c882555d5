#include "tests/detectors/loopback.h"

#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "harness/base/error.h"

namespace halfopen::loopback {

using namespace std::chrono_literals;

namespace {

/// The client's and the server's end of a new connection over 127.0.0.1.
std::pair<int, int> connected_pair() {
    const Socket listener(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "making a socket"));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    check(bind(listener.fd(), any, size), "binding to 127.0.0.1");
    check(listen(listener.fd(), 1), "listening");
    check(getsockname(listener.fd(), any, &size), "asking for the port");
    const int client = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "making a socket");
    check(connect(client, any, size), "connecting");
    return {client, check(accept(listener.fd(), nullptr, nullptr), "accepting")};
}

} // namespace

void Socket::close() {
    if (fd_ >= 0)
        ::close(fd_);
    fd_ = -1;
}

LoopbackConnection::LoopbackConnection(int fd)
    : fd_(fd), due_(check(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "making an eventfd")),
      last_message_(MonotonicClock::now()), last_pong_(MonotonicClock::now()) {}

void LoopbackConnection::received(std::span<const char> bytes) {
    const std::lock_guard lock(mutex_);
    received_.append(bytes.data(), bytes.size());
    last_message_ = MonotonicClock::now();
    if (std::string_view(bytes.data(), bytes.size()).find("pong") != std::string_view::npos)
        last_pong_ = MonotonicClock::now();
}

std::vector<char> LoopbackConnection::take_due() {
    eventfd_t times = 0;
    eventfd_read(due_.fd(), &times);
    const std::lock_guard lock(mutex_);
    std::vector<char> bytes(to_write_.begin(), to_write_.end());
    to_write_.clear();
    return bytes;
}

void LoopbackConnection::make_due(std::string bytes) {
    const std::lock_guard lock(mutex_);
    to_write_ += bytes;
    eventfd_write(due_.fd(), 1);
}

std::string LoopbackConnection::all_received() const {
    const std::lock_guard lock(mutex_);
    return received_;
}

Watched::Watched(std::string_view spec) : Watched(spec, connected_pair()) {}

Watched::Watched(std::string_view spec, std::pair<int, int> ends)
    : client_(ends.first), server_(ends.second), connection_(ends.second), detector_(make_detector(spec)) {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    check(sigaction(SIGUSR1, &action, nullptr), "setting a signal handler");
    std::packaged_task<void()> task([this] { detector_->watch(connection_, notebook_); });
    done_ = task.get_future();
    thread_ = std::thread(std::move(task));
    std::this_thread::sleep_for(30ms); // most detectors are in their system call by then; no test needs it
}

Watched::~Watched() {
    // Whoever has not spoken yet hears the end now, so that the thread ends. Writers need a byte to write.
    client_resets();
    for (int i = 0; i < 100 && done_.wait_for(20ms) != std::future_status::ready; ++i)
        connection_.make_due("x");
    thread_.join();
}

void Watched::client_says(const std::string& bytes) {
    for (size_t sent = 0; sent < bytes.size();)
        sent += static_cast<size_t>(check(
            send(client_.fd(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL), "client: send()"));
}

std::string Watched::client_hears() {
    std::array<char, 4096> buffer;
    const ssize_t n = recv(client_.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    return n > 0 ? std::string(buffer.data(), static_cast<size_t>(n)) : "";
}

void Watched::client_shuts_down() { shutdown(client_.fd(), SHUT_WR); }

void Watched::client_resets() {
    if (client_.fd() < 0)
        return;
    const linger at_once{1, 0};
    setsockopt(client_.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    client_.close();
}

void Watched::signal() { pthread_kill(thread_.native_handle(), SIGUSR1); }

bool Watched::quiet_for(Duration d) { return done_.wait_for(d) != std::future_status::ready; }

Said Watched::verdict() {
    if (done_.wait_for(5s) != std::future_status::ready)
        return {};
    done_.get();
    done_ = std::async(std::launch::deferred, [] {});
    done_.wait();
    return notebook_.said;
}

} // namespace halfopen::loopback
