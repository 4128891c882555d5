#pragma once
// Methods that count how often the kernel has sent the same bytes again: tcpi_retransmits, the host's counter of
// timeouts, an eBPF program at the retransmission itself.

#include "detectors/predicting.h"

namespace halfopen {

/// How a method counts.
struct Tries {
    int count = 1;             ///< it says gone at so many
    bool probe_counts = false; ///< the tail loss probe is one of them
    bool adds_up = false;      ///< an answer does not begin the count anew
    bool hears_each = false;   ///< the one that is answered counts too; who only looks finds it answered
    Duration look{0};          ///< it looks only every so often; zero: it hears each
    std::string signal;
};

/// The prediction of such a method: on a dead path from the write that nobody acknowledges, on a slow or lossy one by
/// what may have to be sent again. Never, where nothing has to be.
Prediction counts_tries(const Situation&, const Tries&);

} // namespace halfopen
