#pragma once
// Waiting for messages that come by a beat, and giving up after a limit: what the methods of law 5 do, and a
// recv() with a timeout. On a path that is slow, lossy, or silent for a while, this decides whether a living
// client is convicted.

#include "detectors/predicting.h"

namespace halfopen {

struct Waiting {
    std::string_view what;                  ///< what is waited for: "hello", "pong", "message"
    std::string signal;                     ///< what is said when it does not come
    Duration beat{0};                       ///< how often it is sent
    Window limit;                           ///< from the last one to the giving up
    Window last_before;                     ///< from the last one to the fault
    bool crowded = false;                   ///< its sender writes more than that, all the time
    std::optional<Window> other_write = {}; ///< another write of its sender, which may be lost first
};

/// The prediction where the client is there and all that is wrong is the path: slow, lossy, or healed in
/// time. Nothing where it is another failure, or none.
std::optional<Prediction> waits(const Situation&, const Waiting&);

/// The prediction of a method that waits for the answer to its own question, where this server is stopped: it asked nothing
/// meanwhile, so no answer lies in its socket when it wakes. Nothing where it is another failure, or none.
std::optional<Prediction> overslept(const Situation&, const Waiting&);

} // namespace halfopen
