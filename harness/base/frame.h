#pragma once
// Bytes travel in frames in every traffic profile, so that heartbeats and data share one stream.

#include <cstdint>
#include <span>
#include <vector>

namespace halfopen {

enum class FrameType : uint8_t { data = 1, request, hello, ping, pong };

/// A data or request frame is this long on the wire, header included; the others are a bare header.
inline constexpr size_t data_frame_bytes = 100;
inline constexpr size_t frame_header_bytes = 8;

/// The bytes of one frame.
std::vector<char> encode(FrameType);

/// Takes a stream apart. Keeps what is incomplete for the next call.
class FrameReader {
public:
    /// The types of the frames that these bytes complete, in order. Throws Error when the stream is out of step:
    /// both ends are ours, so that is a bug.
    std::vector<FrameType> feed(std::span<const char> bytes);

private:
    size_t header_have_ = 0;
    char header_[frame_header_bytes] = {};
    size_t body_left_ = 0;
};

} // namespace halfopen
