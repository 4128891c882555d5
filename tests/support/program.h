#pragma once
// The whole program, run as a user runs it.

#include <string>
#include <vector>

#include "harness/linux/process.h"

namespace halfopen::testing {

/// The program under test: $HALFOPEN_PROGRAM, or the one built beside the tests.
std::string program();

struct Ran {
    int status = 0; ///< exit status; 128 + number for a signal
    std::string out, err;
};

/// Runs it to its end. `environment` are words NAME=value; `input` is what it reads on stdin.
Ran run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {},
                const std::string& user = {}, const std::string& input = {});

/// Starts it with its output thrown away; the caller ends it.
Process start_program(const std::vector<std::string>& arguments);

/// It ended with status 2 and said one line, with `words` in it.
void check_one_error_line(const Ran&, const std::string& words);

} // namespace halfopen::testing
