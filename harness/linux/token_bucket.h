#pragma once
// A token bucket on one link (tc-tbf(8)), so wide that everything passes, until it is made so small that nothing does.
//
// A packet that is longer than the bucket is refused at once, and whoever sent it is told: NET_XMIT_DROP (tbf_enqueue()).
// As netem is, it is put on the link ahead; to change its numbers is one message (tbf_change()).

#include <memory>
#include <string>

struct nl_msg;
struct nl_sock;

namespace halfopen {

/// On one link of the network namespace that the thread was in when it was made.
class TokenBucket {
public:
    /// CannotHere when the kernel has no sch_tbf.
    explicit TokenBucket(const std::string& link);
    /// From now on no packet fits.
    void shrink() { send(*small_); }
    /// Asks the kernel how many packets it has refused.
    unsigned long refused();

private:
    struct Free {
        void operator()(nl_sock*) const;
        void operator()(nl_msg*) const;
    };
    using Message = std::unique_ptr<nl_msg, Free>;
    Message holding(unsigned bytes) const;
    void send(nl_msg&);

    std::string link_;
    int index_;
    std::unique_ptr<nl_sock, Free> socket_;
    Message small_;
};

} // namespace halfopen
