#pragma once
// Network namespaces by descriptor, never by name: nothing of them is left in the file system.

#include <cstdint>

#include "harness/linux/fd.h"

namespace halfopen {

class NetNamespace {
public:
    NetNamespace() = default;
    /// Makes a new one and enters it with the calling thread (unshare(2)).
    static NetNamespace create();
    /// The one that the calling thread is in.
    static NetNamespace current();
    /// Moves the calling thread into it (setns(2)).
    void enter() const;
    int fd() const { return fd_.get(); }
    /// A second descriptor of the same namespace.
    NetNamespace duplicate() const { return NetNamespace{fd_.duplicate()}; }
    /// What the kernel calls it (lsns(8)); used again for another one after its end.
    uint64_t inode() const;
    void close() { fd_.reset(); }

    /// One that the descriptor stands for.
    explicit NetNamespace(Fd fd) : fd_(std::move(fd)) {}

private:
    Fd fd_;
};

/// Makes the calling process root of the user namespace that it was just cloned into: outside it stays who it was
/// (user_namespaces(7)).
void become_root_inside(unsigned outside_uid, unsigned outside_gid);

/// Gives the process `pid`, which was just cloned into a user namespace, every user of ours under the same number. Only
/// root can (user_namespaces(7)).
void map_all_users(pid_t pid);

/// Turns root of such a namespace into an ordinary user of that number again, in one more user namespace: it has no
/// privilege over anything outside of that. Nothing happens for root itself.
void become_user_inside(unsigned uid, unsigned gid);

} // namespace halfopen
