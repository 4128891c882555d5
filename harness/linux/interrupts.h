#pragma once
// Ctrl-C and SIGTERM as something to poll for.

#include "harness/linux/fd.h"

namespace halfopen {

/// From its making until the end of the program these signals end nothing by themselves (signalfd(2)).
class Interrupts {
public:
    Interrupts();
    /// Readable when one has come.
    int fd() const { return fd_.get(); }
    /// The number of a signal that has come, 0 when none has.
    int take();

private:
    Fd fd_;
};

} // namespace halfopen
