#pragma once
// What a world's roles and the supervisor share: stamps and a few words, in memory that all of them see.

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "harness/base/time.h"

namespace halfopen {

/// A short text that one process writes once and others read after its flag was set.
class SlotText {
public:
    void set(std::string_view text) {
        const size_t n = std::min(text.size(), sizeof bytes_ - 1);
        std::memcpy(bytes_, text.data(), n);
        bytes_[n] = 0;
        set_.store(true, std::memory_order_release);
    }
    bool is_set() const { return set_.load(std::memory_order_acquire); }
    std::string get() const { return is_set() ? bytes_ : ""; }

private:
    std::atomic<bool> set_{false};
    char bytes_[96] = {};
};

/// An instant that one process stamps and others read; zero until then.
class SlotInstant {
public:
    void stamp(Instant t = MonotonicClock::now()) {
        ns_.store(t.time_since_epoch().count(), std::memory_order_release);
    }
    bool is_set() const { return ns_.load(std::memory_order_acquire) != 0; }
    Instant get() const { return Instant{Duration{ns_.load(std::memory_order_acquire)}}; }

private:
    std::atomic<int64_t> ns_{0};
};

struct SlotOpinion {
    SlotInstant at;
    bool suspects = false;
};

struct Slot {
    // Written by the server role.
    SlotInstant watching;     ///< watch() is about to be called
    SlotInstant last_message; ///< a whole frame was read
    SlotInstant last_pong;
    SlotInstant last_ping;
    SlotInstant notice;       ///< the verdict was given
    std::atomic<bool> is_eof{false};
    SlotText signal;          ///< set last: whoever sees it sees the whole verdict
    SlotText traffic_saw;
    SlotText broken;          ///< an error of the harness's own in a role; the trial is invalid
    std::array<SlotOpinion, 64> opinions;
    std::atomic<unsigned> opinion_count{0};
    std::atomic<unsigned> signals_seen{0};

    // Written by the client role.
    SlotInstant last_client_send;
    SlotInstant last_datagram; ///< on the second channel, where the detector wants one
    std::atomic<bool> client_acked{false}; ///< the proof of life was acknowledged
    SlotInstant command_due;               ///< of the command that the client has been alerted to, by the supervisor
    std::atomic<int> heir{0};              ///< the child that holds the client's socket too
    // The bracket of the last command, from whichever role carried it out.
    SlotInstant command_before, command_after;
};

} // namespace halfopen
