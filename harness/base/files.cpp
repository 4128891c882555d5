#include "harness/base/files.h"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "harness/base/error.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

bool holds_data(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / "scenarios/catalogue.toml", ignored);
}

fs::path find_data_folder() {
    if (const char* set = std::getenv("HALFOPEN_DATA")) {
        if (holds_data(set)) return set;
        throw CannotHere(fmt::format("HALFOPEN_DATA is \"{}\", but there is no scenarios/catalogue.toml in it; unset "
                                     "it or name the folder that holds scenarios/ and detectors/",
                                     set));
    }
    std::error_code ignored;
    const fs::path executable = fs::read_symlink("/proc/self/exe", ignored);
    const fs::path installed = executable.parent_path().parent_path() / "share/halfopen";
    if (holds_data(installed)) return installed;
    if (holds_data(HALFOPEN_SOURCE_DIR)) return HALFOPEN_SOURCE_DIR;
    throw CannotHere(fmt::format("the scenario files are neither in {} nor in {}; install the whole tree (cmake "
                                 "--install) or set HALFOPEN_DATA",
                                 installed.string(), HALFOPEN_SOURCE_DIR));
}

} // namespace

const fs::path& data_folder() {
    static const fs::path folder = find_data_folder();
    return folder;
}

std::string read_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw BadInput(fmt::format("{}: cannot be read: {}", path.string(), strerror(errno)));
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace halfopen
