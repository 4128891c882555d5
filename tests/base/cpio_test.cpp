// The archive of a guest's files: read back field by field, by the rules of buffer-format.rst.

#include <algorithm>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "harness/linux/cpio.h"
#include "support/catch.h"

using halfopen::Cpio;

namespace {

struct Entry {
    std::string name, bytes;
    unsigned long inode, mode, uid, gid, links, time, major, minor;
};

/// All members, the trailers too, of all archives in `text`.
std::vector<Entry> read(const std::string& text) {
    std::vector<Entry> all;
    const auto aligned = [](size_t at) { return (at + 3) / 4 * 4; };
    for (size_t at = 0; at < text.size();) {
        if (text[at] == '\0') { // Between two archives.
            ++at;
            continue;
        }
        REQUIRE(at % 4 == 0);
        REQUIRE(text.substr(at, 6) == "070701");
        const auto field = [&](size_t i) { return std::stoul(text.substr(at + 6 + 8 * i, 8), nullptr, 16); };
        const size_t size = field(6), name_size = field(11), data = aligned(at + 110 + name_size);
        CHECK(text[at + 110 + name_size - 1] == '\0');
        all.push_back({text.substr(at + 110, name_size - 1), text.substr(data, size), field(0), field(1), field(2),
                       field(3), field(4), field(5), field(9), field(10)});
        at = aligned(data + size);
    }
    return all;
}

std::string small() {
    Cpio cpio;
    cpio.character_device("/dev/console", 5, 1);
    cpio.file("usr/lib/a/x.so", "four bytes: no", 0755);
    cpio.file("/usr/lib/a/y.so", std::string("\0\1", 2));
    cpio.directory("usr/lib");
    cpio.directory("/proc/");
    cpio.symlink("lib", "usr/lib");
    return cpio.finish();
}

} // namespace

TEST_CASE("members of a cpio archive come back as they were added, each parent once and before its children") {
    std::vector<std::string> names;
    for (const Entry& entry : read(small())) {
        names.push_back(entry.name);
        if (entry.name == "TRAILER!!!") continue;
        CHECK(entry.inode == names.size());
        CHECK(entry.uid + entry.gid + entry.time == 0);
        CHECK(entry.links == 1);
    }
    CHECK(names == std::vector<std::string>{"dev", "dev/console", "usr", "usr/lib", "usr/lib/a", "usr/lib/a/x.so",
                                            "usr/lib/a/y.so", "proc", "lib", "TRAILER!!!"});
}

TEST_CASE("each kind of member of a cpio archive says its mode and what it holds") {
    const std::vector<Entry> all = read(small());
    CHECK(all[0].mode == (S_IFDIR | 0755));
    CHECK(all[1].mode == (S_IFCHR | 0600));
    CHECK((all[1].major == 5 && all[1].minor == 1));
    CHECK(all[5].mode == (S_IFREG | 0755));
    CHECK(all[5].bytes == "four bytes: no");
    CHECK(all[6].mode == (S_IFREG | 0644));
    CHECK(all[6].bytes == std::string("\0\1", 2));
    CHECK(all[8].mode == (S_IFLNK | 0777));
    CHECK(all[8].bytes == "usr/lib");
}

TEST_CASE("the same calls give the same cpio archive, in whole blocks, and archives may stand behind one another") {
    CHECK(small() == small());
    CHECK(small().size() % 512 == 0);
    Cpio second;
    second.file("init", "#!");
    const std::vector<Entry> both = read(small() + second.finish());
    CHECK(std::count_if(both.begin(), both.end(), [](const Entry& e) { return e.name == "TRAILER!!!"; }) == 2);
    CHECK(both[both.size() - 2].bytes == "#!");
}
