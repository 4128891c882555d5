#pragma once
// Records as `xz` packs them.

#include <filesystem>
#include <fstream>
#include <string>

#include <lzma.h>

#include "support/catch.h"

namespace halfopen::testing {

inline std::string packed(const std::string& text) {
    std::string archive(lzma_stream_buffer_bound(text.size()), '\0');
    size_t size = 0;
    REQUIRE(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const uint8_t*>(text.data()), text.size(),
                                    reinterpret_cast<uint8_t*>(archive.data()), &size, archive.size()) == LZMA_OK);
    archive.resize(size);
    return archive;
}

/// The file, written.
inline std::string file_of(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
}

} // namespace halfopen::testing
