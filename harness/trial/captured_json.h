#pragma once
// Captures to JSON and back.

#include "harness/trial/captured.h"
#include "harness/trial/json_object.h"

namespace halfopen {

Json json_of(const CaptureLine&);
CaptureLine read_capture(const Object&);

} // namespace halfopen
