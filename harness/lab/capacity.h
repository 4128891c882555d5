#pragma once
// How many worlds this machine can keep alive at once, and what bounds that.

#include <string>

namespace halfopen {

struct Capacity {
    int worlds = 0;
    std::string bound_by; ///< "descriptors (20000)", "memory (12.1 GiB available)", ...
};

/// From the limits of this process and what it has open, the memory that is available, and the namespaces and processes
/// allowed.
Capacity measure_capacity();

/// Raises the limit on descriptors as far as this user may (setrlimit(2)).
void raise_descriptor_limit();

} // namespace halfopen
