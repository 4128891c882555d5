// net.ipv4.tcp_retries2, lowered for the whole network namespace: how long the kernel goes on sending what
// nobody acknowledges. Whatever its name says, it counts no retransmissions: it is a time, computed from a
// constant 200 ms (net/ipv4/tcp_timer.c: tcp_model_timeout()).
//
// A server need not be changed for it, and every connection on the machine is.

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/recv.h"

namespace halfopen {

namespace {

class Retries2 : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return fmt::format("tcp_retries2 = {}", count()); }

    Timing timing() const override {
        return {.anchor = "", .limit = retransmission_budget(count(), KernelFacts{}.rto_max)};
    }

    KernelParameters kernel_parameters() const override {
        return {{"net.ipv4.tcp_retries2", std::to_string(count())}};
    }

    // The situation's kernel has what was asked for.
    Prediction predict(const Situation& s) const override { return hears(socket_events(s, {})); }

    void watch(Connection& connection, Out& out) const override {
        while (receive(connection, out)) {
        }
    }

private:
    int count() const { return settings().count("count"); }
};

} // namespace

extern const Method retries2_method;
const Method retries2_method{
    {.name = "retries2",
     .label = "tcp_retries2",
     .family = MethodFamily::timers,
     .summary = "net.ipv4.tcp_retries2, lowered for the whole namespace: recv() fails when written data stays "
                "unacknowledged for the time that it stands for",
     .needs = {},
     .settings = {{.name = "count",
                   .fallback = "8",
                   .unit = SettingInfo::Unit::count,
                   .meaning = "net.ipv4.tcp_retries2",
                   .least = 2, // 1 ends healthy connections with a shut window: see the page
                   .most = 255}}},
    make<Retries2>};

} // namespace halfopen
