#include "harness/linux/tcp_info.h"

#include <algorithm>
#include <cstring>

// The kernel's own header has the fields after tcpi_total_retrans; glibc's <netinet/tcp.h> stops there.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace halfopen {

std::optional<TcpInfo> tcp_info(int fd) {
    struct tcp_info raw {};
    socklen_t size = sizeof raw;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &raw, &size) != 0) return std::nullopt;
    return tcp_info_of(&raw, size);
}

TcpInfo tcp_info_of(const void* bytes, size_t size) {
    struct tcp_info raw {};
    std::memcpy(&raw, bytes, std::min(size, sizeof raw));
    using std::chrono::microseconds, std::chrono::milliseconds;
    TcpInfo info;
    info.state = raw.tcpi_state;
    info.rto = microseconds{raw.tcpi_rto};
    info.srtt = microseconds{raw.tcpi_rtt};
    info.unacked = raw.tcpi_unacked;
    info.notsent_bytes = raw.tcpi_notsent_bytes;
    info.retransmits = raw.tcpi_retransmits;
    info.probes = raw.tcpi_probes;
    info.total_retransmits = raw.tcpi_total_retrans;
    info.last_data_received = milliseconds{raw.tcpi_last_data_recv};
    info.last_ack_received = milliseconds{raw.tcpi_last_ack_recv};
    info.bytes_received = raw.tcpi_bytes_received;
    info.bytes_acked = raw.tcpi_bytes_acked;
    info.bytes_sent = raw.tcpi_bytes_sent;
    info.segments_sent = raw.tcpi_segs_out;
    return info;
}

} // namespace halfopen
