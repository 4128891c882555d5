#include "harness/base/xz.h"

#include <array>
#include <new>

#include <lzma.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

constexpr uint64_t most_memory = 256 << 20;

class XzDecoder {
public:
    explicit XzDecoder(std::string_view archive) {
        if (lzma_stream_decoder(&stream_, most_memory, LZMA_CONCATENATED) != LZMA_OK) throw std::bad_alloc();
        stream_.next_in = reinterpret_cast<const uint8_t*>(archive.data());
        stream_.avail_in = archive.size();
    }
    ~XzDecoder() { lzma_end(&stream_); }
    XzDecoder(const XzDecoder&) = delete;

    /// Adds what comes next; LZMA_OK as long as there is more.
    lzma_ret add_to(std::string& text) {
        std::array<uint8_t, 1 << 16> part;
        stream_.next_out = part.data();
        stream_.avail_out = part.size();
        const lzma_ret how = lzma_code(&stream_, LZMA_FINISH);
        text.append(reinterpret_cast<const char*>(part.data()), part.size() - stream_.avail_out);
        return how;
    }

private:
    lzma_stream stream_ = LZMA_STREAM_INIT;
};

[[noreturn]] void refuse_archive(const std::string& name, lzma_ret why) {
    if (why == LZMA_MEM_ERROR) throw std::bad_alloc();
    const char* what = why == LZMA_BUF_ERROR        ? "is an archive that was cut off; take the whole file"
                       : why == LZMA_FORMAT_ERROR   ? "is no archive of xz; give it the name that fits what it holds"
                       : why == LZMA_MEMLIMIT_ERROR ? "needs more than 256 MB to be unpacked; pack it again with: xz -9"
                                                    : "is a damaged archive; take the original file";
    throw BadInput(fmt::format("{}: {}", name, what));
}

} // namespace

std::string unpack_xz(std::string_view archive, const std::string& name) {
    XzDecoder decoder(archive);
    std::string text;
    lzma_ret how = LZMA_OK;
    while (how == LZMA_OK) how = decoder.add_to(text);
    if (how != LZMA_STREAM_END) refuse_archive(name, how);
    return text;
}

std::string pack_xz(std::string_view text) {
    std::string archive(lzma_stream_buffer_bound(text.size()), '\0');
    size_t size = 0;
    const lzma_ret how = lzma_easy_buffer_encode(9, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const uint8_t*>(text.data()), text.size(),
                                                 reinterpret_cast<uint8_t*>(archive.data()), &size, archive.size());
    if (how != LZMA_OK) throw std::bad_alloc(); // Nothing else can happen in a buffer of that size.
    archive.resize(size);
    return archive;
}

} // namespace halfopen
