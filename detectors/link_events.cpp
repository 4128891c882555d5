// The server's own host by rtnetlink(7) multicast: carrier, neighbours, routes. A cable that is pulled at the server is
// told to whoever listens within a millisecond; TCP is told nothing, and finds out by its timers, if any runs.
//
// It sees as far as the first hop. What breaks behind the next switch changes nothing on this host, and neither does a
// client that dies. An event is only a reason to look: the state is asked for, so a lost event costs nothing but time.

#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "detectors/predicting.h"
#include "harness/base/error.h"
#include "harness/linux/fd.h"

namespace halfopen {

namespace {

constexpr std::string_view link_down = "rtnetlink: link down";
constexpr std::string_view neighbour_failed = "rtnetlink: neighbour failed";

Fd listen_to_links() {
    Fd fd{check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "opening an rtnetlink socket")};
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = RTMGRP_LINK | RTMGRP_NEIGH | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE;
    check(bind(fd.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups), "joining rtnetlink's groups");
    return fd;
}

/// The interface that has the server's address, if it is up and has carrier; 0 otherwise.
unsigned running_interface(in_addr own) {
    ifaddrs* all = nullptr;
    check(getifaddrs(&all), "asking for the interfaces");
    unsigned index = 0;
    for (const ifaddrs* i = all; i; i = i->ifa_next) {
        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET) continue;
        const in_addr address = reinterpret_cast<const sockaddr_in*>(i->ifa_addr)->sin_addr;
        constexpr unsigned running = IFF_UP | IFF_RUNNING;
        if (address.s_addr == own.s_addr && (i->ifa_flags & running) == running) index = if_nametoindex(i->ifa_name);
    }
    freeifaddrs(all);
    return index;
}

/// connect() of a UDP socket looks the route up and sends nothing; 0 when there is one.
int why_no_route(sockaddr_in to) {
    const Fd fd{check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "making a UDP socket")};
    return connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 ? 0 : errno;
}

/// Waits for something to happen, and takes it; true when it is that a neighbour on this interface does not answer.
bool neighbour_fails(const Fd& events, unsigned interface) {
    pollfd event{events.get(), POLLIN, 0};
    poll(&event, 1, -1);
    alignas(nlmsghdr) std::array<char, 8192> buffer;
    ssize_t left = recv(events.get(), buffer.data(), buffer.size(), MSG_DONTWAIT); // ENOBUFS, EINTR: look all the same
    for (auto* h = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
        const auto* neighbour = static_cast<const ndmsg*>(NLMSG_DATA(h));
        if (h->nlmsg_type == RTM_NEWNEIGH && neighbour->ndm_state == NUD_FAILED &&
            neighbour->ndm_ifindex == static_cast<int>(interface))
            return true;
    }
    return false;
}

class LinkEvents : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override {
        const int error = s.particulars.refusal_error;
        if (error == 0)
            return never("nothing changes at the server's own link, neighbours and routes");
        Prediction p;
        p.kind = Prediction::Kind::window;
        p.after = at_once;
        const bool link = error == ENETDOWN || error == ENETUNREACH;
        p.signal = link ? std::string(link_down) : fmt::format("route: {}", errno_name(error));
        p.rule = link ? "the server's own link goes down, and its kernel tells whoever listens"
                      : "the server's own route to the client changes, and its kernel tells whoever listens";
        p.steps = {"0 s: an rtnetlink message; the state is asked for, and is bad"};
        return p;
    }

    void watch(Connection& connection, Out& out) const override {
        const Fd events = listen_to_links(); // before the first look
        const auto ends = connection.ends();
        if (!ends)
            return; // over already, and that is not this method's to say
        for (;;) {
            const unsigned interface = running_interface(ends->server.address.to_kernel());
            if (interface == 0)
                return out.gone(link_down);
            if (const int error = why_no_route(ends->client.to_kernel()))
                return out.gone("route", error);
            if (neighbour_fails(events, interface))
                return out.gone(neighbour_failed);
        }
    }
};

} // namespace

extern const Method link_events_method;
const Method link_events_method{
    {.name = "link-events",
     .label = "rtnetlink events",
     .family = MethodFamily::outside,
     .summary = "waits for rtnetlink's multicast: the server's own link without carrier, no route to the client, or a "
                "neighbour that fails, means gone",
     .job = Job::neither,
     .outside = true,
     .needs = {},
     .settings = {}},
    make<LinkEvents>};

} // namespace halfopen
