#pragma once
// Netfilter rules that are loaded asleep and woken by one message.
//
// Starting a program to change a rule takes milliseconds, and the fault would happen somewhere inside them. A table
// with `flags dormant` is loaded ahead by libnftables; clearing the flag is one NFT_MSG_NEWTABLE in one batch and
// takes some 20 µs (nf_tables_updtable() in the kernel).

#include <cstdint>
#include <string>
#include <vector>

#include "harness/linux/fd.h"

namespace halfopen {

/// libnftables waits for its netlink socket with select(2), which aborts the program when the descriptor's number is
/// FD_SETSIZE or above (mnl_batch_talk()). Holds a few low numbers back for load_rules(), in this process and in those that
/// are forked from it; to be called before a thousand descriptors are open.
void hold_numbers_for_rules();

/// Loads rules written in nft(8)'s language into the namespace that the calling thread is in.
void load_rules(const std::string& nft);

/// A `table ip NAME` that was loaded with `flags dormant` into the current namespace.
class DormantTable {
public:
    explicit DormantTable(const std::string& name);
    void wake() { send_batch(wake_); }
    void sleep() { send_batch(sleep_); }
    /// Reads the flag back from the kernel.
    bool is_awake();

private:
    void send_batch(const std::vector<char>& batch);
    std::string name_;
    Fd socket_;
    std::vector<char> wake_, sleep_, ask_;
};

} // namespace halfopen
