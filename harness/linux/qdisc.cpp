#include "harness/linux/qdisc.h"

#include <cmath>

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

/// Packets that netem holds: a second of 10,000 a second, far more than a trial sends.
constexpr uint32_t packets_held = 10'000;
constexpr uint32_t handle = 1 << 16; // 1:

/// Probabilities are parts of 2^32 - 1 (netem_change()).
uint32_t probability(int percent) {
    return static_cast<uint32_t>(std::lround(percent / 100.0 * UINT32_MAX));
}
int percent(uint32_t probability) { return static_cast<int>(std::lround(100.0 * probability / UINT32_MAX)); }

tcmsg about(int index) {
    tcmsg message{};
    message.tcm_family = AF_UNSPEC;
    message.tcm_ifindex = index;
    message.tcm_handle = handle;
    message.tcm_parent = TC_H_ROOT;
    return message;
}

nl_msg* new_message(int type, int flags, int index) {
    nl_msg* message = nlmsg_alloc_simple(type, flags);
    tcmsg head = about(index);
    if (!message || nlmsg_append(message, &head, sizeof head, NLMSG_ALIGNTO) < 0) throw std::bad_alloc();
    return message;
}

Impairment read_options(nlattr* options) {
    tc_netem_qopt fixed{};
    if (nla_len(options) < static_cast<int>(sizeof fixed)) return {};
    nla_memcpy(&fixed, options, sizeof fixed);
    Impairment found;
    found.loss_percent = percent(fixed.loss);
    found.duplicate_percent = percent(fixed.duplicate);
    nlattr* attributes[TCA_NETEM_MAX + 1];
    auto* first = reinterpret_cast<nlattr*>(static_cast<char*>(nla_data(options)) + NLA_ALIGN(sizeof fixed));
    nla_parse(attributes, TCA_NETEM_MAX, first, nla_len(options) - static_cast<int>(NLA_ALIGN(sizeof fixed)), nullptr);
    if (attributes[TCA_NETEM_LATENCY64]) found.delay = Duration{nla_get_s64(attributes[TCA_NETEM_LATENCY64])};
    if (attributes[TCA_NETEM_JITTER64]) found.jitter = Duration{nla_get_s64(attributes[TCA_NETEM_JITTER64])};
    if (const nlattr* reorder = attributes[TCA_NETEM_REORDER])
        found.reorder_percent = percent(static_cast<const tc_netem_reorder*>(nla_data(reorder))->probability);
    if (const nlattr* corrupt = attributes[TCA_NETEM_CORRUPT])
        found.corrupt_percent = percent(static_cast<const tc_netem_corrupt*>(nla_data(corrupt))->probability);
    return found;
}

/// What is looked for among all qdiscs of a namespace.
struct Search {
    int index;
    Impairment found;
};

/// libnl's callback for one qdisc that the kernel tells of.
int take_qdisc(nl_msg* message, void* data) {
    auto* search = static_cast<Search*>(data);
    const auto* head = static_cast<const tcmsg*>(nlmsg_data(nlmsg_hdr(message)));
    if (head->tcm_ifindex != search->index || head->tcm_parent != TC_H_ROOT) return NL_OK;
    nlattr* attributes[TCA_MAX + 1];
    if (nlmsg_parse(nlmsg_hdr(message), sizeof(tcmsg), attributes, TCA_MAX, nullptr) < 0) return NL_SKIP;
    if (!attributes[TCA_KIND] || nla_strcmp(attributes[TCA_KIND], "netem") != 0 || !attributes[TCA_OPTIONS]) return NL_OK;
    search->found = read_options(attributes[TCA_OPTIONS]);
    return NL_OK;
}

} // namespace

void Netem::Free::operator()(nl_sock* socket) const { nl_socket_free(socket); }
void Netem::Free::operator()(nl_msg* message) const { nlmsg_free(message); }

// Written by hand, not with libnl's rtnl_netem_*: those count in the kernel's old ticks of 64 ns, and leave bytes
// behind a reorder attribute of which the kernel complains.
Netem::Message Netem::change_to(const Impairment& wanted) const {
    Message message{new_message(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, index_)};
    nla_put_string(message.get(), TCA_KIND, "netem");
    tc_netem_qopt fixed{};
    fixed.limit = packets_held;
    fixed.loss = probability(wanted.loss_percent);
    fixed.duplicate = probability(wanted.duplicate_percent);
    fixed.gap = wanted.reorder_percent > 0 ? 1 : 0; // Every packet may overtake; with 0 none does.
    tc_netem_reorder reorder{};
    reorder.probability = probability(wanted.reorder_percent);
    tc_netem_corrupt corrupt{};
    corrupt.probability = probability(wanted.corrupt_percent);
    nlattr* options = nla_nest_start(message.get(), TCA_OPTIONS);
    nlmsg_append(message.get(), &fixed, sizeof fixed, NLMSG_ALIGNTO);
    nla_put_s64(message.get(), TCA_NETEM_LATENCY64, wanted.delay.count());
    nla_put_s64(message.get(), TCA_NETEM_JITTER64, wanted.jitter.count());
    nla_put(message.get(), TCA_NETEM_REORDER, sizeof reorder, &reorder);
    nla_put(message.get(), TCA_NETEM_CORRUPT, sizeof corrupt, &corrupt);
    nla_nest_end(message.get(), options);
    return message;
}

Netem::Netem(const std::string& link, const Impairment& usual, const Impairment& impaired)
    : link_(link), index_(static_cast<int>(if_nametoindex(link.c_str()))), socket_(nl_socket_alloc()) {
    if (index_ == 0) throw SystemError(fmt::format("looking for link {}", link), errno);
    if (const int result = nl_connect(socket_.get(), NETLINK_ROUTE); result < 0)
        throw Error(Exit::incomplete, fmt::format("opening an rtnetlink socket: {}", nl_geterror(result)));
    nl_socket_disable_seq_check(socket_.get()); // A prepared message is sent more than once.
    relieve_ = change_to(usual);
    impair_ = change_to(impaired);
    relieve();
}

void Netem::send(nl_msg& message) {
    const int sent = nl_send_auto(socket_.get(), &message);
    const int result = sent < 0 ? sent : nl_wait_for_ack(socket_.get());
    if (result == -NLE_OBJ_NOTFOUND)
        throw CannotHere("this kernel has no sch_netem, which delays and loses packets; load it (modprobe sch_netem) or "
                         "run it with --lab virtual");
    if (result < 0)
        throw Error(Exit::incomplete, fmt::format("setting netem on {}: {}", link_, nl_geterror(result)));
}

Impairment Netem::read() {
    Search search{index_, {}};
    nl_socket_modify_cb(socket_.get(), NL_CB_VALID, NL_CB_CUSTOM, take_qdisc, &search);
    // All of the namespace: a question about one qdisc is answered to whoever listens, not to the asker (qdisc_notify(), 6.1).
    const Message question{new_message(RTM_GETQDISC, NLM_F_DUMP, index_)};
    const int sent = nl_send_auto(socket_.get(), question.get());
    const int result = sent < 0 ? sent : nl_recvmsgs_default(socket_.get());
    if (result < 0) throw Error(Exit::incomplete, fmt::format("reading netem on {}: {}", link_, nl_geterror(result)));
    return search.found;
}

void Netem::remove() {
    const Message message{new_message(RTM_DELQDISC, 0, index_)};
    send(*message);
}

} // namespace halfopen
