#include "harness/linux/socket_table.h"

#include <array>
#include <cstring>

#include <linux/tcp.h>
#include <sys/socket.h>

#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/linux/diag_request.h"

namespace halfopen {

namespace {

constexpr uint32_t all_states = ~0U;
// TCP_LISTEN of <netinet/tcp.h>, which cannot stand beside <linux/tcp.h>.
constexpr int listening = 10;

Fd diag_socket() {
    return Fd{check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), "opening a sock_diag socket")};
}

/// The IPv4 address in a field of inet_diag. The two IPv6 addresses that have no IPv4 in them and yet occur without
/// IPv6 in the network become what they amount to: any, and the loopback.
Ipv4 address_of(unsigned char family, const uint32_t (&field)[4]) {
    Ipv4 address;
    if (family == AF_INET6 && field[0] == 0 && field[1] == 0 && field[2] == 0 && field[3] == htonl(1)) return loopback_address;
    std::memcpy(address.bytes.data(), &field[family == AF_INET ? 0 : 3], 4);
    return address;
}

TcpSocket socket_of(const inet_diag_msg& m) {
    TcpSocket s;
    s.local = {address_of(m.idiag_family, m.id.idiag_src), ntohs(m.id.idiag_sport)};
    s.remote = {address_of(m.idiag_family, m.id.idiag_dst), ntohs(m.id.idiag_dport)};
    s.state = m.idiag_state;
    s.inode = m.idiag_inode;
    s.cookie = (static_cast<uint64_t>(m.id.idiag_cookie[1]) << 32) | m.id.idiag_cookie[0];
    s.receive_queue = m.idiag_rqueue;
    s.send_queue = m.idiag_wqueue;
    s.timer = static_cast<TcpTimer>(std::min<unsigned>(m.idiag_timer, 4));
    s.timer_left = std::chrono::milliseconds{m.idiag_expires};
    s.tries = m.idiag_retrans;
    return s;
}

/// One socket of a dump with its attributes.
TcpSocket read_socket(const nlmsghdr& header) {
    const auto* m = static_cast<const inet_diag_msg*>(NLMSG_DATA(&header));
    TcpSocket s = socket_of(*m);
    const auto* attribute = reinterpret_cast<const nlattr*>(reinterpret_cast<const char*>(m) + NLMSG_ALIGN(sizeof *m));
    auto left = static_cast<long>(header.nlmsg_len) - static_cast<long>(NLMSG_LENGTH(NLMSG_ALIGN(sizeof *m)));
    for (; left >= static_cast<long>(sizeof(nlattr)) && attribute->nla_len >= sizeof(nlattr) && attribute->nla_len <= left;) {
        if (attribute->nla_type == INET_DIAG_INFO)
            s.info = tcp_info_of(reinterpret_cast<const char*>(attribute) + NLA_HDRLEN, attribute->nla_len - static_cast<size_t>(NLA_HDRLEN));
        left -= NLA_ALIGN(attribute->nla_len);
        attribute = reinterpret_cast<const nlattr*>(reinterpret_cast<const char*>(attribute) + NLA_ALIGN(attribute->nla_len));
    }
    return s;
}

/// As ss(8) spells it.
std::string_view timer_name(TcpTimer timer) {
    constexpr std::array<std::string_view, 5> names{"off", "on", "keepalive", "timewait", "persist"};
    return names[static_cast<size_t>(timer)];
}

/// "119min", "4.2sec", "380ms": as ss(8) spells it (misc/ss.c: print_ms_timer()).
std::string ss_time(Duration d) {
    const auto ms = d / std::chrono::milliseconds{1};
    if (ms >= 60'000) return fmt::format("{}min{}", ms / 60'000, ms / 1000 % 60 ? fmt::format("{}sec", ms / 1000 % 60) : "");
    if (ms >= 1000) return fmt::format("{}.{}sec", ms / 1000, ms % 1000 / 100);
    return fmt::format("{}ms", ms);
}

} // namespace

SocketTable::SocketTable() : socket_(diag_socket()) {}

