#pragma once
// A page in a real browser: headless Chromium.

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/linux/command.h"

#define NEEDS_CHROMIUM \
    if (!halfopen::is_on_path("chromium")) HALFOPEN_SKIP("no chromium on the PATH (apt-get install chromium)")

namespace halfopen::testing {

/// What the steps returned, and what the browser had to complain about.
struct Seen {
    nlohmann::json said;
    std::vector<std::string> problems;
};

/// `steps` is the body of an async function that runs in the page; a view narrower than what a window may be is that of
/// a frame.
Seen in_browser(std::string html, const std::string& steps, int width = 1200, const std::string& fragment = "");

/// The script that such a variable of the environment names, as tests/support/browser_script fetches it; empty when it
/// names none.
std::string script_named_by(const char* variable);

} // namespace halfopen::testing
