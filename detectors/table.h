#pragma once
// Methods that look the connection up in the kernel's tables, as ss and netstat do: they need no descriptor, so they see
// what comes before accept() and after close() too.

#include <optional>
#include <string>

#include "detectors/predicting.h"

namespace halfopen {

/// What such a method says, and of what.
struct TableLook {
    Duration look{0};           ///< how often it looks
    std::string_view not_there; ///< what it says when the connection is in no table
    int tries = 0;              ///< a timer that fired so often in vain convicts; 0: it does not look at that
    std::string tries_said = {};
};

/// The prediction where the server's end is not established, or not for long (Situation::stage). Nothing where the events on
/// the socket decide as ever.
std::optional<Prediction> sees_in_table(const Situation&, const TableLook&);

} // namespace halfopen
