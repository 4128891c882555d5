// Signal-driven input: the kernel queues a realtime signal for whatever happens at the socket (fcntl(2):
// O_ASYNC, F_SETSIG, F_SETOWN_EX), and the program takes it with sigwaitinfo(). Like an edge of epoll it is
// told once, so all that can be read must be read before waiting again; and when the queue of signals is
// full, a plain SIGIO comes instead, which says only "look everywhere".

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "detectors/predicting.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

class SigIo : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override { return hears(socket_events(s, {})); }

    void watch(Connection& connection, Out& out) const override {
        const sigset_t signals = take_signals(connection.fd());
        do {
            // What came before the signals were switched on, and what each of them announces.
            if (!read_all(connection, out))
                return;
            siginfo_t told{};
            while (sigwaitinfo(&signals, &told) == -1 && errno == EINTR) {
            }
        } while (true);
    }

private:
    /// The signals go to this thread, which takes them when it wants to and is never interrupted by them.
    static sigset_t take_signals(int fd) {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGRTMIN);
        sigaddset(&signals, SIGIO);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        const f_owner_ex owner{F_OWNER_TID, gettid()};
        check(fcntl(fd, F_SETOWN_EX, &owner), "fcntl(F_SETOWN_EX)");
        check(fcntl(fd, F_SETSIG, SIGRTMIN), "fcntl(F_SETSIG)");
        check(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC), "fcntl(O_ASYNC)");
        return signals;
    }

    /// False when that ended the connection: then the verdict has been given.
    static bool read_all(Connection& connection, Out& out) {
        std::array<char, 4096> buffer;
        for (;;) {
            const ssize_t n = recv(connection.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (n > 0) {
                connection.received({buffer.data(), static_cast<size_t>(n)});
                continue;
            }
            if (n == -1 && errno == EINTR)
                continue;
            if (n == -1 && errno == EAGAIN)
                return true;
            n == 0 ? out.eof("recv: 0") : out.gone("recv", errno);
            return false;
        }
    }
};

} // namespace

extern const Method sigio_method;
const Method sigio_method{
    {.name = "sigio",
     .label = "signal-driven",
     .summary = "O_ASYNC and F_SETSIG queue a realtime signal for each event, and recv() after it decides",
     .needs = {},
     .settings = {}},
    make<SigIo>};

} // namespace halfopen
