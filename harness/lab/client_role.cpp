// The client: sends the proof of life, says hello, asks, writes, reads, answers pings - and fails on command.

#include <atomic>
#include <csignal>
#include <thread>

#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "harness/base/frame.h"
#include "harness/lab/roles.h"
#include "harness/lab/topology.h"
#include "harness/linux/process.h"
#include "harness/linux/socket.h"
#include "harness/linux/tcp_info.h"

namespace halfopen {

namespace {

/// Something that happens every so often from a beginning on; never when the interval is zero.
class Beat {
public:
    explicit Beat(Duration interval) : interval_(interval) {}
    void begin(Instant t) { next_ = t + interval_; }
    bool take(Instant now) {
        if (interval_ == Duration::zero() || next_ == Instant{} || now < next_) return false;
        next_ += interval_;
        return true;
    }
    Instant next() const {
        return interval_ == Duration::zero() || next_ == Instant{} ? Instant::max() : next_;
    }

private:
    Duration interval_;
    Instant next_{};
};

/// A client that reads at a trickle does so this often.
constexpr unsigned trickles_per_second = 10;

class Client {
public:
    Client(const WorldSpec& spec, Slot& slot, Fd socket, Fd control)
        : spec_(spec), slot_(slot), socket_(std::move(socket)), control_(std::move(control)),
          hello_(spec.detector->hello_interval()), write_(info(spec.traffic).client_interval),
          datagram_(spec.detector->datagram_interval()) {
        if (spec.detector->datagram_interval() > Duration::zero()) second_channel_ = udp_connect(other_end(socket_));
        // A socket that is not connected hangs up all the time, and one that connects at the fault has nothing to read.
        if (spec.traffic == Traffic::buffer_full || !is_connected(spec.stage)) reading_ = false;
    }

    ~Client() { end_reader(); }

