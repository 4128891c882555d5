#pragma once
// Catch2 2.13 and 3.x under one include.

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_approx.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#define HALFOPEN_SKIP(reason) SKIP(reason)
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>
#define HALFOPEN_SKIP(reason)                                                                                          \
    do {                                                                                                               \
        WARN("SKIPPED: " << (reason));                                                                                 \
        return;                                                                                                        \
    } while (0)
inline auto ContainsSubstring(const std::string& text) { return Catch::Matchers::Contains(text); }
#endif
