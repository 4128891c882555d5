// Debian's kernel packages, downloaded and unpacked by an ordinary user.

#include <algorithm>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>

#include "harness/base/error.h"
#include "harness/base/names.h"
#include "harness/lab/guest_kernel.h"
#include "harness/linux/command.h"
#include "harness/linux/fd.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

using Say = std::function<void(const std::string&)>;

constexpr const char* other_way = "give a kernel of your own with --kernel PATH";

bool is_kept(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

/// The one fetch that may be going on: whoever holds the cache's lock owns the folder .fetch in it, and what an
/// interrupted fetch has left there.
class Workshop {
public:
    Workshop(const fs::path& cache, const Say& say) : folder_(cache / ".fetch") {
        std::error_code error;
        if (fs::create_directories(cache, error); error)
            throw CannotHere(fmt::format("{} cannot be made: {}; set HALFOPEN_KERNELS to a folder of yours",
                                         cache.string(), error.message()));
        lock_ = Fd{check(open(cache.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "opening {}", cache.string())};
        if (flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
            say("waiting for another fetch into " + cache.string());
            check(flock(lock_.get(), LOCK_EX), "waiting for {}", cache.string());
        }
        fs::remove_all(folder_, error);
        if (error || !fs::create_directory(folder_, error))
            throw CannotHere(fmt::format("{} cannot be made: {}; set HALFOPEN_KERNELS to a folder of yours",
                                         folder_.string(), error.message()));
    }
    ~Workshop() {
        std::error_code ignored; // The next fetch clears it.
        fs::remove_all(folder_, ignored);
    }
    Workshop(const Workshop&) = delete;
    const fs::path& folder() const { return folder_; }

private:
    fs::path folder_;
    Fd lock_;
};

/// apt as it is set up here, with a few options of ours in a file of their own: it is read last, and a file can
/// clear the hooks of this system, which the command line cannot (apt.conf(5)).
class Apt {
public:
    enum class Lists { of_this_system, of_our_own };

    Apt(const fs::path& folder, Lists lists) : folder_(folder) {
        std::ofstream options(folder / "apt.conf");
        // Root would hand the download to user _apt, who may not write here, and warn of it.
        options << "APT::Sandbox::User \"root\";\n";
        if (lists == Lists::of_this_system) return;
        for (const char* state : {"lists/partial", "archives/partial"}) fs::create_directories(folder / state);
        options << fmt::format("Dir::State \"{0}\"; Dir::State::lists \"{0}/lists\"; Dir::Cache \"{0}\";\n"
                               "Dir::Cache::archives \"{0}/archives\"; Acquire::Languages \"none\";\n"
                               "APT::Update::Error-Mode \"any\";\n"
                               "#clear APT::Update::Pre-Invoke;\n#clear APT::Update::Post-Invoke;\n"
                               "#clear APT::Update::Post-Invoke-Success;\n",
                               folder.string());
    }

    /// Runs apt-get or apt-cache in the folder.
    std::string run(const std::string& program, const std::vector<std::string>& words) const {
        std::vector<std::string> all{program, "-qq", "--config-file=" + (folder_ / "apt.conf").string()};
        all.insert(all.end(), words.begin(), words.end());
        return output_of(all, {}, folder_);
    }

private:
    fs::path folder_;
};

/// "linux-image-6.1.0-56-cloud-amd64": the one with the highest version in its name.
std::string newest_package(const std::string& name, const Apt& apt) {
    const std::string start = "linux-image-" + name + ".";
    std::istringstream known(apt.run("apt-cache", {"pkgnames", start}));
    std::string newest;
    for (std::string package; std::getline(known, package);)
        if (matches(start + "[0-9]*-cloud-amd64", package) && strverscmp(newest.c_str(), package.c_str()) < 0)
            newest = package;
    if (newest.empty())
        throw CannotHere(fmt::format("the sources of this system know no package {}*-cloud-amd64", start));
    return newest;
}

/// Downloads the package into `folder`; the file. apt checks it against the signed lists.
fs::path download(const std::string& name, const Apt& apt, const fs::path& folder, const Say& say) {
    const std::string package = newest_package(name, apt);
    // 'URI' FILE SIZE HASH
    std::istringstream uris(apt.run("apt-get", {"download", "--print-uris", package}));
    std::string uri, file;
    double bytes = 0;
    if (!(uris >> uri >> file >> bytes))
        throw CannotHere(fmt::format("the sources of this system do not say where {} is", package));
    say(fmt::format("downloading {}, {:.0f} MB", package, bytes / 1e6));
    apt.run("apt-get", {"download", package});
    return folder / file;
}

/// With the package lists of this system; when they are empty or too old, with fresh ones that only we see.
fs::path download(const std::string& name, const fs::path& folder, const Say& say) {
    try {
        return download(name, Apt(folder, Apt::Lists::of_this_system), folder, say);
    } catch (const CannotHere& e) {
        say(fmt::format("with the package lists of this system it did not work: {}", e.what()));
        say("fetching package lists of our own, some 10 MB, which are thrown away afterwards");
    }
    const Apt apt(folder, Apt::Lists::of_our_own);
    std::string trouble; // One source of many may fail; it matters only if the package is not found then.
    try {
        apt.run("apt-get", {"update"});
    } catch (const CannotHere& e) {
        trouble = fmt::format("{} (is there a way to the network?)", e.what());
    }
    try {
        return download(name, apt, folder, say);
    } catch (const CannotHere& e) {
        throw CannotHere(fmt::format("{}; or {}", trouble.empty() ? e.what() : trouble, other_way));
    }
}

/// Debian's depmod stands in /sbin, which is not on everybody's PATH.
std::string find_depmod() {
    for (const char* program : {"depmod", "/sbin/depmod", "/usr/sbin/depmod"})
        if (is_on_path(program)) return program;
    throw CannotHere("there is no program depmod; apt-get install kmod");
}

/// Unpacks the package into `root`, as boot/ and lib/modules/ with modules.dep, and nothing else.
void unpack(const fs::path& package, const fs::path& root, const std::string& depmod) {
    output_of({"dpkg-deb", "-x", package.string(), root.string()});
    // Where a package puts its modules into /usr/lib/modules, as newer ones do, and where a depmod that is built so
    // looks for them: both find them through these two names.
    if (fs::exists(root / "usr/lib/modules")) fs::rename(root / "usr/lib", root / "lib");
    fs::remove_all(root / "usr");
    fs::create_directory(root / "usr");
    fs::create_directory_symlink("../lib", root / "usr/lib");
    for (const auto& release : fs::directory_iterator(root / "lib/modules"))
        output_of({depmod, "-b", root.string(), release.path().filename().string()});
    fs::remove_all(root / "usr");
}

} // namespace

GuestKernel fetch_kernel(const std::string& name, const Say& say) {
    const auto known = fetchable_kernels();
    if (std::find(known.begin(), known.end(), name) == known.end())
        throw BadInput(fmt::format("kernel \"{}\" cannot be fetched{}; those that can: {}", name,
                                   did_you_mean(name, {known.begin(), known.end()}), join_names(known)));
    const fs::path cache = kernel_cache(), target = cache / name;
    const auto found = [&](const char* how) {
        GuestKernel kernel = find_guest_kernel(name);
        say(fmt::format("kernel {} is {}: {}, in {}", name, how, kernel.release, target.string()));
        return kernel;
    };
    if (is_kept(target)) return found("there already");
    if (!is_on_path("apt-get"))
        throw CannotHere(fmt::format("kernels are fetched by apt-get, and there is none here; {}", other_way));
    const std::string depmod = find_depmod(); // Known to be there before anything is downloaded.
    const Workshop workshop(cache, say);
    if (is_kept(target)) return found("there now"); // Brought by the fetch that we waited for.
    const fs::path package = download(name, workshop.folder(), say), root = workshop.folder() / "root";
    say(fmt::format("unpacking {}", package.filename().string()));
    unpack(package, root, depmod);
    fs::rename(root, target);
    return found("ready");
}

} // namespace halfopen
