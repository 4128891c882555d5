// Records that were packed by xz are read as if they were not.

#include "harness/base/files.h"
#include "harness/trial/record.h"
#include "harness/trial/store.h"
#include "support/folder.h"
#include "support/packed.h"
#include "support/source_tree.h"

using namespace halfopen;
using halfopen::testing::file_of;
using halfopen::testing::Folder;
using halfopen::testing::packed;

namespace {

std::string golden_text(const std::string& stem) { return read_text(source_tree() + "/tests/golden/" + stem + ".jsonl"); }

std::string complaint_about(const std::string& path) {
    try {
        read_records(path);
    } catch (const BadInput& error) {
        return error.what();
    }
    return "no error";
}

} // namespace

TEST_CASE("packed records are the records, by their file and by its folder") {
    const Folder folder;
    const std::string plain = file_of(folder.path() / "laws.jsonl", golden_text("laws"));
    const std::string file = file_of(folder.path() / "trials.jsonl.xz", packed(golden_text("laws")));
    for (const std::string& path : {file, folder.path().string()}) {
        const Records records = read_records(path);
        CHECK(trial_digest(records) == trial_digest(read_records(plain)));
        CHECK(records.file == file);
    }
}

TEST_CASE("where a folder holds its records both ways, the plain ones count, which may have grown") {
    const Folder folder;
    file_of(folder.path() / "trials.jsonl.xz", packed(golden_text("one_cell")));
    file_of(folder.path() / "trials.jsonl", golden_text("laws"));
    CHECK(read_records(folder.path().string()).trials.size() > read_records((folder.path() / "trials.jsonl.xz").string()).trials.size());
}

TEST_CASE("a mistake in packed records is named by file and line, and a broken archive by file") {
    const Folder folder;
    const std::string text = golden_text("one_cell"), whole = packed(text);
    const auto said_of = [&](const std::string& bytes) { return complaint_about(file_of(folder.path() / "trials.jsonl.xz", bytes)); };
    const std::string file = (folder.path() / "trials.jsonl.xz").string();
    CHECK_THAT(said_of(packed(text + "hello\n")), ContainsSubstring(file + ":13: is not JSON"));
    CHECK(said_of(whole.substr(0, whole.size() / 2)) == file + ": is an archive that was cut off; take the whole file");
    CHECK(said_of("") == file + ": is an archive that was cut off; take the whole file");
    CHECK(said_of(packed("")) == file + ": is empty, no run has been recorded; make one with: halfopen run");
}

TEST_CASE("nothing is added to packed records, and the message says how to go on") {
    const Folder folder;
    file_of(folder.path() / "trials.jsonl.xz", packed(golden_text("one_cell")));
    CHECK_THROWS_WITH(Store(folder.path(), {"sha256:a", "namespaces", "6.18"}),
                      ContainsSubstring("unpack them with: xz -d " + (folder.path() / "trials.jsonl.xz").string()));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "trials.jsonl"));
}
