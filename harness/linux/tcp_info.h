#pragma once
// A snapshot of TCP_INFO (tcp(7)), with units in the types.

#include <cstdint>
#include <optional>

#include "harness/base/time.h"

namespace halfopen {

struct TcpInfo {
    int state = 0;                   ///< TCP_ESTABLISHED, TCP_CLOSE_WAIT, ...
    Duration rto{0};                 ///< tcpi_rto
    Duration srtt{0};                ///< tcpi_rtt, smoothed
    unsigned unacked = 0;            ///< tcpi_unacked, segments
    unsigned notsent_bytes = 0;      ///< tcpi_notsent_bytes
    unsigned retransmits = 0;        ///< tcpi_retransmits, consecutive RTO expiries
    unsigned probes = 0;             ///< tcpi_probes, unanswered keepalive or window probes
    unsigned total_retransmits = 0;  ///< tcpi_total_retrans
    Duration last_data_received{0};  ///< tcpi_last_data_recv, since then; a jiffy coarse
    Duration last_ack_received{0};   ///< tcpi_last_ack_recv, since then; a jiffy coarse
    uint64_t bytes_received = 0;     ///< tcpi_bytes_received
    uint64_t bytes_acked = 0;        ///< tcpi_bytes_acked
    uint64_t bytes_sent = 0;         ///< tcpi_bytes_sent, with retransmissions
    uint32_t segments_sent = 0;      ///< tcpi_segs_out
};

/// Nothing when `fd` is no TCP socket.
std::optional<TcpInfo> tcp_info(int fd);
/// From the bytes of the kernel's struct tcp_info, as sock_diag(7) gives them; what an older kernel lacks is zero.
TcpInfo tcp_info_of(const void* bytes, size_t size);

} // namespace halfopen
