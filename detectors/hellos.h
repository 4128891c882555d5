#pragma once
// What the adaptive methods share: reading hellos, and nothing but hellos, and predicting when a missing one
// is missed.
//
// Only hellos are counted, because only they come by a beat. A detector that learned from all messages would
// learn the pace of a busy client, and convict it at its first pause.

#include <functional>

#include "detectors/detector.h"
#include "harness/base/frame.h"

namespace halfopen {

class HelloReader {
public:
    HelloReader(Connection& connection, Out& out) : connection_(connection), out_(out) {}
    enum class Heard { hello, nothing, over };
    /// Waits for the next hello until then, and reads what has arrived before it looks at the clock: if this
    /// server was stopped, the hellos wait in the socket. Over: the verdict has been given.
    Heard wait(Instant until);

private:
    Connection& connection_;
    Out& out_;
    FrameReader frames_;
    int unheard_ = 0; ///< hellos that were read together with an earlier one
};

/// How far a hello's arrival can be off its beat on a path that is well.
inline constexpr Duration off_beat = std::chrono::milliseconds{10};

/// What a method has learned at the fault from hellos that came by their beat: `limit` of their arrivals,
/// over all that is not known. That is how many there were, and how late the first was read: a server that
/// fills its buffer first begins to watch after it has come.
Window learned_limit(const Situation&, Duration interval,
                     const std::function<Duration(std::span<const Instant>)>& limit);

struct HelloLimit {
    Duration interval{0};
    Window limit; ///< from the last hello to the verdict
    std::string signal;
    std::string sum; ///< how the limit is made up, in words
};

/// From the last hello to the fault. Where the client writes other frames too, the hellos' own clock says so,
/// which began with watching.
Window hello_before_fault(const Situation&, Duration interval);

Prediction hello_missing(const Situation&, const HelloLimit&);

} // namespace halfopen
