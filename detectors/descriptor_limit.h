#pragma once
// select(2) writes beyond its set when a descriptor is FD_SETSIZE or above; nobody is warned.

#include <sys/select.h>

#include "harness/base/error.h"

namespace halfopen {

inline void require_selectable(int fd) {
    if (fd >= FD_SETSIZE)
        throw CannotHere(
            fmt::format("select() holds descriptors below {} only, and the connection's is {}; use poll",
                        FD_SETSIZE, fd));
}

} // namespace halfopen