    int run() {
        if (spec_.detector->pong_from_thread() && reading_) {
            reading_ = false;
            thread_reads_ = true;
            reader_ = std::thread([this] { read_until_told(); });
        }
        for (;;) {
            pollfd fds[2] = {{control_.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}};
            wait(fds, reading_ && socket_ ? 2 : 1);
            if (fds[0].revents && !obey()) return 0;
            if (fds[1].revents) reading_ = read_once(sizeof buffer_);
            const Instant now = MonotonicClock::now();
            if (trickle_.take(now)) read_once(spec_.reads_per_second / trickles_per_second);
            if (hello_.take(now)) send_frame(FrameType::hello);
            if (write_.take(now))
                send_frame(spec_.traffic == Traffic::request_response ? FrameType::request : FrameType::data);
            if (datagram_.take(now)) send_datagram();
            notice_acknowledgement();
        }
    }

private:
    void wait(pollfd* fds, nfds_t count) {
        Instant wake = std::min({hello_.next(), write_.next(), datagram_.next(), trickle_.next()});
        const Instant now = MonotonicClock::now();
        // Until the proof of life is acknowledged the client looks every half millisecond.
        if (proof_sent_ && !slot_.client_acked) wake = now + std::chrono::microseconds{500};
        const Duration left = std::max(Duration::zero(), wake - now);
        const timespec timeout{static_cast<time_t>(left.count() / 1'000'000'000),
                               static_cast<long>(left.count() % 1'000'000'000)};
        fds[0].revents = fds[1].revents = 0;
        ppoll(fds, count, wake == Instant::max() ? nullptr : &timeout, nullptr);
    }

    /// Carries out one command and answers with its letter; false when the supervisor is gone.
    bool obey() {
        char command = 0;
        if (read(control_.get(), &command, 1) != 1) return false;
        if (command == static_cast<char>(ClientDo::attend)) {
            if (read(control_.get(), &command, 1) != 1) return false;
            if (lets_go(static_cast<ClientDo>(command))) end_reader();
            sleep_exactly_until(slot_.command_due.get());
        }
        // The bracket is taken around the system call itself, here, where no other process can slip in between.
        slot_.command_before.stamp();
        switch (static_cast<ClientDo>(command)) {
        case ClientDo::start: start(); break;
        case ClientDo::send_frame: send_frame(FrameType::data); break;
        case ClientDo::stop_reading: reading_ = thread_reads_ = false; break;
        case ClientDo::read_slowly: read_slowly(); break;
        case ClientDo::hang: return hang(command);
        case ClientDo::inherit: leave_heir(); break;
        case ClientDo::connect: begin_to_connect(socket_, {server_address, server_port}); break;
        case ClientDo::end: _exit(0);
        case ClientDo::shut_write: fail_at_socket(ClientDo::shut_write, socket_, slot_); break;
        default:
            end_reader();
            fail_at_socket(static_cast<ClientDo>(command), socket_, slot_);
        }
        slot_.command_after.stamp();
        return write(control_.get(), &command, 1) == 1;
    }

    void start() {
        // Leave interactive mode, so that the server's bytes are acknowledged at once and no delayed ACK is under
        // way at the fault (tcp_delack_max 40 ms and more) - except where the profile needs one: in-flight.
        set_option(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, spec_.traffic == Traffic::in_flight ? 0 : 1,
                   "TCP_QUICKACK");
        // On a long link Nagle's algorithm would hold every frame back until the one before it is acknowledged (RFC
        // 9293, 3.7.4), and nobody would know when the client's last word left.
        set_option(socket_.get(), IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
        const Instant now = MonotonicClock::now();
        const bool says_hello = spec_.detector->hello_interval() > Duration::zero();
        send_frame(says_hello ? FrameType::hello : FrameType::data);
        if (second_channel_) send_datagram();
        datagram_.begin(now);
        hello_.begin(now);
        write_.begin(now);
        const auto info = tcp_info(socket_.get());
        proof_ends_at_ = info ? info->bytes_sent : 0;
        proof_sent_ = true;
    }

    static bool lets_go(ClientDo command) {
        return command == ClientDo::close || command == ClientDo::close_behind_data || command == ClientDo::reset ||
               command == ClientDo::forget;
    }

    /// The first bytes are read at once, so that it can be seen from outside that they are.
    void read_slowly() {
        reading_ = thread_reads_ = false;
        trickle_.begin(MonotonicClock::now());
        read_once(spec_.reads_per_second / trickles_per_second);
    }

    /// A deadlock of the worker, which is this thread: it waits for what never comes. Hellos are said by another thread,
    /// from now on or always, as one cannot tell from outside.
    bool hang(char command) {
        slot_.command_after.stamp();
        if (write(control_.get(), &command, 1) != 1) return false;
        std::thread([this] { say_hello_for_ever(); }).detach();
        for (;;) pause();
    }

    void say_hello_for_ever() {
        for (Instant next; (next = std::min(hello_.next(), datagram_.next())) != Instant::max();) {
            sleep_until(next);
            if (hello_.take(MonotonicClock::now())) send_frame(FrameType::hello);
            if (datagram_.take(MonotonicClock::now())) send_datagram();
        }
    }

    /// The child holds a copy of every descriptor, and waits for the supervisor to close the other end of the commands.
    void leave_heir() {
        const pid_t child = fork();
        if (child != 0) {
            slot_.heir = child;
            return;
        }
        pollfd end{control_.get(), 0, 0};
        while (poll(&end, 1, -1) < 1) {
        }
        _exit(0);
    }

    void send_frame(FrameType type) {
        if (!socket_) return;
        const auto bytes = encode(type);
        slot_.last_client_send.stamp();
        send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    }

    /// As long as it holds its connection, for all that it knows.
    void send_datagram() {
        if (!socket_ || lost_) return;
        const auto bytes = encode(FrameType::hello);
        slot_.last_datagram.stamp();
        // One that came before the server listened there has drawn an ICMP error, which this send() returns in place of
        // sending (udp(7)).
        for (int i = 0; i < 2; ++i)
            if (send(second_channel_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return;
    }

    /// Reads what is there, not more than that, and answers pings; false at the end of the stream and after an error.
    bool read_once(size_t most) {
        const ssize_t n = recv(socket_.get(), buffer_, most, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
        lost_ |= n <= 0;
        if (n <= 0) return false;
        for (const FrameType type : frames_.feed({buffer_, static_cast<size_t>(n)}))
            if (type == FrameType::ping) send_frame(FrameType::pong);
        return true;
    }

    void read_until_told() {
        pollfd fds[2] = {{socket_.get(), POLLIN, 0}, {let_go_.get(), POLLIN, 0}};
        while (poll(fds, 2, -1) < 1 || (!fds[1].revents && thread_reads_ && read_once(sizeof buffer_))) {
        }
    }

    /// A thread that waits for a socket holds it open: close() in another one would say no goodbye (fs/select.c:
    /// __pollwait()).
    void end_reader() {
        if (!reader_.joinable()) return;
        post(let_go_);
        reader_.join();
    }

    void notice_acknowledgement() {
        if (!proof_sent_ || slot_.client_acked || !socket_) return;
        // Not "all is acknowledged": on a long link with traffic something is always on its way.
        const auto info = tcp_info(socket_.get());
        if (info && info->bytes_acked >= proof_ends_at_) slot_.client_acked = true;
    }

    const WorldSpec& spec_;
    Slot& slot_;
    Fd socket_, control_;
    Beat hello_, write_, datagram_, trickle_{std::chrono::milliseconds{1000 / trickles_per_second}};
    Fd second_channel_;
    bool lost_ = false; ///< the client has found its connection at an end
    char buffer_[4096];
    FrameReader frames_;
    bool reading_ = true;                  ///< this thread, the worker, reads what comes
    std::atomic<bool> thread_reads_{false}; ///< another one does
    std::thread reader_;                    ///< that one
    Fd let_go_ = event_fd();                ///< readable when it has to end
    bool proof_sent_ = false;
    uint64_t proof_ends_at_ = 0; ///< bytes sent, the proof of life included
};

} // namespace

namespace {

/// Held back by TCP_CORK until the close() behind it, so that data and FIN leave in one segment (tcp_send_fin()).
void leave_data(const Fd& socket) {
    set_option(socket.get(), IPPROTO_TCP, TCP_CORK, 1, "TCP_CORK");
    const auto frame = encode(FrameType::data);
    for (int i = 0; i < 10; ++i) send(socket.get(), frame.data(), frame.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

} // namespace

void fail_at_socket(ClientDo command, Fd& socket, Slot& slot) {
    if (command == ClientDo::close || command == ClientDo::close_behind_data) {
        linger_off(socket.get());
        // Where the FIN is lost, the socket would go on sending it for two minutes more, and keep its namespace.
        set_option(socket.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, 1000, "TCP_USER_TIMEOUT");
    }
    if (command == ClientDo::close_behind_data) leave_data(socket);
    if (command == ClientDo::reset) linger_zero(socket.get());
    slot.command_before.stamp();
    if (command == ClientDo::shut_write)
        shutdown(socket.get(), SHUT_WR);
    else if (command == ClientDo::forget)
        forget(socket);
    else
        socket.reset();
}

bool is_connected(Stage stage) { return stage != Stage::syn_received && stage != Stage::no_place; }
bool is_accepted(Stage stage) { return is_connected(stage) && stage != Stage::not_accepted; }

void settle_down_as_role(std::initializer_list<Fd*> keep) {
    // Ctrl-C reaches the terminal's whole process group: a client that died of it would send a false FIN.
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, SIG_IGN); // It does not obey when its host is shut down; only SIGKILL ends it.
    // A wait with a timeout stands still with a stopped process: ppoll() is begun anew with the time that was left before the
    // stop (poll_select_finish()). A handler ends it instead, so that a client which goes on does what is due by the clock.
    signal(SIGCONT, [](int) {});
    keep_only(keep);
    // A client that is killed must not run before the supervisor has stamped the end of the bracket: a SCHED_BATCH
    // process does not preempt when it wakes (sched(7)).
    const sched_param none{};
    sched_setscheduler(0, SCHED_BATCH, &none);
    prctl(PR_SET_TIMERSLACK, 1);
}

int run_client(const WorldSpec& spec, Slot& slot, Fd socket, Fd control) {
    settle_down_as_role({&socket, &control});
    return Client(spec, slot, std::move(socket), std::move(control)).run();
}

} // namespace halfopen
