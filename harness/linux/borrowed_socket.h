#pragma once
// A socket of another process, for a moment: a duplicate of its descriptor (pidfd_getfd(2)), to read an option or to
// write a byte. It must be gone before the owner closes its own, or that close would send nothing.

#include <sys/types.h>

#include "harness/linux/fd.h"

namespace halfopen {

struct BorrowedSocket {
    Fd fd;
    pid_t owner = 0;
    explicit operator bool() const { return static_cast<bool>(fd); }
};

/// The socket of that inode, of whichever process in /proc holds it. Nothing when none does, or none that may be
/// looked at (ptrace(2), PTRACE_MODE_ATTACH_REALCREDS).
BorrowedSocket borrow_socket(unsigned long inode);

/// Descriptor `number` of a process that we started.
Fd borrow_descriptor(const Fd& pidfd, int number);

} // namespace halfopen
