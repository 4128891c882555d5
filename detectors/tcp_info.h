#pragma once
// What both forms of law 2 share: reading TCP_INFO, and predicting somebody who only looks now and then.

#include <netinet/tcp.h>

#include "detectors/predicting.h"

namespace halfopen {

/// getsockopt(TCP_INFO); tcp(7), include/uapi/linux/tcp.h.
::tcp_info read_tcp_info(int fd);

/// "CLOSE_WAIT".
std::string_view state_name(int tcpi_state);

/// What looking at tcpi_state every `interval` finds, for a method that takes CLOSE_WAIT for `eof_verdict`.
Prediction sees_state(const Situation&, Duration interval, Verdict eof_verdict);

} // namespace halfopen
