#pragma once
// From the kernel's rules to what a detector says: the small steps that the methods' predict() share.

#include "detectors/detector.h"
#include "detectors/theory/socket_events.h"

namespace halfopen {

Prediction never(std::string rule);
Prediction unknown(std::string rule);

/// What a method makes of the two kinds of events.
struct Hearing {
    std::string_view eof = "recv: 0";     ///< what it reports for a FIN
    Verdict eof_verdict = Verdict::eof;   ///< and what it takes it for
    std::string_view error_call = "recv"; ///< the call that brings an error
    Duration look{0};                     ///< it looks only every so often
};

/// The prediction of a method that says what happens on the socket, and nothing else.
Prediction hears(const SocketEvent&, const Hearing& = {});

/// A client that writes regularly may be that much off.
inline constexpr Duration client_jitter = std::chrono::milliseconds{20};

/// Whichever comes first. Where neither ever comes, the first one's reason stands.
Prediction earlier(const Prediction&, const Prediction&);

/// How long the program has been waiting for the client's next frame at the fault: since the last one, or
/// since it began to watch.
Window waited_before_fault(const Situation&);

/// poll(2) with this timeout returns up to so much late: whole milliseconds, and the kernel's own slack of a
/// thousandth, at most 100 ms (fs/select.c: select_estimate_accuracy()).
Duration poll_lateness(Duration timeout);

/// The label, and every setting that differs from its default: "TCP_INFO, interval 20 ms".
std::string label_with_changes(const Detector&);

/// True while the client goes on doing what it did before the fault.
bool client_lives(Effect);

/// True while the client says hello as before, and while it writes what its traffic profile says; a client whose worker
/// hangs, or that reads no more, still does some of it.
bool hellos_go_on(const Situation&);
bool traffic_goes_on(const Situation&);

/// True where what the server writes piles up unread at a client whose kernel acknowledges it.
bool fills_client(const Situation&);

/// True while it answers pings too: not when they wait in the stream behind a write that is lost.
bool answers_pings(const Situation&);

/// Since the last answer to a ping, of which the next is due `interval` after it: one that is due before such a write
/// is answered still.
Window last_answer(const Situation&, Window before, Duration interval);

} // namespace halfopen
