#include "harness/linux/cpio.h"

#include <sys/stat.h>

#include "harness/base/error.h"

namespace halfopen {

namespace {

std::string_view without_root(std::string_view path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    return path;
}

} // namespace

void Cpio::directory(std::string_view path) {
    path = without_root(path);
    if (path.empty() || directories_.contains(path)) return;
    directories_.emplace(path);
    add(path, {S_IFDIR | 0755});
}

void Cpio::file(std::string_view path, std::string_view bytes, unsigned mode) {
    if (bytes.size() > 0xffff'ffff)
        throw BadInput(fmt::format("{}: {} bytes are more than a cpio archive can hold (4 GiB)", path, bytes.size()));
    add(path, {S_IFREG | mode}, bytes);
}

void Cpio::symlink(std::string_view path, std::string_view target) { add(path, {S_IFLNK | 0777}, target); }

void Cpio::character_device(std::string_view path, unsigned major, unsigned minor, unsigned mode) {
    add(path, {S_IFCHR | mode, major, minor});
}

std::string Cpio::finish() {
    append("TRAILER!!!", 0, {}, {});
    pad(512); // The block of cpio(1); it keeps the next archive aligned, and the kernel skips zeros between archives.
    return std::move(archive_);
}

void Cpio::add(std::string_view path, const Node& node, std::string_view bytes) {
    path = without_root(path);
    // The kernel makes no parents by itself: it drops what has none (init/initramfs.c, do_name()).
    if (const size_t slash = path.rfind('/'); slash != path.npos) directory(path.substr(0, slash));
    append(path, ++inodes_, node, bytes);
}

void Cpio::append(std::string_view name, unsigned inode, const Node& node, std::string_view bytes) {
    // With one link the kernel never looks for another name of the same inode (init/initramfs.c, maybe_link()).
    constexpr unsigned owner = 0, links = 1, time = 0, device = 0, checksum = 0;
    archive_ += "070701";
    for (const size_t field : {size_t{inode}, size_t{node.mode}, size_t{owner}, size_t{owner}, size_t{links},
                               size_t{time}, bytes.size(), size_t{device}, size_t{device}, size_t{node.major},
                               size_t{node.minor}, name.size() + 1, size_t{checksum}})
        archive_ += fmt::format("{:08x}", field);
    archive_.append(name).append(1, '\0');
    pad(4);
    archive_ += bytes;
    pad(4);
}

void Cpio::pad(size_t to) { archive_.resize((archive_.size() + to - 1) / to * to, '\0'); }

} // namespace halfopen
