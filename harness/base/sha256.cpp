#include <nettle/sha2.h>

#include <fmt/format.h>

#include "harness/base/files.h"

namespace halfopen {

std::string sha256(std::string_view bytes) {
    sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, bytes.size(), reinterpret_cast<const uint8_t*>(bytes.data()));
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&context, sizeof digest, digest);
    std::string text = "sha256:";
    for (const uint8_t byte : digest) text += fmt::format("{:02x}", byte);
    return text;
}

} // namespace halfopen
