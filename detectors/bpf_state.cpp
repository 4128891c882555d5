// The kernel itself says when the state of a connection changes: an eBPF program on the tracepoint
// sock:inet_sock_set_state is called when a FIN or a RST has come, or a timer has given up, before anybody who waits at
// the socket is woken up.
//
// It knows all that the socket will ever show, a little sooner, and with the errno, which nobody can take away before it
// is read. It knows nothing else: a silent client changes no state.

#include <netinet/tcp.h>
#include <poll.h>

#include "detectors/kernel_reports.h"
#include "detectors/predicting.h"

namespace halfopen {

namespace {

constexpr std::string_view tracepoint = "inet_sock_set_state";
constexpr std::string_view close_wait_event = "inet_sock_set_state: CLOSE_WAIT";

class BpfState : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override {
        return hears(socket_events(s, {}), {.eof = close_wait_event, .error_call = tracepoint});
    }

    void watch(Connection& connection, Out& out) const override {
        ReportRing ring = reports_of(connection);
        for (pollfd report{ring.fd(), POLLIN, 0};; poll(&report, 1, -1))
            while (const auto change = ring.next()) {
                if (change->to == TCP_CLOSE_WAIT && change->from != change->to)
                    return out.eof(close_wait_event);
                if (change->gave_up())
                    return out.gone(tracepoint, change->error);
            }
    }
};

} // namespace

extern const Method bpf_state_method;
const Method bpf_state_method{
    {.name = "bpf-state",
     .label = "eBPF: state",
     .family = MethodFamily::outside,
     .summary = "an eBPF program at the tracepoint inet_sock_set_state: CLOSE_WAIT is the end of what the client sends, "
                "CLOSE with an errno means gone",
     .job = Job::neither,
     .needs = {"root", "eBPF"},
     .settings = {}},
    make<BpfState>};

} // namespace halfopen
