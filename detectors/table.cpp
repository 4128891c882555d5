#include "detectors/table.h"

#include <fmt/format.h>

#include "detectors/theory/edges.h"
#include "detectors/theory/words.h"

namespace halfopen {

namespace {

/// The connection leaves the table, without an error to anybody.
Prediction leaves(const TableLook& t, Window after, const std::string& why) {
    Prediction p;
    p.kind = Prediction::Kind::window;
    p.after = after + at_once + Window{Duration{0}, t.look};
    p.signal = t.not_there;
    p.rule = fmt::format("{}; it looks every {}", why, plain(t.look));
    p.steps = {fmt::format("{} after the fault: the connection is in no table any more", in_seconds(after))};
    return p;
}

/// A timer fires in vain, and the table says how often.
Prediction fires_in_vain(const TableLook& t, Window after, const std::string& what) {
    if (t.tries == 0)
        return never("it does not look at timers");
    Prediction p;
    p.kind = Prediction::Kind::window;
    p.after = after + at_once + Window{Duration{0}, t.look};
    p.signal = t.tries_said;
    p.rule = fmt::format("{} is sent again for the {} time {} after the fault; it looks every {}", what, ordinal(t.tries),
                         in_seconds(after), plain(t.look));
    p.steps = {fmt::format("{} after the fault: {} again", in_seconds(after), what)};
    return p;
}

Prediction orphan(const Situation& s, const TableLook& t) {
    if (s.effect != Effect::silence)
        return leaves(t, orphan_waits_for_fin(s.kernel),
                      "the client's kernel has acknowledged the server's FIN, and an orphan waits for the client's FIN for 60 s "
                      "(net.ipv4.tcp_fin_timeout)");
    const Prediction end =
        leaves(t, orphan_given_up(s),
               "the server's FIN stays unacknowledged, and the kernel gives an orphan up after 8 retransmissions "
               "(net.ipv4.tcp_orphan_retries = 0)");
    return t.tries ? earlier(fires_in_vain(t, orphan_resends(s, t.tries), "the server's FIN"), end) : end;
}

Prediction syn_received(const Situation& s, const TableLook& t) {
    const Prediction end =
        leaves(t, synack_given_up(s.kernel),
               "the kernel answers the SYN again after 1, 3, 7, 15 and 31 s and forgets it after 63 s (net.ipv4.tcp_synack_retries "
               "= 5)");
    return t.tries && t.tries <= synack_retries ? earlier(fires_in_vain(t, synack_resent(s.kernel, t.tries), "the answer to the SYN"), end) : end;
}

} // namespace

std::optional<Prediction> sees_in_table(const Situation& s, const TableLook& t) {
    switch (s.stage) {
    case Stage::half_shut:
        return never("the state is FIN_WAIT2, which the server brought about itself, and which has no limit of time while its "
                     "program holds the socket");
    case Stage::orphan: return orphan(s, t);
    case Stage::syn_received: return syn_received(s, t);
    case Stage::no_place:
        return leaves(t, Window{}, "the kernel drops a SYN for which there is no place, and keeps nothing of it (sk_acceptq_is_full())");
    default: return std::nullopt;
    }
}

} // namespace halfopen
