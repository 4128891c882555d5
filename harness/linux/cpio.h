#pragma once
// An initramfs: an archive in the "newc" form of cpio, written by our own code, so that no root and no cpio(1) is
// needed to give device nodes and root's files to a guest.
// The form: Documentation/driver-api/early-userspace/buffer-format.rst of the kernel.

#include <set>
#include <string>
#include <string_view>

namespace halfopen {

/// Writes one archive. Everything belongs to uid 0 and gid 0, times are 0 and inodes are counted from 1, so the same
/// calls give the same bytes. Paths may begin with '/'; parents that were not named before become directories by
/// themselves, and a directory that is named twice is written once.
class Cpio {
public:
    /// A directory that everybody may enter (0755).
    void directory(std::string_view path);
    /// A file of these bytes; BadInput when they are 4 GiB or more, which the form cannot say. `mode` are the
    /// permission bits.
    void file(std::string_view path, std::string_view bytes, unsigned mode = 0644);
    /// A symbolic link; `target` is stored as it is.
    void symlink(std::string_view path, std::string_view target);
    /// A node such as /dev/console (5, 1).
    void character_device(std::string_view path, unsigned major, unsigned minor, unsigned mode = 0600);
    /// Adds the TRAILER, pads to 512 and gives the archive away; nothing may be added afterwards. Archives may stand
    /// behind one another: the kernel unpacks all of them into one tree.
    std::string finish();

private:
    struct Node {
        unsigned mode = 0, major = 0, minor = 0;
    };
    void add(std::string_view path, const Node&, std::string_view bytes = {});
    void append(std::string_view name, unsigned inode, const Node&, std::string_view bytes);
    void pad(size_t to);

    std::string archive_;
    std::set<std::string, std::less<>> directories_; ///< those that are in the archive
    unsigned inodes_ = 0;
};

} // namespace halfopen