std::vector<TcpSocket> SocketTable::read() const {
    std::vector<TcpSocket> all;
    for (const unsigned char family : {AF_INET, AF_INET6}) read_family(family, all);
    return all;
}

void SocketTable::read_family(unsigned char family, std::vector<TcpSocket>& all) const {
    struct {
        nlmsghdr header;
        inet_diag_req_v2 request;
    } question{};
    question.header = {sizeof question, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 0, 0};
    question.request.sdiag_family = family;
    question.request.sdiag_protocol = IPPROTO_TCP;
    question.request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
    question.request.idiag_states = all_states;
    check(send(socket_.get(), &question, sizeof question, 0), "asking for the TCP sockets");
    alignas(nlmsghdr) std::array<char, 1 << 16> answer;
    for (;;) {
        auto left = check(recv(socket_.get(), answer.data(), answer.size(), 0), "reading the TCP sockets");
        for (auto* h = reinterpret_cast<nlmsghdr*>(answer.data()); NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
            if (h->nlmsg_type == NLMSG_DONE) return;
            if (h->nlmsg_type == NLMSG_ERROR)
                throw SystemError("reading the TCP sockets", -static_cast<const nlmsgerr*>(NLMSG_DATA(h))->error);
            all.push_back(read_socket(*h));
        }
    }
}

std::optional<TcpSocket> SocketTable::find(Endpoint local, Endpoint remote) const {
    DiagRequest ask = diag_request(SOCK_DIAG_BY_FAMILY, 0, local, remote);
    ask.request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
    check(send(socket_.get(), &ask, sizeof ask, 0), "asking for a TCP socket");
    alignas(nlmsghdr) std::array<char, 4096> answer;
    const ssize_t n = check(recv(socket_.get(), answer.data(), answer.size(), 0), "reading a TCP socket");
    const auto* h = reinterpret_cast<const nlmsghdr*>(answer.data());
    if (!NLMSG_OK(h, n)) throw Error(Exit::incomplete, "reading a TCP socket: unexpected answer");
    if (h->nlmsg_type == NLMSG_ERROR) {
        const int error = -static_cast<const nlmsgerr*>(NLMSG_DATA(h))->error;
        if (error != ENOENT) throw SystemError("reading a TCP socket", error);
        return std::nullopt;
    }
    // Where there is no connection, the kernel answers with the listener of its port.
    TcpSocket found = read_socket(*h);
    return found.remote == remote ? std::optional(found) : std::nullopt;
}

FreedSockets::FreedSockets() : socket_(diag_socket()) {
    // Only a bound socket is a member: with port 0 nothing is heard.
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    check(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "binding a sock_diag socket");
    for (const int group : {SKNLGRP_INET_TCP_DESTROY, SKNLGRP_INET6_TCP_DESTROY})
        check(setsockopt(socket_.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group),
              "asking to hear of freed sockets");
}

std::optional<uint64_t> FreedSockets::next() const {
    alignas(nlmsghdr) std::array<char, 4096> message;
    const ssize_t n = recv(socket_.get(), message.data(), message.size(), MSG_DONTWAIT);
    const auto* h = reinterpret_cast<const nlmsghdr*>(message.data());
    if (n < 0 || !NLMSG_OK(h, n)) return std::nullopt;
    return socket_of(*static_cast<const inet_diag_msg*>(NLMSG_DATA(h))).cookie;
}

std::string_view ss_name(int state) {
    constexpr std::array<std::string_view, 13> names{"UNKNOWN",  "ESTAB",   "SYN-SENT",   "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
                                                     "UNCONN",   "CLOSE-WAIT", "LAST-ACK", "LISTEN",     "CLOSING",    "SYN-RECV"};
    return names[static_cast<size_t>(state) < names.size() ? static_cast<size_t>(state) : 0];
}

std::string say_as_ss(const TcpSocket& s) {
    std::string text = fmt::format("{} Recv-Q {} Send-Q {}", ss_name(s.state), s.receive_queue, s.send_queue);
    if (s.timer != TcpTimer::none && s.state != listening)
        text += fmt::format(" timer:({},{},{})", timer_name(s.timer), ss_time(s.timer_left), s.tries);
    return text;
}

} // namespace halfopen
