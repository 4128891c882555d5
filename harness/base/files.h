#pragma once
// Where the scenario files and the pages are: beside the sources in a build tree, under share/halfopen once
// installed.

#include <filesystem>
#include <string>
#include <string_view>

namespace halfopen {

/// The folder that holds scenarios/, detectors/ and harness/lab/sysctls.toml: $HALFOPEN_DATA, or
/// ../share/halfopen beside the executable, or the source tree that it was built from. CannotHere when none is there.
const std::filesystem::path& data_folder();

/// The whole text of a file. BadInput names it when it cannot be read.
std::string read_text(const std::filesystem::path&);

/// "sha256:..." of the bytes (FIPS 180-4): names plans and executables in records.
std::string sha256(std::string_view bytes);

} // namespace halfopen
