// Folklore: "send() returned 100, so the client has my 100 bytes; if it had not, send() would say so."
//
// send() returns when the server's own kernel has copied the bytes (send(2)). Whether they arrive is decided
// later and told to nobody. And the belief's other half is wrong as well: fewer bytes, or EAGAIN, mean that
// the buffer is full, not that the client is gone.

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/send_error.h"

namespace halfopen {

namespace {

class SendReturnedMeansDelivered : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string skip_reason(Traffic traffic) const override { return never_writes(traffic); }

    Prediction predict(const Situation& s) const override {
        const bool piles_up =
            writes_vanish(s) || s.effect == Effect::lossy || s.effect == Effect::fin_then_silence;
        if (fills_client(s) || (s.traffic == Traffic::sending && piles_up))
            return unknown(
                "every send() is taken for a delivery until the send buffer is full, and then EAGAIN "
                "for a death; how much it holds is not known");
        Prediction p = send_fails(s);
        if (p.kind == Prediction::Kind::never && s.traffic == Traffic::one_write)
            p.rule += "; \"100 bytes sent\" is taken for \"100 bytes delivered\"";
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        for (;;) {
            pollfd due{connection.write_due_fd(), POLLIN, 0};
            if (poll(&due, 1, -1) == -1) {
                if (errno == EINTR)
                    continue;
                return out.gone("poll", errno);
            }
            const std::vector<char> bytes = connection.take_due();
            if (bytes.empty())
                continue;
            const ssize_t n = send(connection.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n == -1)
                return out.gone("send", errno);
            if (static_cast<size_t>(n) < bytes.size())
                return out.gone(fmt::format("send: {} of {} bytes", n, bytes.size()));
        }
    }
};

} // namespace

extern const Method send_returned_means_delivered_method;
const Method send_returned_means_delivered_method{
    {.name = "send-returned-means-delivered",
     .label = "send() returned all",
     .summary =
         "folklore: while send() returns as many bytes as it was given, they are taken to have reached "
         "the client",
     .job = Job::writes,
     .folklore = true,
     .needs = {},
     .settings = {}},
    make<SendReturnedMeansDelivered>};

} // namespace halfopen
