#include "harness/linux/token_bucket.h"

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/tbf.h>
#include <netlink/route/tc.h>

#include "harness/base/error.h"

namespace halfopen {

void TokenBucket::Free::operator()(nl_sock* socket) const { nl_socket_free(socket); }
void TokenBucket::Free::operator()(nl_msg* message) const { nlmsg_free(message); }

// Written by hand: libnl counts the bucket in the kernel's old ticks, which cannot say ten bytes.
TokenBucket::Message TokenBucket::making(const Size& size) const {
    Message message{nlmsg_alloc_simple(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE)};
    tcmsg head{};
    head.tcm_family = AF_UNSPEC;
    head.tcm_ifindex = index_;
    head.tcm_handle = 1 << 16; // 1:
    head.tcm_parent = TC_H_ROOT;
    if (!message || nlmsg_append(message.get(), &head, sizeof head, NLMSG_ALIGNTO) < 0) throw std::bad_alloc();
    nla_put_string(message.get(), TCA_KIND, "tbf");
    tc_tbf_qopt options{};
    options.rate.rate = size.bytes_per_second;
    options.rate.linklayer = TC_LINKLAYER_ETHERNET;
    options.limit = size.queue;
    nlattr* nest = nla_nest_start(message.get(), TCA_OPTIONS);
    nla_put(message.get(), TCA_TBF_PARMS, sizeof options, &options);
    nla_put_u32(message.get(), TCA_TBF_BURST, size.bucket);
    nla_nest_end(message.get(), nest);
    return message;
}

TokenBucket::TokenBucket(const std::string& link, const Size& small)
    : link_(link), index_(static_cast<int>(if_nametoindex(link.c_str()))), socket_(nl_socket_alloc()) {
    if (index_ == 0) throw SystemError(fmt::format("looking for link {}", link), errno);
    if (const int result = nl_connect(socket_.get(), NETLINK_ROUTE); result < 0)
        throw Error(Exit::incomplete, fmt::format("opening an rtnetlink socket: {}", nl_geterror(result)));
    send(*making({}));
    small_ = making(small);
}

void TokenBucket::send(nl_msg& message) {
    const int sent = nl_send_auto(socket_.get(), &message);
    const int result = sent < 0 ? sent : nl_wait_for_ack(socket_.get());
    if (result == -NLE_OBJ_NOTFOUND)
        throw CannotHere("this kernel has no sch_tbf, which refuses packets; load it (modprobe sch_tbf) or run it with --lab "
                         "virtual");
    if (result < 0) throw Error(Exit::incomplete, fmt::format("setting tbf on {}: {}", link_, nl_geterror(result)));
}

namespace {

/// What the kernel says of the qdisc on one link; zero when there is none.
template <typename Read> auto read_qdisc(nl_sock* socket, int index, Read read) {
    decltype(read(nullptr)) value{};
    nl_cache* all = nullptr;
    if (rtnl_qdisc_alloc_cache(socket, &all) < 0) return value;
    if (rtnl_qdisc* qdisc = rtnl_qdisc_get_by_parent(all, index, TC_H_ROOT)) {
        value = read(qdisc);
        rtnl_qdisc_put(qdisc);
    }
    nl_cache_free(all);
    return value;
}

} // namespace

unsigned long TokenBucket::refused() {
    return read_qdisc(socket_.get(), index_, [](rtnl_qdisc* qdisc) {
        return static_cast<unsigned long>(rtnl_tc_get_stat(TC_CAST(qdisc), RTNL_TC_DROPS));
    });
}

unsigned TokenBucket::rate() {
    return read_qdisc(socket_.get(), index_,
                      [](rtnl_qdisc* qdisc) { return static_cast<unsigned>(rtnl_qdisc_tbf_get_rate(qdisc)); });
}

} // namespace halfopen
