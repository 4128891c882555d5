#pragma once
// A second connection between the same hosts, which the same rules match: it tells whether a fault bites without
// touching the connection that is watched.

#include <string>

#include "harness/linux/fd.h"

namespace halfopen {

/// What becomes of bytes on the path.
enum class Passage {
    passes,     ///< both directions deliver
    silent,     ///< neither direction delivers, and no end is told
    reset,      ///< the server's end was reset
    to_client,  ///< only what the server sends is delivered
    to_server,  ///< only what the client sends is delivered
    client_reset, ///< what the server sends is not delivered, and the client's end was reset
    small,      ///< both directions deliver a byte, and not a hundred at once
    unchecked,  ///< the fault says nothing about the path
};
std::string_view name(Passage);

class Canary {
public:
    Canary() = default;
    Canary(Fd client, Fd server);
    /// Sends one byte in each direction, without waiting; a hundred more where a path is to pass small segments only.
    void probe(Passage wanted);
    /// What became of the bytes; ask some milliseconds after probe().
    Passage result() const;
    /// The client's host forgets this connection too (host-reboot).
    void forget_client();
    void close();

private:
    Fd client_, server_;
    bool forgotten_ = false, sent_large_ = false;
};

} // namespace halfopen
