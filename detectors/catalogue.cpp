// The catalogue of detectors. To add a method, add one line to the list: its file's name. The list is
// explicit because an object of a static library that registers itself is dropped by the linker when nobody
// names it.

#include <array>

#include "detectors/detector.h"

// The rows of every report, in order: the five laws as stated and done right, other methods, folklore, the
// control.
#define HALFOPEN_METHODS(METHOD)                                                                             \
    METHOD(recv_as_stated)                                                                                   \
    METHOD(recv)                                                                                             \
    METHOD(tcp_info_as_stated)                                                                               \
    METHOD(tcp_info)                                                                                         \
    METHOD(select_as_stated)                                                                                 \
    METHOD(select)                                                                                           \
    METHOD(keepalive)                                                                                        \
    METHOD(keepalive_user_timeout)                                                                           \
    METHOD(heartbeat)                                                                                        \
    METHOD(ping_pong)                                                                                        \
    METHOD(user_timeout)                                                                                     \
    METHOD(poll)                                                                                             \
    METHOD(epoll_edge_rdhup)                                                                                 \
    METHOD(recv_any_error)                                                                                   \
    METHOD(send_error)                                                                                       \
    METHOD(recv_timeout)                                                                                     \
    METHOD(recv_nonblocking)                                                                                 \
    METHOD(peek)                                                                                             \
    METHOD(eof_then_write)                                                                                   \
    METHOD(error_queue)                                                                                      \
    METHOD(so_error)                                                                                         \
    METHOD(poll_rdhup)                                                                                       \
    METHOD(poll_nothing)                                                                                     \
    METHOD(epoll)                                                                                            \
    METHOD(epoll_not_reading)                                                                                \
    METHOD(sigio)                                                                                            \
    METHOD(uring_recv)                                                                                       \
    METHOD(uring_recv_multishot)                                                                             \
    METHOD(uring_poll)                                                                                       \
    METHOD(send_sigpipe)                                                                                     \
    METHOD(send_timeout)                                                                                     \
    METHOD(siocoutq)                                                                                         \
    METHOD(notsent_bytes)                                                                                    \
    METHOD(retries2)                                                                                         \
    METHOD(rto_max)                                                                                          \
    METHOD(proc_net_tcp)                                                                                     \
    METHOD(sock_diag)                                                                                        \
    METHOD(conntrack_events)                                                                                 \
    METHOD(diag_destroy_events)                                                                              \
    METHOD(bpf_state)                                                                                        \
    METHOD(bpf_retransmit)                                                                                   \
    METHOD(link_events)                                                                                      \
    METHOD(nstat)                                                                                            \
    METHOD(read_idle_ping)                                                                                   \
    METHOD(ping_unless_busy)                                                                                 \
    METHOD(request_deadline)                                                                                 \
    METHOD(chen_nfd_e)                                                                                       \
    METHOD(jacobson)                                                                                         \
    METHOD(phi_accrual)                                                                                      \
    METHOD(second_channel)                                                                                   \
    METHOD(icmp_echo)                                                                                        \
    METHOD(getpeername)                                                                                      \
    METHOD(send_zero)                                                                                        \
    METHOD(recv_zero)                                                                                        \
    METHOD(fionread)                                                                                         \
    METHOD(fd_valid)                                                                                         \
    METHOD(so_error_zero)                                                                                    \
    METHOD(writable_means_alive)                                                                             \
    METHOD(send_returned_means_delivered)                                                                    \
    METHOD(connect_again)                                                                                    \
    METHOD(close_wakes_recv)                                                                                 \
    METHOD(noop)

namespace halfopen {

#define DECLARE(name) extern const Method name##_method;
HALFOPEN_METHODS(DECLARE)
#undef DECLARE

std::span<const Method* const> methods() {
#define ADDRESS(name) &name##_method,
    static constexpr std::array all{HALFOPEN_METHODS(ADDRESS)};
#undef ADDRESS
    return all;
}

} // namespace halfopen
