#pragma once
// A folder that is gone when the test is over.

#include <filesystem>

#include <stdlib.h>
#include <unistd.h>

namespace halfopen::testing {

class Folder {
public:
    Folder() : path_(make()) {}
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    static std::filesystem::path make() {
        std::string name = (std::filesystem::temp_directory_path() / "halfopen-test-XXXXXX").string();
        return mkdtemp(name.data());
    }
    std::filesystem::path path_;
};

} // namespace halfopen::testing
