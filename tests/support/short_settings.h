#pragma once
// Methods with settings so short that what the starter needs a minute for is over in seconds, and what they then say.

#include <string>

namespace halfopen::testing {

inline const std::string keepalive = "keepalive:idle=2s,interval=1s,count=2";
inline const std::string heartbeat = "heartbeat:interval=500ms,timeout=2s";
inline const std::string ping_pong = "ping-pong:interval=500ms,timeout=2s";
inline const std::string user_timeout = "user-timeout:timeout=2s";

inline const std::string eof = "noticed recv: 0";
inline const std::string rst = "noticed recv: ECONNRESET";
inline const std::string timeout = "noticed recv: ETIMEDOUT";
inline const std::string missed = "missed";
inline const std::string quiet = "quiet";

} // namespace halfopen::testing
