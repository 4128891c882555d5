#include "harness/linux/ruleset.h"

#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <sys/socket.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

struct FreeContext {
    void operator()(nft_ctx* context) const { nft_ctx_free(context); }
};

/// Puts netlink messages together byte by byte; everything in netlink is aligned to 4 bytes.
class Messages {
public:
    void begin(uint16_t type, uint16_t flags, uint8_t family, uint16_t resource) {
        start_ = bytes_.size();
        nlmsghdr header{};
        header.nlmsg_type = type;
        header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
        header.nlmsg_seq = ++sequence_;
        append(&header, sizeof header);
        const nfgenmsg generic{family, NFNETLINK_V0, htons(resource)};
        append(&generic, sizeof generic);
        end();
    }
    void attribute(uint16_t type, const void* data, size_t size) {
        const nlattr head{static_cast<uint16_t>(sizeof(nlattr) + size), type};
        append(&head, sizeof head);
        append(data, size);
        end();
    }
    std::vector<char> take() { return std::move(bytes_); }

private:
    void append(const void* data, size_t size) {
        const auto* from = static_cast<const char*>(data);
        bytes_.insert(bytes_.end(), from, from + size);
        bytes_.resize(NLMSG_ALIGN(bytes_.size()));
    }
    void end() {
        const auto length = static_cast<uint32_t>(bytes_.size() - start_);
        std::memcpy(bytes_.data() + start_, &length, sizeof length);
    }
    std::vector<char> bytes_;
    size_t start_ = 0;
    uint32_t sequence_ = 0;
};

constexpr uint16_t nft(int message) { return static_cast<uint16_t>((NFNL_SUBSYS_NFTABLES << 8) | message); }

std::vector<char> flag_batch(const std::string& table, uint32_t flags) {
    Messages batch;
    batch.begin(NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    batch.begin(nft(NFT_MSG_NEWTABLE), NLM_F_ACK, AF_INET, 0);
    batch.attribute(NFTA_TABLE_NAME, table.c_str(), table.size() + 1);
    const uint32_t in_network_order = htonl(flags);
    batch.attribute(NFTA_TABLE_FLAGS, &in_network_order, sizeof in_network_order);
    batch.begin(NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    return batch.take();
}

std::vector<char> question(const std::string& table) {
    Messages get;
    get.begin(nft(NFT_MSG_GETTABLE), 0, AF_INET, 0);
    get.attribute(NFTA_TABLE_NAME, table.c_str(), table.size() + 1);
    return get.take();
}

std::vector<Fd>& held_numbers() {
    static std::vector<Fd> fds;
    return fds;
}

/// While it lives, the numbers that are held back are free for libnftables.
struct LowNumbers {
    LowNumbers() { held_numbers().clear(); }
    ~LowNumbers() { hold_numbers_for_rules(); }
};

} // namespace

void hold_numbers_for_rules() {
    while (held_numbers().size() < 4) held_numbers().push_back(event_fd());
}

void load_rules(const std::string& text) {
    const LowNumbers low_numbers;
    const std::unique_ptr<nft_ctx, FreeContext> context{nft_ctx_new(NFT_CTX_DEFAULT)};
    if (!context) throw Error(Exit::incomplete, "loading netfilter rules: libnftables gives no context");
    nft_ctx_buffer_error(context.get());
    if (nft_run_cmd_from_buffer(context.get(), text.c_str()) != 0)
        throw CannotHere(
            fmt::format("loading netfilter rules: {}", nft_ctx_get_error_buffer(context.get())));
}

DormantTable::DormantTable(const std::string& name)
    : name_(name), socket_(check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER),
                                 "opening a netfilter netlink socket")),
      wake_(flag_batch(name, 0)), sleep_(flag_batch(name, NFT_TABLE_F_DORMANT)), ask_(question(name)) {}

void DormantTable::send_batch(const std::vector<char>& batch) {
    check(send(socket_.get(), batch.data(), batch.size(), 0), "waking netfilter table {}", name_);
    alignas(nlmsghdr) char answer[1024];
    const ssize_t n = check(recv(socket_.get(), answer, sizeof answer, 0), "hearing about netfilter table {}", name_);
    const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
    if (n < static_cast<ssize_t>(NLMSG_HDRLEN + sizeof(nlmsgerr)) || header->nlmsg_type != NLMSG_ERROR)
        throw Error(Exit::incomplete, fmt::format("waking netfilter table {}: unexpected answer", name_));
    const auto* error = static_cast<const nlmsgerr*>(NLMSG_DATA(header));
    if (error->error != 0) throw SystemError(fmt::format("waking netfilter table {}", name_), -error->error);
}

bool DormantTable::is_awake() {
    check(send(socket_.get(), ask_.data(), ask_.size(), 0), "asking for netfilter table {}", name_);
    alignas(nlmsghdr) char answer[4096];
    const ssize_t n = check(recv(socket_.get(), answer, sizeof answer, 0), "reading netfilter table {}", name_);
    const size_t attributes = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(nfgenmsg));
    for (size_t at = attributes; at + sizeof(nlattr) <= static_cast<size_t>(n);) {
        nlattr head;
        std::memcpy(&head, answer + at, sizeof head);
        if (head.nla_type == NFTA_TABLE_FLAGS) {
            uint32_t flags;
            std::memcpy(&flags, answer + at + NLA_HDRLEN, sizeof flags);
            return (ntohl(flags) & NFT_TABLE_F_DORMANT) == 0;
        }
        if (head.nla_len < NLA_HDRLEN) break;
        at += NLMSG_ALIGN(head.nla_len);
    }
    throw Error(Exit::incomplete, fmt::format("reading netfilter table {}: no flags in the answer", name_));
}

} // namespace halfopen
