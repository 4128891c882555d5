// halfopen kernels: the kernels that the virtual lab can start.

#include <algorithm>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/cli/terminal.h"
#include "harness/cli/verbs.h"
#include "harness/lab/guest_kernel.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

constexpr const char* about_get =
    "Asks apt for the newest linux-image-NAME.*-cloud-amd64 of this system's sources and unpacks it into the cache\n"
    "($HALFOPEN_KERNELS, or $XDG_CACHE_HOME/halfopen/kernels, or ~/.cache/halfopen/kernels). Nothing is installed, no\n"
    "root is needed, and removing the folder undoes it. A kernel that is there already is left as it is.";

/// "61 MB": what the files of a folder hold.
std::string size_of(const fs::path& folder) {
    uintmax_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && !entry.is_symlink()) bytes += entry.file_size();
    return fmt::format("{:.0f} MB", static_cast<double>(bytes) / 1e6);
}

void list_kernels() {
    const std::vector<GuestKernel> cached = cached_kernels();
    for (const std::string_view name : fetchable_kernels()) {
        const auto found = std::find_if(cached.begin(), cached.end(), [&](const auto& k) { return k.name == name; });
        if (found == cached.end()) {
            fmt::print("{:<6} not fetched; get it with: {} kernels get {}\n", name, typed_name(), name);
            continue;
        }
        const fs::path folder = kernel_cache() / name;
        fmt::print("{:<6} {:<32} HZ {:<5} {:>7}  {}\n", name, found->release, found->hz, size_of(folder),
                   folder.string());
    }
}

/// Those that are not in the cache yet.
std::set<std::string> to_fetch(const std::vector<std::string>& names) {
    std::set<std::string> wanted(names.begin(), names.end());
    for (const GuestKernel& there : cached_kernels()) wanted.erase(there.name);
    return wanted;
}

void get_kernels(const std::vector<std::string>& names) {
    if (const auto wanted = to_fetch(names); !wanted.empty())
        fmt::print(stderr,
                   "Downloading Debian's cloud kernel {} with apt, about 30 MB each, and unpacking into {} (up to "
                   "110 MB each). Nothing is installed, and no root is needed.\n",
                   fmt::join(wanted, " and "), kernel_cache().string());
    for (const std::string& name : names) {
        try {
            fetch_kernel(name, [](const std::string& step) { fmt::print(stderr, "{}\n", step); });
        } catch (const Error& e) { // Debian 13 has no 6.1 any more; that is no reason to go without 6.12.
            fmt::print(stderr, "error: kernel {}: {}\n", name, e.what());
            set_exit_status(static_cast<int>(e.exit()));
        }
    }
}

} // namespace

void add_kernels(CLI::App& app) {
    auto* verb = app.add_subcommand("kernels", "the kernels of the virtual lab: those in the cache; get fetches them");
    auto* get = verb->add_subcommand("get", "downloads and unpacks kernels, as an ordinary user")->footer(about_get);
    const auto fetchable = fetchable_kernels();
    auto names = std::make_shared<std::vector<std::string>>(fetchable.begin(), fetchable.end());
    get->add_option("NAME", *names, "which of them; all when none is named")
        ->check(CLI::IsMember(std::vector<std::string>(fetchable.begin(), fetchable.end())));
    get->callback([=] { get_kernels(*names); });
    verb->callback([=] {
        if (!get->parsed()) list_kernels();
    });
}

} // namespace halfopen
