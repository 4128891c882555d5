#pragma once
// When the server's kernel puts an event on the socket, and which: everything that a method can notice by
// asking the socket, whatever the call is.

#include <optional>
#include <string>
#include <vector>

#include "detectors/theory/retransmission.h"
#include "detectors/theory/socket_timers.h"

namespace halfopen {

struct SocketEvent {
    enum class Kind {
        never,
        eof,          ///< the client's FIN
        error,        ///< the connection ends with `error`
        eof_or_error, ///< one of both, whichever wins a race
        unknown,      ///< no rule that we know covers this
    };
    Kind kind = Kind::never;
    int error = 0;                  ///< ETIMEDOUT or ECONNRESET for an error
    Window after;                   ///< from the fault; negative when the socket died before it
    std::string rule;               ///< one sentence with its numbers, or why never
    std::vector<std::string> steps; ///< the same, timer by timer

    static SocketEvent never(std::string rule) { return {Kind::never, 0, {}, std::move(rule), {}}; }
    static SocketEvent unknown(std::string rule) { return {Kind::unknown, 0, {}, std::move(rule), {}}; }
};

/// Between the arrival of a packet and the program's waking.
inline constexpr Window at_once{Duration{0}, std::chrono::milliseconds{10}};

/// The same for a packet that leaves the client at the fault.
inline Window arrival(const Situation& s) { return at_once + Window{s.one_way, s.one_way}; }

/// What happens on the socket in a situation whose kernel timers are `timers`. `own_write` is when the
/// detector itself writes next after the fault, for one that writes more than its traffic profile does.
SocketEvent socket_events(const Situation&, const SocketTimers& timers,
                          std::optional<Window> own_write = std::nullopt);

/// What waits to be acknowledged, as the retransmission rules want it.
Flight flight_of(const Situation&);

/// From the unanswered write to its n-th retransmission.
Window retransmission_of(const Situation&, int n);

/// From its first retransmission to the end of the connection: giving_up() of what is in flight.
Window giving_up_of(const Situation&, Duration user_timeout);

/// When the server writes what will stay unanswered, from the fault; negative for what is in flight already.
/// Nothing when it writes nothing.
std::optional<Window> unanswered_write_of(const Situation&, std::optional<Window> own_write);

/// When the server's profile writes next after the fault; nothing when it does not.
std::optional<Window> next_write_of(const Situation&, std::optional<Window> own_write = std::nullopt);

/// What the traffic profile writes reaches nobody any more, though other things may.
inline bool writes_vanish(const Situation& s) {
    return s.effect == Effect::silence || s.effect == Effect::large_lost;
}

/// How long before the fault the window closed under `buffer-full`: the buffer is filled when watching
/// begins.
Window window_closed_before(const Situation&);

/// Whichever comes first.
SocketEvent earlier(const SocketEvent&, const SocketEvent&);

} // namespace halfopen
