#include "harness/linux/packet_socket.h"

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>

#include "harness/base/error.h"

namespace halfopen {

Fd packet_socket() { return Fd(check(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), "opening a packet socket")); }

void watch_link(const Fd& packet_socket, const std::string& link) {
    sockaddr_ll where{};
    where.sll_family = AF_PACKET;
    // Of all protocols: what leaves by the link is shown to nobody who asks for IP alone (packet(7)).
    where.sll_protocol = htons(ETH_P_ALL);
    where.sll_ifindex = static_cast<int>(if_nametoindex(link.c_str()));
    check(where.sll_ifindex ? 0 : -1, "finding the link {}", link);
    check(bind(packet_socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where), "watching the link {}", link);
}

} // namespace halfopen
