// Kernels for the virtual lab: found by name and by path, refused with a mend, and their modules in loading order.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/lab/guest_kernel.h"
#include "harness/trial/modules.h"
#include "support/catch.h"
#include "support/folder.h"

using namespace halfopen;
using namespace halfopen::testing;

namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

/// What the boot protocol wants of an image, and no more: "HdrS", and where the version stands.
std::string image_of(const std::string& release) {
    std::string image(0x400, '\0');
    image.replace(0x202, 4, "HdrS");
    image.replace(0x20e, 2, std::string("\x20\x01", 2));
    return image.replace(0x320, release.size() + 5, release + " (me)");
}

constexpr const char* release = "6.1.0-9-cloud-amd64";

/// An unpacked package of a kernel that has six modules, one of them built in.
void write_kernel(const fs::path& root) {
    write(root / "boot" / fmt::format("vmlinuz-{}", release), image_of(release));
    write(root / "boot" / fmt::format("config-{}", release), "# CONFIG_HZ_100 is not set\nCONFIG_HZ_250=y\nCONFIG_HZ=250\n");
    write(root / "lib/modules" / release / "modules.dep",
          "kernel/net/top-most.ko: kernel/net/middle.ko.xz kernel/lib/low_est.ko\n"
          "kernel/net/middle.ko.xz: kernel/lib/low_est.ko\n"
          "kernel/lib/low_est.ko:\n"
          "kernel/net/other.ko.zst: kernel/lib/low_est.ko\n"
          "kernel/net/unused.ko:\n");
    write(root / "lib/modules" / release / "modules.builtin", "kernel/net/built-in.ko\n");
}

/// What find_guest_kernel() says of `which`, where it does not find one.
template <typename E> std::string refusal(const std::string& which) {
    try {
        find_guest_kernel(which);
    } catch (const E& e) {
        return e.what();
    }
    return "no error";
}

/// $HALFOPEN_KERNELS is another folder for a while.
class Cache {
public:
    explicit Cache(const fs::path& folder) {
        if (const char* old = std::getenv("HALFOPEN_KERNELS")) old_ = old;
        setenv("HALFOPEN_KERNELS", folder.c_str(), 1);
    }
    ~Cache() { old_.empty() ? unsetenv("HALFOPEN_KERNELS") : setenv("HALFOPEN_KERNELS", old_.c_str(), 1); }
    Cache(const Cache&) = delete;

private:
    std::string old_;
};

std::vector<std::string> file_names(const ModuleClosure& closure) {
    std::vector<std::string> names;
    for (const fs::path& file : closure.files) names.push_back(file.filename().string());
    return names;
}

} // namespace

TEST_CASE("a kernel is found by its image, by a link to it, by its folder and by its name in the cache") {
    const Folder folder;
    const fs::path root = folder.path() / "6.1", image = root / "boot" / fmt::format("vmlinuz-{}", release);
    write_kernel(root);
    fs::create_symlink(image, folder.path() / "vmlinuz");
    const Cache cache(folder.path());
    for (const std::string& which : {image.string(), (folder.path() / "vmlinuz").string(), root.string(), std::string("6.1")}) {
        const GuestKernel kernel = find_guest_kernel(which);
        CHECK(kernel.name == which);
        CHECK(kernel.release == release);
        CHECK(kernel.image == fs::canonical(image));
        CHECK(kernel.modules == fs::canonical(root / "lib/modules" / release));
        CHECK(kernel.hz == 250);
    }
    REQUIRE(cached_kernels().size() == 1);
    CHECK(cached_kernels()[0].name == "6.1");
}

TEST_CASE("a kernel that is not in the cache is refused with the verb that fetches it") {
    const Folder folder;
    const Cache cache(folder.path());
    CHECK(cached_kernels().empty());
    CHECK_THAT(refusal<CannotHere>("6.12"), ContainsSubstring("halfopen kernels get 6.12"));
    fs::create_directories(folder.path() / "6.1/boot");
    CHECK_THAT(refusal<CannotHere>("6.1"), ContainsSubstring("remove " + (folder.path() / "6.1").string()));
    CHECK_THAT(refusal<BadInput>("6.21"), ContainsSubstring("did you mean \"6.1"));
    CHECK_THROWS_AS(fetch_kernel("6.21", [](const std::string&) {}), BadInput);
}

