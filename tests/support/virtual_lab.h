#pragma once
// Tests that need the virtual lab are skipped by name where there is no emulator or no kernel for it.

#include "harness/base/error.h"
#include "harness/lab/guest_kernel.h"
#include "harness/lab/guest_machine.h"
#include "support/catch.h"

namespace halfopen::testing {

/// Why a guest of this kernel cannot be run here; empty when it can.
inline std::string why_no_guest(const std::string& kernel) {
    if (std::string why = why_no_emulator(); !why.empty()) return why;
    try {
        find_guest_kernel(kernel);
        return {};
    } catch (const Error& e) {
        return e.what();
    }
}

} // namespace halfopen::testing

#define NEEDS_GUEST(kernel)                                                                                            \
    if (const std::string why = halfopen::testing::why_no_guest(kernel); !why.empty()) HALFOPEN_SKIP(why)
