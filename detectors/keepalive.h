#pragma once
// What both forms of law 4 share: the settings of SO_KEEPALIVE.

#include "detectors/detector.h"

namespace halfopen {

/// Idle 60 s, interval 5 s, count 3: the note's own numbers.
std::vector<SettingInfo> keepalive_settings();

/// The timers that the settings ask for. BadInput when idle or interval is no whole number of seconds.
SocketTimers keepalive_timers(const Description&, const Settings&);

/// True for the note's own numbers: only with them it is law 4.
bool are_the_notes(const SocketTimers&);

/// "60/5/3", or "system defaults" for those of Linux.
std::string keepalive_numbers(const SocketTimers&);

} // namespace halfopen
