// Looking the connection up from outside, as `ss -tno` does: sock_diag(7) gives the state of every TCP
// socket, the timer that is armed on it, and how often that timer has fired in vain. No descriptor is needed.
//
// It sees what TCP_INFO sees, and is as blind on an idle link: no timer is armed there. A connection that has
// ended is not in the table any more, though the program still holds its socket.

#include <netinet/tcp.h>

#include <optional>

#include <fmt/format.h>

#include "detectors/table.h"
#include "harness/base/error.h"
#include "harness/linux/socket_table.h"

namespace halfopen {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view close_wait_in_table = "sock_diag: CLOSE-WAIT";
constexpr std::string_view not_there = "sock_diag: not there";

class SockDiag : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    std::string label() const override { return label_with_changes(*this); }

    Timing timing() const override { return {.anchor = "last look", .period = interval()}; }

    /// The same fields as TCP_INFO's, so what that method finds, this one finds; a timer fires in vain when
    /// tcpi_retransmits or tcpi_probes grows (net/ipv4/inet_diag.c: inet_sk_diag_fill()).
    Prediction predict(const Situation& s) const override {
        if (const auto edge = sees_in_table(s, {interval(), not_there, tries(), said(tries())}))
            return *edge;
        const std::string_view for_ever = "1000h";
        const auto inside =
            make_detector(fmt::format("tcp-info:interval={},retransmits={},probes={},timeout={}",
                                      spell(interval()), tries(), tries(), for_ever));
        Prediction p = inside->predict(s);
        if (p.signal.empty())
            return p;
        p.signal = p.verdict == Verdict::eof     ? std::string(close_wait_in_table)
                   : p.signal.ends_with("CLOSE") ? std::string(not_there)
                                                 : said(tries());
        // Local congestion is tried every half second, so a look may find more than it waits for.
        if (s.particulars.refusal == Refusal::drop && p.signal == said(tries()))
            p.signal.clear();
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        const auto ends = connection.ends();
        if (!ends)
            return out.gone(not_there);
        const SocketTable table;
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            const auto socket = table.find(ends->server, ends->client);
            if (!socket)
                return out.gone(not_there);
            if (socket->state == TCP_CLOSE_WAIT)
                return out.eof(close_wait_in_table);
            if (static_cast<int>(socket->tries) >= tries())
                return out.gone(said(static_cast<int>(socket->tries)));
        }
    }

private:
    Duration interval() const { return settings().duration("interval"); }
    int tries() const { return settings().count("count"); }
    static std::string said(int tries) { return fmt::format("sock_diag: {} tries", tries); }
};

} // namespace

extern const Method sock_diag_method;
const Method sock_diag_method{
    {.name = "sock-diag",
     .label = "sock_diag",
     .family = MethodFamily::outside,
     .summary = "asks sock_diag(7) every interval, as ss does: CLOSE-WAIT is the end of what the client "
                "sends; not in "
                "the table, or a timer that fired count times in vain, means gone",
     .job = Job::neither,
     .outside = true,
     .needs = {},
     .settings = {{.name = "interval", .fallback = "1s", .meaning = "how often it looks", .least = 1'000'000},
                  {.name = "count",
                   .fallback = "3",
                   .unit = SettingInfo::Unit::count,
                   .meaning = "so many retransmissions or probes in a row without an answer",
                   .most = 15}}},
    make<SockDiag>};

} // namespace halfopen
