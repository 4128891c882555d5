// Which module files a kernel needs, and what is in them.

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/base/xz.h"
#include "harness/lab/guest_kernel.h"
#include "harness/linux/command.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

/// "nf_tables" for "kernel/net/netfilter/nf-tables.ko.xz".
std::string module_name(std::string_view path) {
    std::string name(path.substr(path.rfind('/') + 1));
    name.resize(std::min(name.size(), name.find(".ko")));
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

/// The lists of depmod(8): lines "PATH: PATH PATH ..." (modules.dep(5)), and lines "PATH" of what is built in.
class Modules {
public:
    explicit Modules(const fs::path& folder) : folder_(folder) {
        std::istringstream dep(read_text(folder / "modules.dep"));
        for (std::string line; std::getline(dep, line);) {
            const size_t colon = line.find(':');
            std::istringstream rest(line.substr(std::min(line.size(), colon + 1)));
            Module module{line.substr(0, colon), {}};
            for (std::string path; rest >> path;) module.needs.push_back(module_name(path));
            loadable_.emplace(module_name(module.path), std::move(module));
        }
        std::istringstream builtin(read_text(folder / "modules.builtin"));
        for (std::string line; std::getline(builtin, line);) builtin_.insert(module_name(line));
    }

    /// Adds the module behind everything that it needs; what is there already is not added again.
    void add_to(ModuleClosure& closure, const std::string& name) {
        if (builtin_.contains(name) || !added_.insert(name).second) return;
        const auto found = loadable_.find(name);
        if (found == loadable_.end()) {
            closure.missing.push_back(name);
            return;
        }
        for (const std::string& need : found->second.needs) add_to(closure, need);
        closure.files.push_back(folder_ / found->second.path);
    }

private:
    struct Module {
        std::string path; ///< relative to the folder
        std::vector<std::string> needs;
    };
    fs::path folder_;
    std::map<std::string, Module> loadable_;
    std::set<std::string> builtin_, added_;
};

} // namespace

ModuleClosure module_closure(const GuestKernel& kernel, const std::vector<std::string>& names) {
    Modules modules(kernel.modules);
    ModuleClosure closure;
    for (const std::string& name : names) modules.add_to(closure, module_name(name));
    return closure;
}

std::string read_module(const fs::path& path) {
    if (path.extension() == ".xz") return unpack_xz(read_text(path), path.string());
    if (path.extension() == ".zst") return output_of({"zstd", "-dcq", path.string()}, "apt-get install zstd");
    return read_text(path);
}

} // namespace halfopen
