#pragma once
// Reading and writing by one hand, without blocking in either: for a method that asks by itself.

#include <vector>

#include "detectors/detector.h"

namespace halfopen {

class Talk {
public:
    Talk(Connection& connection, Out& out) : connection_(connection), out_(out) {}
    /// Adds bytes to what is to be sent.
    void say(const std::vector<char>& bytes) { unsent_.insert(unsent_.end(), bytes.begin(), bytes.end()); }
    enum class Round {
        over,   ///< the connection has ended, and the verdict has been given
        busy,   ///< something was read or written, or a signal came
        waited, ///< the time is over, and nothing is left to read
    };
    /// Sends what the kernel takes, reads what has come, takes what is due, and waits until then at most.
    Round serve(Instant until);
    /// When the kernel last took bytes; the beginning before the first.
    Instant last_write() const { return last_write_; }

private:
    Connection& connection_;
    Out& out_;
    std::vector<char> unsent_;
    Instant last_write_ = MonotonicClock::now();
};

} // namespace halfopen
