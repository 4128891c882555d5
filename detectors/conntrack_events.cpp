// Connection tracking on the server's own host, as a stateful firewall there has it: ctnetlink's multicast tells of every
// change of a tracked connection. A FIN or a RST in either direction moves the tracker's state machine, and whoever
// listens hears it at once, without touching the socket.
//
// The tracker is a bystander: it sees the packets that pass this host, and guesses the rest by timers of its own, five
// days for a connection that is idle. Of a client that is silent it hears nothing, and when an entry goes in the end,
// that says that the *firewall* has forgotten the connection, which may be well: so that is no verdict here.

#include <arpa/inet.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netlink/attr.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <optional>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "detectors/theory/wheel.h"
#include "harness/base/error.h"
#include "harness/linux/conntrack.h"
#include "harness/linux/fd.h"

namespace halfopen {

namespace {

constexpr std::string_view fin_seen = "conntrack: FIN_WAIT";
constexpr std::string_view closed = "conntrack: CLOSE";

Fd listen_to_tracker() {
    Fd fd{check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), "opening a ctnetlink socket")};
    sockaddr_nl local{};
    local.nl_family = AF_NETLINK;
    check(bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local), "binding a ctnetlink socket");
    const int updates = NFNLGRP_CONNTRACK_UPDATE;
    check(setsockopt(fd.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &updates, sizeof updates), "joining ctnetlink's group");
    return fd;
}

nlattr* inside(nlattr* in, int type) { return in ? nla_find(static_cast<nlattr*>(nla_data(in)), nla_len(in), type) : nullptr; }

/// The state that one message tells of the connection whose client has this port: TCP_CONNTRACK_... Nothing when it is
/// about another, or about something else than the state.
std::optional<uint8_t> state_of(nlmsghdr* h, in_port_t client_port) {
    auto* first = reinterpret_cast<nlattr*>(static_cast<char*>(NLMSG_DATA(h)) + NLMSG_ALIGN(sizeof(nfgenmsg)));
    const auto length = static_cast<int>(h->nlmsg_len - NLMSG_LENGTH(NLMSG_ALIGN(sizeof(nfgenmsg))));
    // The client is whose SYN was seen.
    nlattr* port = inside(inside(nla_find(first, length, CTA_TUPLE_ORIG), CTA_TUPLE_PROTO), CTA_PROTO_SRC_PORT);
    if (!port || nla_get_u16(port) != client_port) return std::nullopt;
    nlattr* state = inside(inside(nla_find(first, length, CTA_PROTOINFO), CTA_PROTOINFO_TCP), CTA_PROTOINFO_TCP_STATE);
    return state ? std::optional(nla_get_u8(state)) : std::nullopt;
}

class ConntrackEvents : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    /// A rule that asks for the state of a connection is what turns tracking on in a network namespace.
    std::string packet_filter() const override {
        return "table ip track { chain in { type filter hook input priority filter; ct state established accept; }; }";
    }

    /// By default a connection that was there before anybody listened is never announced (2, since Linux 5.19).
    KernelParameters kernel_parameters() const override { return {{"net.netfilter.nf_conntrack_events", "1"}}; }

    std::string why_not_here() const override {
        try {
            ConntrackTable().count();
        } catch (const Error&) {
            return "this kernel has no ctnetlink (module nf_conntrack_netlink)";
        }
        return {};
    }

    Prediction predict(const Situation& s) const override {
        const SocketEvent event = socket_events(s, {});
        Prediction p = hears(event, {.eof = fin_seen});
        if (s.stage == Stage::half_shut) {
            p.kind = Prediction::Kind::window;
            p.verdict = Verdict::eof;
            p.after = at_once;
            p.signal = fin_seen;
            p.rule = "the tracker does not say whose FIN it saw; this one is the server's own";
        }
        if (s.stage == Stage::close_wait) {
            p.after.to += delayed_ack_most;
            p.rule += "; it came before anybody listened, and what is announced then is the server's own acknowledgement of it, "
                      "which may be delayed";
        }
        if (event.kind == SocketEvent::Kind::error && event.error != ECONNRESET)
            return never("a timer of the server's own kernel sends nothing when it gives up, so the tracker sees nothing");
        if (event.kind == SocketEvent::Kind::error)
            p.signal = closed;
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        sockaddr_in client{};
        socklen_t size = sizeof client;
        check(getpeername(connection.fd(), reinterpret_cast<sockaddr*>(&client), &size), "asking for the client's address");
        const Fd events = listen_to_tracker();
        for (pollfd event{events.get(), POLLIN, 0};; poll(&event, 1, -1)) {
            alignas(nlmsghdr) std::array<char, 8192> buffer;
            ssize_t left = recv(events.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            for (auto* h = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
                const auto state = state_of(h, client.sin_port);
                if (state == TCP_CONNTRACK_CLOSE)
                    return out.gone(closed);
                if (state == TCP_CONNTRACK_FIN_WAIT || state == TCP_CONNTRACK_CLOSE_WAIT)
                    return out.eof(fin_seen);
            }
        }
    }
};

} // namespace

extern const Method conntrack_events_method;
const Method conntrack_events_method{
    {.name = "conntrack-events",
     .label = "conntrack events",
     .family = MethodFamily::outside,
     .summary = "listens to ctnetlink on the server's host, whose packet filter tracks connections: FIN_WAIT is the end "
                "of what the client sends, CLOSE means gone",
     .job = Job::neither,
     .needs = {"module nf_conntrack", "module nf_conntrack_netlink", "module nft_ct"},
     .settings = {}},
    make<ConntrackEvents>};

} // namespace halfopen
