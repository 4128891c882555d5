// Law 1 without its exception: whatever recv() returns other than bytes means gone. Often seen, because the
// code is one line shorter. Any signal handler that was installed without SA_RESTART makes it convict a
// healthy client (signal(7), "Interruption of system calls").

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/theory/words.h"

namespace halfopen {

namespace {

class RecvAnyError : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override {
        if (s.particulars.signal_pending)
            return interrupted(s);
        if (s.effect != Effect::signals)
            return hears(socket_events(s, {}), {.eof_verdict = Verdict::gone});
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = Window{Duration{0}, s.signal_interval} + at_once;
        p.signal = "recv: EINTR";
        p.rule =
            "the first signal ends recv() with EINTR, which says nothing about the client but counts here";
        p.steps = {fmt::format("{} after the fault: a signal without SA_RESTART, recv() = -1, EINTR",
                               in_seconds(p.after))};
        return p;
    }

    /// A recv() that is interrupted returns before it looks at the socket again (tcp_recvmsg_locked(), sk_wait_data()).
    static Prediction interrupted(const Situation& s) {
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = arrival(s);
        p.signal = "recv: EINTR";
        p.rule = "the signal ends recv() with EINTR before it sees the FIN: right, for a wrong reason";
        p.steps = {"0 s: FIN and signal are both there; recv() = -1, EINTR"};
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        std::array<char, 4096> buffer;
        for (;;) {
            const ssize_t n = recv(connection.fd(), buffer.data(), buffer.size(), 0);
            if (n == 0)
                return out.gone("recv: 0");
            if (n == -1)
                return out.gone("recv", errno);
            connection.received({buffer.data(), static_cast<size_t>(n)});
        }
    }
};

} // namespace

extern const Method recv_any_error_method;
const Method recv_any_error_method{{.name = "recv-any-error",
                                    .label = "recv(), any error",
                                    .summary =
                                        "recv() <= 0 means gone, whatever errno says: EINTR and EAGAIN "
                                        "convict too",
                                    .needs = {},
                                    .settings = {}},
                                   make<RecvAnyError>};

} // namespace halfopen
