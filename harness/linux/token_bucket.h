#pragma once
// A token bucket on one link (tc-tbf(8)), so wide that everything passes at once, until it is made smaller.
//
// As netem is, it is put on the link ahead; to change its numbers is one message (tbf_change()).

#include <memory>
#include <string>

struct nl_msg;
struct nl_sock;

namespace halfopen {

/// On one link of the network namespace that the thread was in when it was made.
class TokenBucket {
public:
    struct Size {
        unsigned bytes_per_second = 1'000'000'000;
        unsigned bucket = 10'000'000; ///< bytes that pass at once
        unsigned queue = 10'000'000;  ///< bytes that wait for their turn
    };
    /// As wide as a Size is by itself. CannotHere when the kernel has no sch_tbf.
    TokenBucket(const std::string& link, const Size& small);
    /// From now on it is of the small size.
    void shrink() { send(*small_); }
    /// Asks the kernel how many packets it has refused, and how many bytes pass in a second.
    unsigned long refused();
    unsigned rate();

private:
    struct Free {
        void operator()(nl_sock*) const;
        void operator()(nl_msg*) const;
    };
    using Message = std::unique_ptr<nl_msg, Free>;
    Message making(const Size&) const;
    void send(nl_msg&);

    std::string link_;
    int index_;
    std::unique_ptr<nl_sock, Free> socket_;
    Message small_;
};

} // namespace halfopen
