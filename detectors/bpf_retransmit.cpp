// The kernel itself says when it sends something again: an eBPF program on the tracepoint tcp:tcp_retransmit_skb counts
// the retransmissions since the client last acknowledged anything (snd_una). So many in a row, and the client is gone.
//
// It is tcpi_retransmits without looking: the verdict comes with the retransmission, and the tail loss probe, which
// TCP_INFO counts elsewhere, is the first of them. On an idle link nothing is sent, so nothing is sent again.

#include <poll.h>

#include <fmt/format.h>

#include "detectors/kernel_reports.h"
#include "detectors/tries.h"

namespace halfopen {

namespace {

class BpfRetransmit : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return label_with_changes(*this); }

    Prediction predict(const Situation& s) const override {
        return counts_tries(s, {.count = count(), .probe_counts = true, .hears_each = true, .signal = signal()});
    }

    void watch(Connection& connection, Out& out) const override {
        ReportRing ring = reports_of(connection);
        uint32_t acknowledged = 0;
        int in_a_row = 0;
        for (pollfd report{ring.fd(), POLLIN, 0};; poll(&report, 1, -1))
            while (const auto event = ring.next()) {
                if (event->from != event->to)
                    continue;
                in_a_row = event->acknowledged == acknowledged ? in_a_row + 1 : 1;
                acknowledged = event->acknowledged;
                if (in_a_row >= count())
                    return out.gone(signal());
            }
    }

private:
    int count() const { return settings().count("count"); }
    std::string signal() const { return fmt::format("tcp_retransmit_skb: {} in a row", count()); }
};

} // namespace

extern const Method bpf_retransmit_method;
const Method bpf_retransmit_method{
    {.name = "bpf-retransmit",
     .label = "eBPF: retransmissions",
     .family = MethodFamily::outside,
     .summary = "an eBPF program at the tracepoint tcp_retransmit_skb: count retransmissions of this connection in a row "
                "mean gone",
     .job = Job::neither,
     .needs = {"root", "eBPF"},
     .settings = {{.name = "count",
                   .fallback = "4",
                   .unit = SettingInfo::Unit::count,
                   .meaning = "so many without an acknowledgement in between",
                   .most = 15}}},
    make<BpfRetransmit>};

} // namespace halfopen
