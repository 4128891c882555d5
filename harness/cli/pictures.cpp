#include "harness/cli/pictures.h"

#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "harness/base/error.h"
#include "harness/cli/results.h"
#include "harness/linux/command.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view begin_of_picture = "<?xml";

/// gnuplot writes one document after another.
std::vector<std::string> documents(const std::string& written) {
    std::vector<std::string> all;
    for (size_t at = written.find(begin_of_picture); at != written.npos;) {
        const size_t next = written.find(begin_of_picture, at + 1);
        all.push_back(written.substr(at, next - at));
        at = next;
    }
    return all;
}

std::optional<std::string> text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream read;
    read << file.rdbuf();
    return file ? std::optional(read.str()) : std::nullopt;
}

/// Pictures that an earlier report linked, and this one does not. Files of others stay, and a folder that they are in.
void remove_old_ones(const fs::path& folder, const std::map<std::string, std::string>& files) {
    if (!fs::is_directory(folder)) return;
    std::vector<fs::path> old;
    for (const auto& entry : fs::directory_iterator(folder))
        if (const std::string name = entry.path().filename().string(); entry.is_regular_file() && !entry.is_symlink() && !files.count(name))
            if (const auto text = text_of(entry.path()); text && is_picture_of_a_report(name, *text)) old.push_back(entry.path());
    for (const fs::path& path : old) fs::remove(path);
    if (!old.empty() && fs::is_empty(folder)) fs::remove(folder);
}

Pictures draw_charts(const Cells& cells) {
    std::vector<Chart> charts = charts_of(cells);
    if (charts.empty()) return {};
    if (!is_on_path("gnuplot")) return Pictures("there is no gnuplot on the PATH (apt-get install gnuplot-nox)");
    std::string script;
    for (const Chart& chart : charts) script += chart.script;
    try {
        // -d: the start-up files of the user and of the system have no say in how a report looks.
        std::vector<std::string> drawn = documents(output_of({"gnuplot", "-d"}, {}, {}, script));
        if (drawn.size() != charts.size())
            return Pictures(fmt::format("gnuplot drew {} of {} (is it older than 5.4?)", drawn.size(), charts.size()));
        return Pictures(std::move(charts), std::move(drawn));
    } catch (const CannotHere& e) {
        return Pictures(e.what());
    }
}

} // namespace

Pictures draw_pictures(const Records& records) {
    const Cells cells(records);
    Pictures pictures = draw_charts(cells);
    pictures.add(ladders_of(cells));
    return pictures;
}

Pictures put_pictures(const fs::path& folder, const Pictures& pictures) {
    const auto files = pictures.files();
    try {
        if (!files.empty()) fs::create_directories(folder);
        for (const auto& [name, text] : files)
            if (text_of(folder / name) != text) write_page(folder / name, text);
        // What gnuplot drew may be wanted where there is none now.
        if (pictures.missing().empty()) remove_old_ones(folder, files);
    } catch (const SystemError& e) {
        return Pictures(e.what());
    } catch (const fs::filesystem_error& e) {
        return Pictures(fmt::format("making {}: {}", folder.string(), e.code().message()));
    }
    return files.empty() ? pictures : pictures.linked(folder.filename().string());
}

fs::path pictures_folder(const fs::path& report) {
    const std::string stem = report.stem().string();
    return report.parent_path() / (stem == "report" ? "charts" : stem + "-charts");
}

} // namespace halfopen
