// Folklore: "a watchdog closes the descriptor when the client has been silent for too long; that ends the
// recv() of the other thread, which then gives up."
//
// On Linux it does not. recv() holds the open socket for as long as it waits; close() in another thread only
// takes the number out of the table (close(2): "it is probably unwise to close file descriptors while they
// may be in use by system calls in other threads"). The reader sleeps on, the FIN is not even sent, and the
// number may soon belong to another client. What does end a recv() is shutdown().

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <future>
#include <thread>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/theory/outage.h"
#include "detectors/theory/words.h"
#include "detectors/waiting.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

class CloseWakesRecv : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return label_with_changes(*this); }

    Timing timing() const override {
        return {.anchor = "last message received", .period = 0ns, .limit = timeout()};
    }

    Prediction predict(const Situation& s) const override {
        const Prediction heard = hears(socket_events(s, {}));
        const Duration beat = info(s.traffic).client_interval;
        // What the reader waits in is begun anew after a stop, with a descriptor that may be closed by then.
        if (s.particulars.server_stopped && *s.heals_after + waited_before_fault(s).from > timeout())
            return unknown("when the server wakes, the watchdog looks at the clock and the reader takes up its recv() again: which of "
                           "them is first is a matter of moments");
        if (beat == 0ns)
            return heard;
        if (timeout() <= 2 * beat)
            return unknown(
                "the watchdog's limit is about as long as the pauses between the client's messages");
        return earlier(comes_after_closing(s, beat), heard);
    }

    void watch(Connection& connection, Out& out) const override {
        // A descriptor of its own, which the watchdog may close.
        const int own = check(dup(connection.fd()), "dup()");
        std::packaged_task<void()> task([&] { read(own, connection, out); });
        std::future<void> done = task.get_future();
        std::thread reader = without_signals(std::move(task));
        for (;;) {
            const Duration left = connection.last_message() + timeout() - MonotonicClock::now();
            if (left <= 0ns || done.wait_for(left) == std::future_status::ready)
                break;
        }
        close(own); // and now the reader wakes, it is believed
        reader.join();
    }

private:
    Duration timeout() const { return settings().duration("timeout"); }

    static void read(int fd, Connection& connection, Out& out) {
        std::array<char, 4096> buffer;
        for (;;) {
            const ssize_t n = recv(fd, buffer.data(), buffer.size(), 0);
            if (n == 0)
                return out.eof("recv: 0");
            if (n == -1 && errno != EINTR)
                return out.gone("recv", errno);
            if (n > 0)
                connection.received({buffer.data(), static_cast<size_t>(n)});
        }
    }

    /// A signal would end recv() with EINTR, and the next one fail with EBADF: the belief would come true by
    /// accident. Signals are for the watchdog.
    static std::thread without_signals(std::packaged_task<void()> task) {
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        std::thread thread(std::move(task));
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        return thread;
    }

    /// The descriptor is closed during the pause, and the first message after it ends the recv() that was
    /// waiting; the next one fails with EBADF.
    Prediction comes_after_closing(const Situation& s, Duration beat) const {
        const Waiting message{.what = "message",
                              .signal = "recv: EBADF",
                              .beat = beat,
                              .limit = {timeout(), timeout() + 10ms},
                              .last_before = waited_before_fault(s),
                              .crowded = true};
        if (!waits(s, message))
            return never(
                traffic_goes_on(s)
                    ? fmt::format("the client writes every {}, so the watchdog closes nothing", plain(beat))
                    : "the watchdog closes the descriptor, and recv() goes on waiting for a message that "
                      "never comes");
        Prediction p = *waits(s, message);
        if (p.kind != Prediction::Kind::window)
            return p;
        p.after = wait_out(s, message.last_before, beat, message.limit, true).delivered + at_once;
        p.rule += "; only that message ends the recv() that was waiting, and the next one fails with EBADF";
        return p;
    }
};

} // namespace

extern const Method close_wakes_recv_method;
const Method close_wakes_recv_method{
    {.name = "close-wakes-recv",
     .label = "close() wakes recv()",
     .summary =
         "folklore: a second thread calls close() after timeout without a message, and that is taken to end "
         "the recv() of the first",
     .folklore = true,
     .needs = {},
     .settings = {{.name = "timeout",
                   .fallback = "10s",
                   .meaning = "no message for so long, and the descriptor is closed",
                   .least = 1'000'000}}},
    make<CloseWakesRecv>};

} // namespace halfopen
