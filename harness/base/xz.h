#pragma once
// Archives of xz(1): long records are kept in them, and newer kernels their modules.

#include <string>
#include <string_view>

namespace halfopen {

/// What an archive holds, or several behind each other, as `xz -dc` would give it. `name` stands for it in messages:
/// BadInput when it is cut off, damaged, no archive of xz, or needs more than 256 MB of memory (xz -9 needs 65).
std::string unpack_xz(std::string_view archive, const std::string& name);

/// The same bytes as an archive, as `xz -9` packs them; equal bytes give equal archives.
std::string pack_xz(std::string_view text);

} // namespace halfopen
