#pragma once
// A silence that ends: the path is healed, and whoever tries again after that is answered.
//
// Healing alone tells nobody. What was lost goes on at the next retransmission, and those back off, so the
// connection stands still for up to about twice the outage (RFC 6298, 5.5). And a connection whose last try
// came before the healing ends all the same, on a path that is well again: between the last try and the end
// nothing is sent (net/ipv4/tcp_timer.c: tcp_keepalive_timer(), tcp_write_timeout()).

#include "detectors/theory/socket_events.h"

namespace halfopen {

/// The healing comes so much late at most; a trial in which it is later is invalid.
inline constexpr Duration healed_late = std::chrono::milliseconds{20};

/// True for a silence that is healed, and for a stop of the client's process that is: the same to whoever waits for its
/// messages.
inline bool is_outage(const Situation& s) {
    return s.heals_after && (s.effect == Effect::silence || s.effect == Effect::acknowledges_only);
}

/// When a write that was lost at `lost`, from the fault, is delivered: at the first of its retransmissions
/// after the healing, or by the writes that follow it, where they do.
Window delivered(const Situation&, const Flight&, Window lost);

/// What happens on the socket.
SocketEvent outage(const Situation&, const SocketTimers&, std::optional<Window> own_write);

/// Whether somebody who waits for the next message of a writer gives up during the outage or soon after it,
/// because the message comes later than his limit.
struct Wait {
    enum class Ends { in_time, too_late, either };
    Ends ends = Ends::either;
    Window delivered; ///< when the next message comes, from the fault
    Window gives_up;  ///< when he does, where it is too late
};
/// The last message came `last_before` the fault, the writer writes every `beat`, and `limit` is how long the
/// waiting lasts since that message. `crowded` as in Flight; `other_write` is another write of his, which may
/// be lost first.
Wait wait_out(const Situation&, Window last_before, Duration beat, Window limit, bool crowded,
              std::optional<Window> other_write = std::nullopt);

} // namespace halfopen
