#include "harness/lab/program_files.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <sys/stat.h>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/linux/command.h"
#include "harness/linux/cpio.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

/// Unpacked it lies in the guest's memory.
constexpr uintmax_t most_bytes = uintmax_t{512} << 20;

bool is_assignment(const std::string& word) {
    const size_t equals = word.find('=');
    return equals != std::string::npos && equals > 0 && word.find('/') > equals;
}

class Luggage {
public:
    /// `environment` are the assignments of an env(1) before the program: LD_LIBRARY_PATH decides which libraries.
    Luggage(fs::path folder, std::vector<std::string> environment) : folder_(std::move(folder)), environment_(std::move(environment)) {}

    void add(const fs::path& path) {
        const fs::path whole = (path.is_absolute() ? path : folder_ / path).lexically_normal();
        if (fs::is_directory(whole)) return add_folder(whole);
        if (!files_.insert(whole.string()).second) return;
        bytes_ += fs::file_size(whole);
        if (bytes_ > most_bytes)
            throw BadInput(fmt::format("{} and what goes before it is more than the {} MB that a guest takes; --lab namespaces takes any", whole.string(), most_bytes >> 20));
        add_what_it_needs(whole);
    }
    void add_program(const std::string& name) {
        if (const fs::path file = find_on_path(name); !file.empty()) add(file);
    }

    std::string pack() const {
        Cpio archive;
        for (const char* folder : {"/tmp", "/run", "/var/tmp", "/var/log", "/root"}) archive.directory(folder);
        archive.directory(folder_.string());
        archive.character_device("/dev/zero", 1, 5, 0666);
        archive.character_device("/dev/random", 1, 8, 0666);
        archive.character_device("/dev/urandom", 1, 9, 0666);
        for (const std::string& file : files_) {
            struct stat about {};
            check(stat(file.c_str(), &about), "looking at {}", file);
            archive.file(file, read_text(file), about.st_mode & 07777);
        }
        return archive.finish();
    }

private:
    void add_folder(const fs::path& folder) {
        for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied))
            if (entry.is_regular_file()) add(entry.path());
    }

    void add_what_it_needs(const fs::path& file) {
        std::ifstream stream(file, std::ios::binary);
        std::string line;
        std::getline(stream, line);
        if (line.starts_with("#!")) return add_interpreter(line.substr(2));
        if (line.starts_with("\x7f" "ELF")) add_libraries(file);
    }

    /// "#!/usr/bin/env python3" needs both.
    void add_interpreter(const std::string& words) {
        std::istringstream stream(words);
        for (std::string word; stream >> word;)
            if (!word.starts_with("-")) add_program(word);
    }

    /// ldd(1) asks the dynamic linker itself. A program without one needs nothing.
    void add_libraries(const fs::path& file) {
        std::vector<std::string> words{"env"};
        words.insert(words.end(), environment_.begin(), environment_.end());
        words.insert(words.end(), {"ldd", file.string()});
        std::string text;
        try {
            text = output_of(words);
        } catch (const CannotHere&) {
            return;
        }
        std::istringstream lines(text);
        for (std::string word; lines >> word;)
            if (word.starts_with("/") && fs::exists(word)) add(word);
    }

    fs::path folder_;
    std::vector<std::string> environment_;
    std::set<std::string> files_;
    uintmax_t bytes_ = 0;
};

/// Of an argument. The empty one and "." would name the whole folder, which is more than is meant.
bool names_a_file(const fs::path& folder, const std::string& word) {
    std::error_code ignored;
    const fs::path path = (folder / word).lexically_normal();
    return !word.empty() && !word.starts_with("-") && path != folder && path != folder / "" && path != "/" && fs::exists(path, ignored);
}

} // namespace

std::string program_initramfs(const Command& command, const std::string& client, const std::vector<std::string>& with) {
    std::vector<std::string> environment;
    for (const std::string& word : command.words)
        if (is_assignment(word)) environment.push_back(word);
    Luggage luggage(command.folder, environment);
    for (const std::string& word : command.words)
        if (names_a_file(command.folder, word))
            luggage.add(word);
        else
            luggage.add_program(word); // As in "env NAME=value PROGRAM".
    if (!client.empty()) luggage.add_program("sh");
    for (const char* file : {"/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts"})
        if (fs::exists(file)) luggage.add(file);
    for (const std::string& path : with) {
        if (!fs::exists(path)) throw BadInput(fmt::format("--with {}: there is no such file or folder", path));
        luggage.add(fs::absolute(path));
    }
    return luggage.pack();
}

} // namespace halfopen
