#pragma once
// Tests that need user and network namespaces are skipped by name where the machine has none.

#include "harness/lab/supervisor.h"
#include "support/catch.h"

#define NEEDS_NAMESPACES                                                                                               \
    if (const std::string why = halfopen::why_no_user_namespaces(); !why.empty()) HALFOPEN_SKIP(why)
