#include "harness/lab/guest_kernel.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/names.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 2> names{"6.1", "6.12"};

bool is_there(const fs::path& path) {
    std::error_code ignored; // What we may not see is not there.
    return fs::exists(path, ignored);
}

/// The release as the image itself says it: the boot protocol's header has "HdrS" at 0x202, and at 0x20e where the
/// version stands, less 0x200 (Documentation/arch/x86/boot.rst, kernel_version).
std::string release_of(const fs::path& image) {
    std::ifstream file(image, std::ios::binary);
    std::string head(1 << 16, '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<size_t>(file.gcount()));
    if (head.size() < 0x210 || head.compare(0x202, 4, "HdrS") != 0)
        throw BadInput(fmt::format("{} is not a Linux kernel for x86 (vmlinuz)", image.string()));
    const auto byte = [&](size_t at) { return static_cast<size_t>(static_cast<unsigned char>(head[at])); };
    std::istringstream version(head.substr(std::min(head.size(), byte(0x20e) + (byte(0x20f) << 8) + 0x200), 256));
    std::string release;
    version >> release;
    return release;
}

int hz_of(const fs::path& config) {
    if (!is_there(config))
        throw BadInput(fmt::format("{} is not there; halfopen needs CONFIG_HZ of it", config.string()));
    std::istringstream lines(read_text(config));
    constexpr std::string_view key = "CONFIG_HZ=";
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(key)) return std::atoi(line.c_str() + key.size());
    throw BadInput(fmt::format("{} has no line CONFIG_HZ=", config.string()));
}

/// `root` holds what the package would have put into /: boot/ and lib/modules/, or usr/lib/modules/.
fs::path modules_of(const std::string& release, const fs::path& root) {
    for (const fs::path& folder : {root / "lib/modules", root / "usr/lib/modules", fs::path("/lib/modules")})
        if (is_there(folder / release)) {
            const fs::path modules = folder / release;
            if (is_there(modules / "modules.dep")) return modules;
            throw BadInput(fmt::format("{} has no modules.dep; make it with: depmod -b {} {}", modules.string(),
                                       folder.parent_path().parent_path().string(), release));
        }
    throw BadInput(fmt::format("there are no modules of kernel {} in {} or in /lib/modules", release,
                               (root / "lib/modules").string()));
}

GuestKernel from_image(const std::string& name, const fs::path& image) {
    // A link such as /boot/vmlinuz leads to the folder in which the rest stands.
    const fs::path real = fs::canonical(image), folder = real.parent_path();
    const std::string release = release_of(real);
    return {name, release, real, modules_of(release, folder.parent_path()), hz_of(folder / ("config-" + release))};
}

GuestKernel from_folder(const std::string& name, const fs::path& folder) {
    std::vector<std::string> images;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder / "boot", ignored))
        if (entry.path().filename().string().starts_with("vmlinuz-")) images.push_back(entry.path().string());
    if (images.empty()) throw BadInput(fmt::format("there is no boot/vmlinuz-* in {}", folder.string()));
    std::sort(images.begin(), images.end());
    if (images.size() > 1)
        throw BadInput(fmt::format("{} holds more than one kernel; name one of: {}", folder.string(),
                                   join_names(images)));
    return from_image(name, images[0]);
}

GuestKernel from_cache(const std::string& name) {
    const fs::path folder = kernel_cache() / name;
    if (!is_there(folder))
        throw CannotHere(fmt::format("kernel {} is not in {}; get it with: halfopen kernels get {}", name,
                                     kernel_cache().string(), name));
    try {
        return from_folder(name, folder);
    } catch (const BadInput& e) {
        throw CannotHere(fmt::format("{}; remove {} and get it again with: halfopen kernels get {}", e.what(),
                                     folder.string(), name));
    }
}

} // namespace

GuestKernel find_guest_kernel(const std::string& which) {
    if (std::find(names.begin(), names.end(), which) != names.end()) return from_cache(which);
    std::error_code ignored;
    if (fs::is_directory(which, ignored)) return from_folder(which, fs::canonical(which));
    if (is_there(which)) return from_image(which, which);
    if (which.find('/') != which.npos) throw BadInput(fmt::format("kernel {}: there is no such file or folder", which));
    throw BadInput(fmt::format("there is no kernel \"{}\"{}; kernels: {}, or the path of a vmlinuz", which,
                               did_you_mean(which, {names.begin(), names.end()}), join_names(names)));
}

std::span<const std::string_view> fetchable_kernels() { return names; }

std::vector<GuestKernel> cached_kernels() {
    std::vector<GuestKernel> all;
    for (const std::string_view name : names)
        if (is_there(kernel_cache() / name)) all.push_back(find_guest_kernel(std::string(name)));
    return all;
}

fs::path kernel_cache() {
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return fs::path(value ? value : "");
    };
    if (const fs::path set = variable("HALFOPEN_KERNELS"); !set.empty()) return fs::absolute(set);
    if (const fs::path cache = variable("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "halfopen/kernels";
    if (const fs::path home = variable("HOME"); !home.empty()) return home / ".cache/halfopen/kernels";
    throw CannotHere("there is no folder for kernels: HOME is not set; set HALFOPEN_KERNELS to a folder of yours");
}

} // namespace halfopen
