// Programs of others: what they wrote, and what is said when they are missing or fail.

#include <chrono>
#include <filesystem>

#include "harness/base/error.h"
#include "harness/linux/command.h"
#include "support/catch.h"
#include "support/folder.h"

using namespace halfopen;
using namespace halfopen::testing;

namespace {

std::string complaint(const std::vector<std::string>& words, const std::string& mend = {}) {
    try {
        output_of(words, mend);
    } catch (const CannotHere& e) {
        return e.what();
    }
    return "no error";
}

} // namespace

TEST_CASE("a program's output comes whole, binary and larger than a pipe, whatever it says on stderr") {
    const std::string out = output_of({"sh", "-c", "head -c 3000000 /dev/zero; head -c 300000 /dev/zero >&2"});
    CHECK(out == std::string(3'000'000, '\0'));
}

TEST_CASE("words reach a program as they are, without a shell") {
    CHECK(output_of({"printf", "%s|", "two words", "$HOME", "*"}) == "two words|$HOME|*|");
}

TEST_CASE("a program reads nothing but what it is given, and runs where it is told to") {
    CHECK(output_of({"cat"}).empty());
    CHECK(output_of({"cat"}, {}, {}, std::string(300'000, 'x')) == std::string(300'000, 'x'));
    const Folder folder;
    CHECK(output_of({"pwd", "-P"}, {}, folder.path()) == std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST_CASE("a missing program is named with its mend, one that fails with its last line") {
    CHECK(complaint({"no-such-program"}, "install it") == "there is no program no-such-program; install it");
    CHECK(complaint({"/tmp"}) == "there is no program /tmp");
    CHECK(complaint({"sh", "-c", "echo first >&2; echo last >&2; exit 4"}) == "sh failed: last");
    CHECK(complaint({"sh", "-c", "exit 4"}) == "sh failed: it ended with status 4");
    CHECK(complaint({"sh", "-c", "kill -9 $$"}) == "sh failed: it was ended by signal 9");
}

TEST_CASE("the PATH is searched for programs, not for folders") {
    CHECK(is_on_path("sh"));
    CHECK(is_on_path("/bin/sh"));
    CHECK_FALSE(is_on_path("no-such-program"));
    CHECK_FALSE(is_on_path("."));
}
