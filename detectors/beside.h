#pragma once
// Waiting for packets that come by a beat beside the connection, and that nobody sends again when they are
// lost: datagrams, echo replies.

#include "detectors/predicting.h"

namespace halfopen {

struct Beside {
    std::string_view what; ///< what is waited for: "datagram", "echo reply"
    std::string signal;    ///< what is said when none comes
    Duration beat{0};
    Window limit;       ///< from the last one to the giving up
    Window last_before; ///< from the last one to the fault
    bool never_came = false; ///< not even before the fault
    int ways = 1;       ///< how often the path is passed for each: there, or there and back
    bool by_process = false; ///< the client's process sends it, and not its kernel
    bool ends = false;  ///< none is sent or none arrives after the fault, before it is healed
    std::string why;    ///< why they end, or go on
};

/// The prediction of a method that says nothing but that none came.
Prediction beside(const Situation&, const Beside&);

} // namespace halfopen
