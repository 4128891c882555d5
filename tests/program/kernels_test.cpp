// The verb kernels, without the network.

#include "support/catch.h"
#include "support/folder.h"
#include "support/program.h"

using namespace halfopen::testing;

TEST_CASE("kernels that are not in the cache are listed with the command that fetches them") {
    const Folder folder;
    const Ran ran = run_program({"kernels"}, {"HALFOPEN_KERNELS=" + folder.path().string()});
    CHECK(ran.status == 0);
    for (const char* command : {"halfopen kernels get 6.1\n", "halfopen kernels get 6.12\n"})
        CHECK_THAT(ran.out, ContainsSubstring(command));
}

TEST_CASE("where there is no apt, get says what it wanted, what to give instead, and leaves nothing") {
    const Folder folder;
    const Ran ran = run_program({"kernels", "get"}, {"HALFOPEN_KERNELS=" + (folder.path() / "k").string(), "PATH=/nowhere"});
    CHECK(ran.status == 3);
    CHECK_THAT(ran.err, ContainsSubstring("Nothing is installed"));
    CHECK_THAT(ran.err, ContainsSubstring("error: kernel 6.12: kernels are fetched by apt-get"));
    CHECK_THAT(ran.err, ContainsSubstring("--kernel PATH"));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "k"));
}

TEST_CASE("a kernel that cannot be fetched is wrong usage") {
    const Ran ran = run_program({"kernels", "get", "5.10"});
    CHECK(ran.status == 2);
    CHECK_THAT(ran.err, ContainsSubstring("6.12"));
}
