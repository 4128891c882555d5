// The server that never heard of MSG_NOSIGNAL: it looks at no return value, and learns that the client is
// gone when it dies of signal 13. SIGPIPE's default action ends the process, at the worst moment, without a
// word.
//
// Here a handler stands in for that end, so that the moment of death can be told as a verdict.

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/send_error.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

/// While it lives, SIGPIPE is noted instead of ending the process. The signal goes to the thread that called
/// send(), before send() returns (net/core/stream.c: sk_stream_error()).
class InsteadOfDeath {
public:
    InsteadOfDeath() {
        died_ = 0;
        struct sigaction note {};
        note.sa_handler = [](int) { died_ = 1; };
        check(sigaction(SIGPIPE, &note, &before_), "setting a handler for SIGPIPE");
    }
    InsteadOfDeath(const InsteadOfDeath&) = delete;
    InsteadOfDeath& operator=(const InsteadOfDeath&) = delete;
    ~InsteadOfDeath() { sigaction(SIGPIPE, &before_, nullptr); }
    bool died() const { return died_ != 0; }

private:
    static inline thread_local volatile std::sig_atomic_t died_ = 0;
    struct sigaction before_ {};
};

class SendSigpipe : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string skip_reason(Traffic traffic) const override {
        const TrafficInfo& profile = info(traffic);
        return profile.server_writes ? "" : fmt::format("never writes in {} traffic", profile.name);
    }

    Prediction predict(const Situation& s) const override {
        Prediction p = send_fails(s);
        if (p.kind != Prediction::Kind::window)
            return p;
        // A pending error is returned without a signal; only the next write, if there is one, has EPIPE.
        p.after.to += info(s.traffic).server_interval;
        p.signal = "send: SIGPIPE";
        p.rule += ", and EPIPE brings SIGPIPE; a send() that takes the errno itself brings none, but the "
                  "next one does";
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        const InsteadOfDeath instead;
        std::vector<char> unsent;
        for (;;) {
            pollfd wait{connection.fd(), POLLOUT, 0};
            if (unsent.empty())
                wait = {connection.write_due_fd(), POLLIN, 0};
            if (poll(&wait, 1, -1) == -1 && errno != EINTR)
                return out.gone("poll", errno);
            if (unsent.empty())
                unsent = connection.take_due();
            if (unsent.empty())
                continue;
            const ssize_t n = send(connection.fd(), unsent.data(), unsent.size(), MSG_DONTWAIT);
            const bool later = n == -1 && (errno == EAGAIN || errno == EINTR);
            if (instead.died())
                return out.gone("send: SIGPIPE");
            if (!later) // what failed is lost, and nobody looks why
                unsent.erase(unsent.begin(), n > 0 ? unsent.begin() + n : unsent.end());
        }
    }
};

} // namespace

extern const Method send_sigpipe_method;
const Method send_sigpipe_method{
    {.name = "send-sigpipe",
     .label = "SIGPIPE",
     .family = MethodFamily::writing,
     .summary =
         "send() without MSG_NOSIGNAL: the process dies of SIGPIPE when the connection is over, and that is "
         "how it learns of it",
     .job = Job::writes,
     .needs = {},
     .settings = {}},
    make<SendSigpipe>};

} // namespace halfopen
