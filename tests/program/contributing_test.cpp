// The recipes of CONTRIBUTING.md, followed to the letter: in a layer over the source tree, so that the tree itself
// stays as it is and the build has only to add what is new.

#include <filesystem>
#include <fstream>

#include "harness/base/files.h"
#include "harness/linux/command.h"
#include "support/catch.h"
#include "support/folder.h"
#include "support/source_tree.h"

using namespace halfopen;
using namespace halfopen::testing;
namespace fs = std::filesystem;

namespace {

/// The lines of the first bash block below a heading.
std::string recipe(const std::string& heading) {
    const std::string text = read_text(fs::path(source_tree()) / "CONTRIBUTING.md");
    const size_t section = text.find("## " + heading + "\n");
    REQUIRE(section != std::string::npos);
    const std::string fence = "```bash\n";
    const size_t begin = text.find(fence, section) + fence.size();
    return text.substr(begin, text.find("```", begin) - begin);
}

/// Runs it with bash in the root of the tree, under a layer that takes all that is written and is gone afterwards.
std::string follow(const std::string& lines) {
    const Folder layer;
    const std::string script = (layer.path() / "script").string();
    std::ofstream(script) << "set -e\n"
                          << "cd " << layer.path().string() << "\nmkdir upper work\n"
                          << "mount -t overlay overlay -o lowerdir=" << source_tree() << ",upperdir=upper,workdir=work,userxattr "
                          << source_tree() << " || { echo NO OVERLAY; exit 0; }\ncd " << source_tree() << "\n"
                          << lines;
    return output_of({"unshare", "--user", "--map-root-user", "--mount", "bash", script});
}

} // namespace

TEST_CASE("the recipes of CONTRIBUTING add a detector, a scenario and a lesson that run") {
    if (!fs::exists(fs::path(source_tree()) / "build/release/halfopen"))
        HALFOPEN_SKIP("the release build, to which the recipes add, is not there");
    const std::string out = follow(recipe("Add a detector") + recipe("Add a scenario") + recipe("Add a lesson") +
                                   "cat results/my-method/trials.jsonl results/my-failure/trials.jsonl\n");
    if (out.find("NO OVERLAY") != std::string::npos)
        HALFOPEN_SKIP("this kernel mounts no overlay for users, and the recipes would change the tree itself");
    CHECK_THAT(out, ContainsSubstring("healthy/idle/my-method/r1"));
    CHECK_THAT(out, ContainsSubstring("\"signal\":\"recv: ETIMEDOUT\""));
    CHECK_THAT(out, ContainsSubstring("my-lessons/01-mine.md: ok, "));
    CHECK_FALSE(fs::exists(fs::path(source_tree()) / "detectors/my_method.cpp"));
}
