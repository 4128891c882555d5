// The server: runs the detector on its main thread, and on a second thread whatever the detector leaves over -
// reading, writing, and the storm of signals.

#include <csignal>
#include <thread>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "detectors/kernel_reports.h"
#include "harness/base/error.h"
#include "harness/base/frame.h"
#include "harness/lab/roles.h"
#include "harness/lab/topology.h"
#include "harness/linux/process.h"
#include "harness/linux/socket.h"
#include "harness/linux/tcp_info.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

std::atomic<unsigned>* signals_seen = nullptr;
void count_signal(int) { ++*signals_seen; }

/// Without SA_RESTART among the flags system calls return EINTR.
void hear_alarms(Slot& slot, int flags) {
    signals_seen = &slot.signals_seen;
    struct sigaction action {};
    action.sa_handler = count_signal;
    action.sa_flags = flags;
    sigaction(SIGALRM, &action, nullptr);
}

/// The server's end as the detector sees it. One thread at a time hands bytes over: whoever has the job of reading.
class ServerConnection final : public ReportedConnection {
public:
    ServerConnection(const WorldSpec& spec, Slot& slot, int fd, Fd due, int reports)
        : traffic_(spec.traffic), slot_(slot), fd_(fd), reports_(reports), due_(std::move(due)),
          ends_(is_accepted(spec.stage) ? Connection::ends()
                                        : Ends{{server_address, server_port}, {client_address, client_port}}) {
        const Traffic traffic = spec.traffic;
        if (const Duration every = info(traffic).server_interval; every > 0ns) {
            due_ = timer_fd();
            const timespec t{0, static_cast<long>(every.count())};
            const itimerspec beat{t, t};
            timerfd_settime(due_.get(), 0, &beat, nullptr);
        }
    }

    int fd() const override { return fd_; }
    std::optional<Ends> ends() const override { return ends_; }
    void received(std::span<const char> bytes) override {
        for (const FrameType type : frames_.feed(bytes)) {
            slot_.last_message.stamp();
            if (type == FrameType::pong) slot_.last_pong.stamp();
            if (type == FrameType::request) post(due_);
        }
    }
    Instant last_message() const override { return since(slot_.last_message); }
    Instant last_pong() const override { return since(slot_.last_pong); }
    int write_due_fd() const override { return due_.get(); }
    int kernel_reports_fd() const override { return reports_; }
    /// So many frames are due at once, made before anybody watches: it takes a while.
    void prepare(unsigned long frames) {
        prepared_ = in_frames(frames);
        post(due_, frames);
    }
    std::vector<char> take_due() override {
        uint64_t times = 0;
        if (read(due_.get(), &times, sizeof times) != sizeof times) return {};
        if (!prepared_.empty()) return std::exchange(prepared_, {});
        // A server that could not write for a while does not make up for it in one burst.
        if (traffic_ == Traffic::sending) times = 1;
        return in_frames(times);
    }
    std::vector<char> ping() override {
        slot_.last_ping.stamp();
        return encode(FrameType::ping);
    }

private:
    static std::vector<char> in_frames(uint64_t times) {
        const auto frame = encode(FrameType::data);
        std::vector<char> bytes;
        bytes.reserve(frame.size() * times);
        for (; times > 0; --times) bytes.insert(bytes.end(), frame.begin(), frame.end());
        return bytes;
    }
    Instant since(const SlotInstant& stamp) const { return stamp.is_set() ? stamp.get() : slot_.watching.get(); }

    Traffic traffic_;
    Slot& slot_;
    int fd_, reports_;
    Fd due_;
    std::optional<Ends> ends_;
    FrameReader frames_;
    std::vector<char> prepared_;
};

/// Stores what the detector says; only the first verdict counts.
class SlotOut final : public Out {
public:
    SlotOut(Slot& slot, const Fd& noticed) : slot_(slot), noticed_(noticed) {}
    using Out::gone;
    void eof(std::string_view signal) override { say(true, signal); }
    void gone(std::string_view signal) override { say(false, signal); }
    void suspect() override { opine(true); }
    void trust() override { opine(false); }

private:
    void say(bool eof, std::string_view signal) {
        const Instant now = MonotonicClock::now();
        if (slot_.signal.is_set()) return;
        slot_.notice.stamp(now);
        slot_.is_eof = eof;
        slot_.signal.set(signal);
        post(noticed_);
    }
    void opine(bool suspects) {
        const unsigned n = slot_.opinion_count;
        if (n >= slot_.opinions.size()) return;
        slot_.opinions[n].suspects = suspects;
        slot_.opinions[n].at.stamp();
        ++slot_.opinion_count;
    }
    Slot& slot_;
    const Fd& noticed_;
};

/// What the detector leaves over, on a thread that no signal reaches.
class Traffickers {
public:
    Traffickers(const WorldSpec& spec, Slot& slot, ServerConnection& connection, Fd& socket, int control)
        : spec_(spec), slot_(slot), connection_(connection), socket_(socket), control_(control) {
        if (!is_accepted(spec.stage)) return;
        const Job job = spec.detector->describe().job;
        reads_ = job == Job::writes || job == Job::neither;
        writes_ = info(spec.traffic).server_writes && (job == Job::reads || job == Job::neither);
    }
    bool needed() const { return reads_ || writes_ || spec_.signal_interval > 0ns || spec_.stage == Stage::orphan; }

