#pragma once
// The parts of records and portions that are about a server of the user's own, to JSON and back.

#include "harness/trial/json_object.h"
#include "harness/trial/own_server.h"
#include "harness/trial/record.h"

namespace halfopen {

Json json_of(const OwnServerLine&);
Json json_of(const SocketLine&);
OwnServerLine read_own_server(const Object&);
SocketLine read_socket(const Object&);

/// What a guest must know to run it.
Json json_of(const OwnServer&);
OwnServer read_own_server_task(const Object&);

} // namespace halfopen
