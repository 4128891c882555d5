#include "harness/lab/initramfs.h"

#include <algorithm>
#include <set>

#include <link.h>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/linux/cpio.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

/// The files of all shared libraries that this process has loaded, the dynamic linker among them (dl_iterate_phdr(3)).
std::set<std::string> loaded_libraries() {
    std::set<std::string> files;
    dl_iterate_phdr(
        [](dl_phdr_info* info, size_t, void* out) {
            if (info->dlpi_name && info->dlpi_name[0] == '/') static_cast<std::set<std::string>*>(out)->insert(info->dlpi_name);
            return 0;
        },
        &files);
    return files;
}

/// scenarios/*.toml and the list of sysctls: what trials read.
void add_data(Cpio& archive) {
    std::vector<fs::path> files{"harness/lab/sysctls.toml"};
    for (const auto& entry : fs::directory_iterator(data_folder() / "scenarios"))
        if (entry.path().extension() == ".toml") files.push_back(fs::path("scenarios") / entry.path().filename());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files)
        archive.file("/share/halfopen/" + file.string(), read_text(data_folder() / file));
}

} // namespace

std::string base_initramfs(const GuestKernel& kernel, const std::vector<std::string>& modules) {
    Cpio archive;
    for (const char* folder : {"/proc", "/sys", "/dev"}) archive.directory(folder);
    archive.character_device("/dev/console", 5, 1);
    archive.character_device("/dev/null", 1, 3);
    archive.file("/bin/halfopen", read_text("/proc/self/exe"), 0755);
    archive.symlink("/init", "/bin/halfopen");
    for (const std::string& library : loaded_libraries()) archive.file(library, read_text(library), 0755);
    add_data(archive);
    archive.directory(guest_path::modules);
    int number = 0;
    for (const fs::path& file : module_closure(kernel, modules).files)
        archive.file(fmt::format("{}/{:02}-{}.ko", guest_path::modules, number++, file.stem().stem().string()),
                     read_module(file));
    return archive.finish();
}

std::string portion_initramfs(const std::string& portion_json) {
    Cpio archive;
    archive.file(guest_path::portion, portion_json);
    return archive.finish();
}

std::string idle_initramfs(Duration sleep) {
    Cpio archive;
    archive.file(guest_path::idle, fmt::format("{}", sleep.count()));
    return archive.finish();
}

} // namespace halfopen
