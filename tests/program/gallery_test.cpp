// The reports of the gallery, made again from the records beside them.

#include <cstdlib>
#include <filesystem>

#include "harness/base/files.h"
#include "harness/base/time.h"
#include "harness/linux/command.h"
#include "support/catch.h"
#include "support/folder.h"
#include "support/program.h"
#include "support/source_tree.h"

using namespace halfopen;
using namespace halfopen::testing;
namespace fs = std::filesystem;

namespace {

const fs::path all_reports = fs::path(source_tree()) / "reports/gallery";

bool is_to_be_renewed() {
    const char* update = std::getenv("HALFOPEN_UPDATE_GOLDEN");
    return update && std::string(update) == "1";
}

/// The report of such a folder, with its pictures, made in another one; in the gallery itself when that is wished.
fs::path made_again(const fs::path& results, const fs::path& elsewhere) {
    if (!is_to_be_renewed()) {
        fs::create_directories(elsewhere);
        for (const char* records : {"trials.jsonl", "trials.jsonl.xz"})
            if (fs::exists(results / records)) fs::copy_file(results / records, elsewhere / records);
    }
    const fs::path folder = is_to_be_renewed() ? results : elsewhere;
    const Ran ran = run_program({"report", folder.string(), "-o", (folder / "report.md").string()});
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    return folder;
}

void are_the_same(const fs::path& one, const fs::path& other) {
    INFO(one << " and " << other);
    CHECK((read_text(one.string()) == read_text(other.string()))); // In brackets: nobody wants to see them both.
}

} // namespace

TEST_CASE("the reports of the gallery's largest run stay of a size that can be read, pasted and mailed, and are made in seconds") {
    const fs::path largest = all_reports / "standard-6.1";
    const Folder folder;
    const auto size_of = [&](const std::vector<std::string>& form, const std::string& file) {
        std::vector<std::string> words{"report", largest.string(), "-o", (folder.path() / file).string()};
        words.insert(words.end(), form.begin(), form.end());
        const Instant began = MonotonicClock::now();
        const Ran ran = run_program(words);
        INFO(ran.err);
        REQUIRE(ran.status == 0);
        CHECK(MonotonicClock::now() - began < std::chrono::seconds{60}); // Two in a build that is optimized; sanitizers take their time.
        return fs::file_size(folder.path() / file);
    };
    CHECK(size_of({"--html"}, "report.html") < 5'000'000);
    CHECK(size_of({}, "report.md") < 500'000);
    CHECK(size_of({"--summary"}, "summary.md") < 60'000);
}

TEST_CASE("every report of the gallery, and each of its pictures, is what the records beside it give, byte for byte") {
    if (!is_on_path("gnuplot")) HALFOPEN_SKIP("no gnuplot on the PATH (apt-get install gnuplot-nox)");
    // Another gnuplot draws other bytes.
    const bool same_gnuplot = halfopen::output_of({"gnuplot", "--version"}).starts_with("gnuplot 5.4 patchlevel 4");
    const Folder folder;
    int reports = 0;
    for (const auto& entry : fs::directory_iterator(all_reports)) {
        if (!entry.is_directory()) continue;
        ++reports;
        const fs::path made = made_again(entry.path(), folder.path() / entry.path().filename());
        are_the_same(entry.path() / "report.md", made / "report.md");
        int pictures = 0;
        for (const auto& picture : fs::directory_iterator(made / "charts")) {
            ++pictures;
            REQUIRE(fs::exists(entry.path() / "charts" / picture.path().filename()));
            if (same_gnuplot) are_the_same(entry.path() / "charts" / picture.path().filename(), picture.path());
        }
        const auto kept = std::distance(fs::directory_iterator(entry.path() / "charts"), fs::directory_iterator());
        CHECK(pictures == kept); // None that no report links.
    }
    CHECK(reports >= 3);
}