    void run() {
        for (;;) {
            pollfd fds[3] = {{control_, POLLIN, 0},
                             {reads_ ? connection_.fd() : -1, POLLIN, 0},
                             {writes_ ? connection_.write_due_fd() : -1, POLLIN, 0}};
            poll(fds, 3, -1);
            if (fds[0].revents && !obey()) return;
            if (fds[1].revents && reads_) read_some();
            if (fds[2].revents && writes_) write_due();
        }
    }

private:
    bool obey() {
        char command = 0;
        if (read(control_, &command, 1) != 1) return false;
        slot_.command_before.stamp();
        const auto what = static_cast<ServerDo>(command);
        if (what == ServerDo::close) {
            close_socket();
            return write(control_, &command, 1) == 1;
        }
        if (what == ServerDo::restarting_storm) hear_alarms(slot_, SA_RESTART);
        const Duration every = what == ServerDo::calm ? 0ns : spec_.signal_interval;
        const timeval tv{0, static_cast<suseconds_t>(every.count() / 1000)};
        const itimerval beat{tv, tv};
        setitimer(ITIMER_REAL, &beat, nullptr);
        slot_.command_after.stamp();
        return write(control_, &command, 1) == 1;
    }

    void close_socket() {
        reads_ = writes_ = false;
        linger_off(socket_.get());
        slot_.command_before.stamp();
        socket_.reset();
        slot_.command_after.stamp();
    }

    void read_some() {
        char bytes[4096];
        const ssize_t n = recv(connection_.fd(), bytes, sizeof bytes, MSG_DONTWAIT);
        if (n > 0) return connection_.received({bytes, static_cast<size_t>(n)});
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        saw("recv", n == 0 ? "0" : errno_name(errno));
        reads_ = false;
    }

    void write_due() {
        const auto bytes = connection_.take_due();
        if (bytes.empty()) return;
        // Never blocking: a writer that sleeps in send() would take the error that the detector waits for.
        if (send(connection_.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return;
        if (errno == EAGAIN) return;
        saw("send", errno_name(errno));
        writes_ = false;
    }

    void saw(std::string_view call, std::string_view what) {
        if (!slot_.traffic_saw.is_set()) slot_.traffic_saw.set(fmt::format("{}: {}", call, what));
    }

    const WorldSpec& spec_;
    Slot& slot_;
    ServerConnection& connection_;
    Fd& socket_;
    int control_;
    bool reads_ = false, writes_ = false;
};

/// Fills the send buffer once, without blocking, until nothing more goes: the client does not read, so its window
/// closes, all that it took is acknowledged, and the rest stays queued.
void fill_buffer(int fd) {
    const std::vector<char> frame = encode(FrameType::data);
    std::vector<char> block;
    for (int i = 0; i < 100; ++i) block.insert(block.end(), frame.begin(), frame.end());
    const Instant give_up = MonotonicClock::now() + 400ms;
    for (int quiet = 0; quiet < 3 && MonotonicClock::now() < give_up;) {
        while (send(fd, block.data(), block.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) quiet = 0;
        std::this_thread::sleep_for(10ms);
        const auto tcp = tcp_info(fd);
        quiet = tcp && tcp->notsent_bytes > 0 && tcp->unacked == 0 ? quiet + 1 : 0;
    }
}

/// In frames: 5 MB, where tcp_wmem allows 4. The answer to a window probe may enlarge the buffer, and a single frame would
/// find room then (tcp_new_space()).
constexpr unsigned long more_than_fits = 50'000;

void start_without_signals(Traffickers& traffickers) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    std::thread([&traffickers] { traffickers.run(); }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

} // namespace

int run_server(const WorldSpec& spec, Slot& slot, Fd socket, Fd control, Fd due, Fd noticed, Fd reports) {
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (reports)
        keep_only({&socket, &control, &due, &noticed, &reports});
    else
        keep_only({&socket, &control, &due, &noticed});
    prctl(PR_SET_TIMERSLACK, 1);
    hear_alarms(slot, 0);
    char command = 0;
    if (read(control.get(), &command, 1) != 1) return 0;
    if (spec.traffic == Traffic::buffer_full) fill_buffer(socket.get());
    ServerConnection connection(spec, slot, socket.get(), std::move(due), reports.get());
    if (spec.traffic == Traffic::buffer_full && spec.detector->blocks_in_send()) connection.prepare(more_than_fits);
    Traffickers traffickers(spec, slot, connection, socket, control.get());
    SlotOut out(slot, noticed);
    slot.watching.stamp();
    if (traffickers.needed()) start_without_signals(traffickers);
    try {
        spec.detector->watch(connection, out);
    } catch (const std::exception& e) {
        slot.broken.set(e.what());
    }
    for (;;) pause(); // The socket stays open: what a server does after the notice is not what is measured.
}

} // namespace halfopen
