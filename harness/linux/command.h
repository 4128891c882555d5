#pragma once
// Other people's programs, run to their end without a shell.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace halfopen {

/// Runs a program to its end, in `folder` if one is named, and gives back what it wrote on stdout, which may be
/// binary. It reads `input` on stdin, and it dies with us. CannotHere names the program and `mend` when it does not
/// exist, and its last line on stderr when it fails. `words[0]` is looked up on the PATH unless it holds a '/'.
std::string output_of(const std::vector<std::string>& words, const std::string& mend = {},
                      const std::filesystem::path& folder = {}, std::string_view input = {});

/// The file that a program of that name is, as found on the PATH; a name that holds a '/' is a path itself. Empty when
/// there is none.
std::filesystem::path find_on_path(std::string_view program);
inline bool is_on_path(std::string_view program) { return !find_on_path(program).empty(); }

} // namespace halfopen
