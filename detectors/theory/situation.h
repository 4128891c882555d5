#pragma once
// What is known at the moment of the fault: all that a prediction may use.

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/outcome.h"
#include "harness/base/time.h"
#include "harness/base/traffic.h"

namespace halfopen {

/// What a failure looks like from the server's kernel. Every scenario comes down to one of these; a
/// prediction needs no more, whatever the story is.
enum class Effect {
    nothing,           ///< the client is there and answers
    signals,           ///< nothing on the wire; signals interrupt the server's system calls
    fin,               ///< a FIN arrives at once; whatever the server sends afterwards is answered by RST
    half_close,        ///< a FIN arrives at once; the client still reads and acknowledges
    reset,             ///< a RST arrives at once
    silence,           ///< from now on no packet passes, in either direction
    reset_on_send,     ///< silence, until the server sends a segment: that is answered by RST
    acknowledges_only, ///< the client's kernel acknowledges and answers probes; its process never does
    slow,  ///< packets take up to `slowest_way` each way from now on, some overtake others; none is lost
    large_lost, ///< segments that carry more than a few bytes vanish from now on; small ones pass
    lossy, ///< `loss_percent` of the packets in each direction are lost from now on, by chance
};

std::string_view name(Effect);

/// A router that refuses to pass packets and says so to whoever sent them, by an ICMP error. TCP only keeps it as a
/// soft error: nothing is told until a timer ends the connection, which then carries it in place of ETIMEDOUT
/// (net/ipv4/tcp_ipv4.c: tcp_v4_err(); tcp_timer.c: tcp_write_err()).
struct IcmpAnswer {
    int error = 0;              ///< the errno that the kernel makes of it (icmp_err_convert); 0: no such router
    bool undoes_backoff = false; ///< network or host unreachable: takes back one doubling of the RTO (RFC 6069)
    bool by_route = false;      ///< it comes from a route that leads nowhere, whose errors are limited twice
    explicit operator bool() const { return error != 0; }
};

/// The facts about the server's kernel that TCP's timers depend on. Defaults are those of Linux, except hz.
struct KernelFacts {
    int hz = 250;                                        ///< 1 s / clock_getres(CLOCK_MONOTONIC_COARSE)
    Duration keepalive_time = std::chrono::hours{2};     ///< net.ipv4.tcp_keepalive_time
    Duration keepalive_intvl = std::chrono::seconds{75}; ///< net.ipv4.tcp_keepalive_intvl
    int keepalive_probes = 9;                            ///< net.ipv4.tcp_keepalive_probes
    int retries2 = 15;                                   ///< net.ipv4.tcp_retries2
    Duration rto_min = std::chrono::milliseconds{200};   ///< net.ipv4.tcp_rto_min_us, TCP_RTO_MIN before 6.11
    Duration rto_max = std::chrono::seconds{120};        ///< net.ipv4.tcp_rto_max_ms, TCP_RTO_MAX before 6.15
    bool tail_loss_probe = true;                         ///< net.ipv4.tcp_early_retrans is 3 or 4
};

/// The moment of the fault. When a plan is made, the windows span all phases that the plan will fire at; at
/// firing they are what was measured just before. All "before" values are positive: time from the event to
/// the fault.
struct Situation {
    Effect effect = Effect::nothing;
    Truth truth = Truth::alive;
    Traffic traffic = Traffic::idle;
    KernelFacts kernel;

    Window segment_before_fault; ///< since the server's kernel last received a segment (keepalive's origin);
                                 ///< negative for one that is on its way, and still arrives
    Window
        message_before_fault;  ///< since the server's program last received a whole frame; negative likewise
    Window watch_before_fault; ///< since the detector began to watch
    Duration rto{std::chrono::milliseconds{204}}; ///< tcpi_rto just before the fault
    Duration srtt{std::chrono::microseconds{50}}; ///< tcpi_rtt just before the fault
    unsigned unacked = 0;                         ///< tcpi_unacked, segments sent and not acknowledged
    unsigned notsent_bytes = 0;                   ///< tcpi_notsent_bytes, queued and not sent
    Duration signal_interval{0};                  ///< between two signals, where the effect is signals
    Duration one_way{0};                          ///< the link's delay, each way, before the fault
    Duration slowest_way{0};                      ///< the longest that a packet takes each way after it
    int loss_percent = 0;                         ///< where the effect is lossy
    std::optional<Duration> heals_after;          ///< the fault is undone so long after it
    bool client_is_heard = false; ///< where the effect is silence: only what the server sends is lost
    IcmpAnswer icmp;              ///< where the effect is silence: the router answers what it does not pass
    bool bare_segments_pass = false; ///< where the effect is silence: only segments that carry data are lost
    Duration horizon{0};                          ///< how long it is watched after the fault; zero: for ever
};

} // namespace halfopen
