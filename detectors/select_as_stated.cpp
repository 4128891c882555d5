// Law 3, as the note states it: select() returns 1 and then recv() returns 0; anything else means "look
// again".
//
// A reset connection is found out at the second look only: the first recv() takes the ECONNRESET, which is
// "anything else", and from then on recv() returns 0.

#include <sys/select.h>
#include <sys/socket.h>

#include <array>

#include "detectors/descriptor_limit.h"
#include "detectors/predicting.h"

namespace halfopen {

namespace {

class SelectAsStated : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override {
        const SocketEvent event = socket_events(s, {});
        Prediction p = hears(event, {.eof_verdict = Verdict::gone});
        if (event.kind == SocketEvent::Kind::error || event.kind == SocketEvent::Kind::eof_or_error) {
            p.signal = "recv: 0";
            p.rule += "; the first recv() takes the error, and the second one returns 0";
            p.steps.push_back("recv() = -1 takes the error; at the second look recv() = 0");
        }
        if (s.effect == Effect::signals && p.kind == Prediction::Kind::never)
            p.rule = "a signal makes select() return -1 with EINTR, which is not 1: it looks again";
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        require_selectable(connection.fd());
        std::array<char, 4096> buffer;
        for (;;) {
            fd_set readable;
            FD_ZERO(&readable);
            FD_SET(connection.fd(), &readable);
            if (select(connection.fd() + 1, &readable, nullptr, nullptr, nullptr) != 1)
                continue;
            const ssize_t n = recv(connection.fd(), buffer.data(), buffer.size(), 0);
            if (n == 0)
                return out.gone("recv: 0");
            if (n > 0)
                connection.received({buffer.data(), static_cast<size_t>(n)});
        }
    }
};

} // namespace

extern const Method select_as_stated_method;
const Method select_as_stated_method{
    {.name = "select-as-stated",
     .label = "select()",
     .summary = "select() = 1 and then recv() = 0 means gone; everything else means \"look again\"",
     .law = 3,
     .form = Form::as_stated,
     .needs = {},
     .settings = {}},
    make<SelectAsStated>};

} // namespace halfopen
