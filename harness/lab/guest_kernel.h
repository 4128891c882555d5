#pragma once
// A kernel for the virtual lab: its image and its modules, in a folder of the user. Nothing is ever installed.

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace halfopen {

struct GuestKernel {
    std::string name;              ///< "6.1", "6.12", or the path that was asked for
    std::string release;           ///< "6.1.0-56-cloud-amd64", as uname -r will say
    std::filesystem::path image;   ///< the bzImage (vmlinuz)
    std::filesystem::path modules; ///< lib/modules/RELEASE, with modules.dep
    int hz = 0;                    ///< CONFIG_HZ, from the config-RELEASE beside the image
};

/// `which` is the name of a fetched kernel, or a path: an image (its config beside it as config-RELEASE, its modules
/// in ../lib/modules/RELEASE seen from the image's folder, or in /lib/modules/RELEASE), or a folder that holds boot/
/// and lib/modules/ of one kernel, as an unpacked package does. CannotHere, with the mend, for a name that was not
/// fetched; BadInput for anything that is no kernel, and for one whose config or modules are not found.
GuestKernel find_guest_kernel(const std::string& which);

/// The names that can be fetched: "6.1", "6.12".
std::span<const std::string_view> fetchable_kernels();

/// Those that are in the cache.
std::vector<GuestKernel> cached_kernels();

/// $HALFOPEN_KERNELS, or $XDG_CACHE_HOME/halfopen/kernels, or ~/.cache/halfopen/kernels: one folder for each name.
/// It need not exist. CannotHere when none of the three variables is set.
std::filesystem::path kernel_cache();

/// Downloads Debian's package with apt, which checks its signature, and unpacks it into the cache; no root is needed.
/// `say` gets one line for each step. A kernel that is there already is left as it is; a fetch that is interrupted
/// leaves nothing that is taken for a kernel. CannotHere without apt, without depmod, without the network (then with
/// apt's own words), and where this system's sources know no such package; BadInput for a name that is not fetchable.
GuestKernel fetch_kernel(const std::string& name, const std::function<void(const std::string&)>& say);

struct ModuleClosure {
    std::vector<std::filesystem::path> files; ///< in an order in which each can be loaded
    std::vector<std::string> missing;         ///< names that this kernel neither has as a module nor holds built in
};

/// What has to be loaded for these modules: dependencies first (modules.dep), built-in ones left out
/// (modules.builtin). '-' and '_' are the same in module names. Soft dependencies are not followed. BadInput when
/// one of the two lists cannot be read.
ModuleClosure module_closure(const GuestKernel&, const std::vector<std::string>& names);

/// The plain .ko: .ko.xz and .ko.zst are unpacked, the latter by zstd. CannotHere when that program is missing.
std::string read_module(const std::filesystem::path&);

} // namespace halfopen
