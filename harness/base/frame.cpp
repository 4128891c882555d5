#include "harness/base/frame.h"

#include <algorithm>
#include <cstring>

#include "harness/base/error.h"

namespace halfopen {

namespace {
// A header is two letters, the type, a zero, and the length of the whole frame in the host's byte order.
struct Header {
    char magic[2];
    uint8_t type;
    uint8_t zero;
    uint32_t frame_bytes;
};
static_assert(sizeof(Header) == frame_header_bytes);

size_t size_of(FrameType type) {
    return type == FrameType::data || type == FrameType::request ? data_frame_bytes : frame_header_bytes;
}
} // namespace

std::vector<char> encode(FrameType type) {
    std::vector<char> bytes(size_of(type), '.');
    const Header header{{'h', 'o'}, static_cast<uint8_t>(type), 0, static_cast<uint32_t>(bytes.size())};
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
}

std::vector<FrameType> FrameReader::feed(std::span<const char> bytes) {
    std::vector<FrameType> complete;
    Header header{};
    while (!bytes.empty()) {
        if (header_have_ < sizeof header) {
            const size_t n = std::min(bytes.size(), sizeof header - header_have_);
            std::memcpy(header_ + header_have_, bytes.data(), n);
            bytes = bytes.subspan(n);
            header_have_ += n;
            if (header_have_ < sizeof header) break;
            std::memcpy(&header, header_, sizeof header);
            if (header.magic[0] != 'h' || header.magic[1] != 'o' || header.frame_bytes < sizeof header)
                throw Error(Exit::incomplete, "reading frames: the stream does not begin with a frame");
            body_left_ = header.frame_bytes - sizeof header;
        }
        const size_t n = std::min(bytes.size(), body_left_);
        bytes = bytes.subspan(n);
        body_left_ -= n;
        if (body_left_ > 0) break;
        std::memcpy(&header, header_, sizeof header);
        complete.push_back(static_cast<FrameType>(header.type));
        header_have_ = 0;
    }
    return complete;
}

} // namespace halfopen