TEST_CASE("what is no kernel, or lacks its config or its modules, is refused with one line that says so") {
    const Folder folder;
    const fs::path& root = folder.path();
    CHECK_THAT(refusal<BadInput>((root / "none").string()), ContainsSubstring("no such file"));
    CHECK_THAT(refusal<BadInput>(root.string()), ContainsSubstring("no boot/vmlinuz-"));
    write(root / "text", "not a kernel");
    CHECK_THAT(refusal<BadInput>((root / "text").string()), ContainsSubstring("is not a Linux kernel for x86"));

    write_kernel(root);
    const fs::path modules = root / "lib/modules" / release, config = root / "boot" / fmt::format("config-{}", release);
    write(root / "boot/vmlinuz-6.1.0-8", image_of("6.1.0-8"));
    CHECK_THAT(refusal<BadInput>(root.string()), ContainsSubstring("more than one kernel"));
    CHECK_THAT(refusal<BadInput>((root / "boot/vmlinuz-6.1.0-8").string()), ContainsSubstring("no modules of kernel 6.1.0-8"));
    fs::remove(root / "boot/vmlinuz-6.1.0-8");

    fs::remove(modules / "modules.dep");
    CHECK_THAT(refusal<BadInput>(root.string()), ContainsSubstring("depmod -b " + fs::canonical(root).string() + " " + release));
    write_kernel(root);
    write(config, "CONFIG_HZ_250=y\n");
    CHECK_THAT(refusal<BadInput>(root.string()), ContainsSubstring("no line CONFIG_HZ="));
    fs::remove(config);
    CHECK_THAT(refusal<BadInput>(root.string()), ContainsSubstring(fs::canonical(root / "boot").string() + "/config-"));
}

TEST_CASE("modules come once, behind what they need, without those that are built in, and unknown ones are named") {
    const Folder folder;
    write_kernel(folder.path());
    const GuestKernel kernel = find_guest_kernel(folder.path().string());
    const ModuleClosure closure = module_closure(kernel, {"top_most", "built_in", "no-such", "other", "low-est", "other"});
    CHECK(file_names(closure) == std::vector<std::string>{"low_est.ko", "middle.ko.xz", "top-most.ko", "other.ko.zst"});
    CHECK(closure.files[0] == kernel.modules / "kernel/lib/low_est.ko");
    CHECK(closure.missing == std::vector<std::string>{"no_such"});
}

TEST_CASE("what faults and detectors need is in each kernel of the cache, in an order that loads, and plain when read") {
    const std::string name(GENERATE("6.1", "6.12"));
    INFO(name);
    const auto cached = cached_kernels();
    const auto kernel = std::find_if(cached.begin(), cached.end(), [&](const auto& k) { return k.name == name; });
    if (kernel == cached.end()) HALFOPEN_SKIP("kernel " + name + " is not in the cache: halfopen kernels get " + name);
    const ModuleClosure closure = module_closure(*kernel, all_modules());
    CHECK(closure.missing.empty());
    CHECK(closure.files.size() >= 4);

    std::istringstream dep(read_text(kernel->modules / "modules.dep"));
    const auto place = [&](const std::string& path) {
        return std::find(closure.files.begin(), closure.files.end(), kernel->modules / path);
    };
    size_t found = 0;
    for (std::string line, need; std::getline(dep, line);) {
        const auto at = place(line.substr(0, line.find(':')));
        if (at == closure.files.end()) continue;
        ++found;
        for (std::istringstream needs(line.substr(line.find(':') + 1)); needs >> need;) {
            INFO(line);
            CHECK(place(need) < at);
        }
    }
    CHECK(found == closure.files.size());
    for (const fs::path& file : closure.files) CHECK(read_module(file).starts_with("\x7f" "ELF"));
}
