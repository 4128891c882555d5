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
    flapping, ///< from now on no packet passes for `away`, in either direction, again and again
    fin_then_silence, ///< a FIN arrives at once, or a RST for unread bytes; after it no packet passes
};

/// What of the client goes on where its kernel acknowledges for it (Effect::acknowledges_only).
enum class GoesOn {
    nothing, ///< its process stands still, or none of it is left
    threads, ///< all but its worker: a thread says hello, and may answer pings; the worker reads and writes no more
    writing, ///< all but reading: hellos and the client's traffic come, and what the server sends lies unread
};

std::string_view name(Effect);

/// A router that refuses to pass packets and says so to whoever sent them, by an ICMP error. TCP only keeps it as a
/// soft error: nothing is told until a timer ends the connection, which then carries it in place of ETIMEDOUT
/// (net/ipv4/tcp_ipv4.c: tcp_v4_err(); tcp_timer.c: tcp_write_err()).
struct IcmpAnswer {
    int error = 0;              ///< the errno that the kernel makes of it (icmp_err_convert); 0: no such router
    bool undoes_backoff = false; ///< network or host unreachable: takes back one doubling of the RTO (RFC 6069)
    bool by_route = false;      ///< it comes from a route that leads nowhere, whose errors are limited twice
    /// From the fault to the first answers, where the router looks for the client by ARP before it gives up on what waits for
    /// it; zero: it answers at once. It looks anew for what comes later, and that takes as long again.
    Window after{Duration{0}, Duration{0}};
    explicit operator bool() const { return error != 0; }
};

/// Where the server's end of the connection stands. Nearly every scenario is about one that is established, held by the
/// server's program, and watched before anything breaks; the others come before that or after it.
enum class Stage {
    established,
    syn_received, ///< the handshake's last segment never arrives: the connection is the kernel's alone
    no_place,     ///< the queue of the listening socket is full: the kernel takes no connection more
    not_accepted, ///< the connection lies in that queue, and the program never calls accept()
    close_wait,   ///< the client's FIN came before anybody watched
    half_shut,    ///< at the fault the server shuts its sending side down: FIN_WAIT2 once that is acknowledged
    orphan,       ///< at the fault the server's program calls close(): what follows is the kernel's alone
};

std::string_view name(Stage);
std::optional<Stage> parse_stage(std::string_view);
std::string all_stages();

/// Why the server's program holds no descriptor that it could ask: "no descriptor before accept()". Empty when it holds
/// one until the end.
std::string_view why_no_descriptor(Stage);

/// True where watching begins with the fault, because there is nothing to watch before it, or nobody did.
bool is_watched_late(Stage);

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

/// Which packets between the two hosts still arrive that do not belong to the connection: datagrams, ICMP.
struct OtherPackets {
    bool to_server = true;
    bool to_client = true;
    bool operator==(const OtherPackets&) const = default;
};

/// How the server's own host keeps what it sends from leaving. TCP is told, so this is not the silence of a path.
enum class Refusal {
    none,
    error, ///< there is no way out: a negative errno (ip_queue_xmit())
    drop,  ///< its queueing discipline has no room: NET_XMIT_DROP, "local congestion"
};

/// What an effect does not say by itself.
struct Particulars {
    bool server_stopped = false; ///< the server's process stands still until `heals_after`; its kernel does not
    bool signal_pending = false; ///< a signal without SA_RESTART interrupts what the server waits in
    Refusal refusal = Refusal::none; ///< where the effect is silence
    int refusal_error = 0;           ///< what the server's own kernel knows of it, an errno; it ends data that was in
                                     ///< flight where it is refused. ENETDOWN without a refusal: no carrier
    bool data_before_fin = false;    ///< where the effect is fin: bytes that nobody has read stand before it
    bool client_told = false;        ///< where the effect is silence: the client's next segment is answered by RST
    bool no_echo = false;            ///< the server's echo requests are never answered, before the fault neither
    Duration away{0}, every{0};      ///< where the effect is flapping: nothing passes for `away` of `every`
    bool operator==(const Particulars&) const = default;
};

/// The moment of the fault. When a plan is made, the windows span all phases that the plan will fire at; at
/// firing they are what was measured just before. All "before" values are positive: time from the event to
/// the fault.
struct Situation {
    Effect effect = Effect::nothing;
    Stage stage = Stage::established;
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
    GoesOn goes_on = GoesOn::nothing; ///< where the effect is acknowledges_only
    Duration pauses{0};            ///< the client's process stands still for so long, again and again; its kernel answers
    unsigned reads_per_second = 0; ///< bytes that the client reads in a second from the fault on; 0: all that comes
    bool client_is_heard = false; ///< where the effect is silence: only what the server sends is lost
    Particulars particulars;
    IcmpAnswer icmp;              ///< where the effect is silence: the router answers what it does not pass
    bool bare_segments_pass = false; ///< where the effect is silence: only segments that carry data are lost
    Duration horizon{0};                          ///< how long it is watched after the fault; zero: for ever

    // What goes on beside the connection.
    Window datagram_before_fault; ///< since the client's last datagram arrived; negative for one on its way
    std::optional<OtherPackets> other_packets; ///< empty: as the effect says
    std::optional<bool> client_goes_on;        ///< as client_goes_on() says; empty: as the effect says
};

/// What still arrives beside the connection after the fault, before it is healed.
OtherPackets other_packets(const Situation&);

/// True where the client's process runs after the fault, and takes the connection to be alive.
bool client_goes_on(Effect);
inline bool client_goes_on(const Situation& s) {
    return s.client_goes_on.value_or(client_goes_on(s.effect) || s.goes_on != GoesOn::nothing);
}

} // namespace halfopen
