#pragma once
// Messages that carry descriptors to another process (unix(7), SCM_RIGHTS).

#include <cstddef>
#include <span>
#include <vector>

#include <sys/types.h>

#include "harness/linux/fd.h"

namespace halfopen {

/// Descriptors that one message carries at most.
inline constexpr size_t most_passed_descriptors = 8;

/// One message on a connected Unix socket; SystemError when it cannot be sent.
void send_with_descriptors(const Fd& socket, const void* bytes, size_t size, std::span<const int> descriptors);
/// Waits for one; its length, zero at the end. The descriptors are appended, close-on-exec.
size_t receive_with_descriptors(const Fd& socket, void* bytes, size_t size, std::vector<Fd>& descriptors);

} // namespace halfopen
