#include "harness/base/xz.h"

#include "harness/base/error.h"
#include "support/catch.h"
#include "support/packed.h"

using namespace halfopen;
using halfopen::testing::packed;

namespace {

const std::string long_text = [] {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919 % 10007) + "\n";
    return text;
}();

std::string refusal_of(const std::string& archive) {
    try {
        unpack_xz(archive, "here.xz");
    } catch (const BadInput& error) {
        return error.what();
    }
    return "no error";
}

} // namespace

TEST_CASE("what is packed here is unpacked to the same, by xz(1) too, and equal bytes give equal archives") {
    CHECK(unpack_xz(pack_xz(long_text), "here.xz") == long_text);
    CHECK(unpack_xz(pack_xz(""), "here.xz").empty());
    CHECK(pack_xz(long_text) == pack_xz(long_text));
    CHECK(pack_xz(long_text).size() < long_text.size() / 2);
    CHECK(output_of({"xz", "-dc"}, "", {}, pack_xz(long_text)) == long_text);
}

TEST_CASE("an archive of xz holds what was packed, and several behind each other hold it all") {
    CHECK(unpack_xz(packed(long_text), "here.xz") == long_text);
    CHECK(unpack_xz(packed("one ") + packed("two"), "here.xz") == "one two");
    CHECK(unpack_xz(packed(""), "here.xz").empty());
}

TEST_CASE("an archive that was cut off, wherever, is refused in one line") {
    const std::string whole = packed(long_text);
    for (const size_t size : {size_t{0}, size_t{5}, size_t{100}, whole.size() / 2, whole.size() - 1})
        CHECK(refusal_of(whole.substr(0, size)) == "here.xz: is an archive that was cut off; take the whole file");
}

TEST_CASE("an archive with a byte that was changed, or something else behind it, is damaged") {
    std::string changed = packed(long_text);
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
    CHECK(refusal_of(changed) == "here.xz: is a damaged archive; take the original file");
    CHECK(refusal_of(packed("text") + "{\"type\":\"run\"}\n") == "here.xz: is a damaged archive; take the original file");
}

TEST_CASE("what is no archive is said to be none") {
    CHECK(refusal_of("{\"type\":\"run\",\"schema\":1}\n") == "here.xz: is no archive of xz; give it the name that fits what it holds");
}
