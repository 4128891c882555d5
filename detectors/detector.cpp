#include "detectors/detector.h"

#include <fmt/format.h>

#include "harness/base/error.h"

namespace halfopen {

void Out::gone(std::string_view call, int error_number) {
    gone(fmt::format("{}: {}", call, errno_name(error_number)));
}

} // namespace halfopen
