// Recipes: the same timers in every spelling, each honest about what it cannot say.

#include <cstdlib>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "detectors/recipes.h"
#include "support/catch.h"
#include "support/folder.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

const SocketTimers both{.keepalive = true, .idle = 57s, .interval = 5s, .count = 3, .user_timeout = 72s};
const SocketTimers keepalive_only{.keepalive = true, .idle = 57s, .interval = 5s, .count = 3};
const SocketTimers user_timeout_only{.user_timeout = 1500ms};

std::map<std::string, Recipe> by_name(const std::vector<Recipe>& recipes) {
    std::map<std::string, Recipe> all;
    for (const Recipe& recipe : recipes) all[recipe.who] = recipe;
    return all;
}

std::string text_of(const Recipe& recipe) {
    std::string text;
    for (const std::string& line : recipe.lines) text += line + "\n";
    return text;
}

int number_after(const std::string& text, const std::string& word) {
    const size_t at = text.find(word);
    REQUIRE(at != std::string::npos);
    return std::atoi(text.c_str() + at + word.size());
}

bool has_program(const char* name) { return std::system(fmt::format("command -v {} >/dev/null", name).c_str()) == 0; }

} // namespace

TEST_CASE("the setsockopt lines name every timer that is set, in the units of tcp(7), and no other") {
    CHECK(setsockopt_lines(both) ==
          std::vector<std::string>{"setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));",
                                   "setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &(int){57}, sizeof(int));",
                                   "setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &(int){5}, sizeof(int));",
                                   "setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &(int){3}, sizeof(int));",
                                   "setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &(int){72000}, sizeof(int));"});
    CHECK(setsockopt_lines(keepalive_only).size() == 4);
    CHECK(setsockopt_lines(user_timeout_only) ==
          std::vector<std::string>{"setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &(int){1500}, sizeof(int));"});
    CHECK(setsockopt_lines({}).empty());
    CHECK(recipes({}).empty());
}

TEST_CASE("the setsockopt lines compile without a warning, and the kernel takes them and gives them back") {
    if (!has_program("gcc")) HALFOPEN_SKIP("gcc is not installed");
    const testing::Folder folder;
    const std::string source = (folder.path() / "set.c").string(), binary = (folder.path() / "set").string();
    std::ofstream file(source);
    file << "#include <netinet/in.h>\n#include <netinet/tcp.h>\n#include <sys/socket.h>\n"
            "static int get(int fd, int level, int name)\n{\nint value = -1;\nsocklen_t size = sizeof value;\n"
            "getsockopt(fd, level, name, &value, &size);\nreturn value;\n}\n"
            "int main(void)\n{\nint fd = socket(AF_INET, SOCK_STREAM, 0);\n";
    for (const std::string& line : setsockopt_lines(both)) file << line << "\n";
    file << "return !(get(fd, SOL_SOCKET, SO_KEEPALIVE) == 1 && get(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 57 &&\n"
            "get(fd, IPPROTO_TCP, TCP_KEEPINTVL) == 5 && get(fd, IPPROTO_TCP, TCP_KEEPCNT) == 3 &&\n"
            "get(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 72000);\n}\n";
    file.close();
    REQUIRE(std::system(fmt::format("gcc -std=gnu11 -Wall -Wextra -Werror -o {} {}", binary, source).c_str()) == 0);
    CHECK(std::system(binary.c_str()) == 0);
}

TEST_CASE("the Python lines set what they say") {
    if (!has_program("python3")) HALFOPEN_SKIP("python3 is not installed");
    const testing::Folder folder;
    const std::string path = (folder.path() / "set.py").string();
    std::ofstream file(path);
    file << "import socket\ns = socket.socket()\n" << text_of(by_name(recipes(both)).at("Python"));
    file << "for name, value in dict(KEEPIDLE=57, KEEPINTVL=5, KEEPCNT=3, USER_TIMEOUT=72000).items():\n"
            "    assert s.getsockopt(socket.IPPROTO_TCP, getattr(socket, 'TCP_' + name)) == value, name\n"
            "assert s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1\n";
    file.close();
    CHECK(std::system(("python3 " + path).c_str()) == 0);
}

TEST_CASE("each server is told the same numbers in its own words") {
    const auto all = by_name(recipes(both));
    CHECK(text_of(all.at("nginx")) == "listen 443 so_keepalive=57s:5s:3;\n");
    CHECK(text_of(all.at("postgres")) == "tcp_keepalives_idle = 57\ntcp_keepalives_interval = 5\n"
                                         "tcp_keepalives_count = 3\ntcp_user_timeout = 72000\n");
    CHECK_THAT(text_of(all.at("Go")), ContainsSubstring("Count: 3"));
    CHECK_THAT(text_of(all.at("Go")), ContainsSubstring("Idle: 57 * time.Second, Interval: 5 * time.Second"));
    CHECK_THAT(text_of(all.at("Go")), ContainsSubstring("syscall.IPPROTO_TCP, 18, 72000"));
    CHECK_THAT(text_of(all.at("sshd")), ContainsSubstring("tcp_keepalive_time=57"));
}

TEST_CASE("what cannot set TCP_USER_TIMEOUT says so, and how long a write is waited for then") {
    const auto all = by_name(recipes(both));
    for (const char* who : {"nginx", "redis", "sshd"}) {
        INFO(who);
        CHECK_THAT(all.at(who).limits, ContainsSubstring("cannot set TCP_USER_TIMEOUT"));
        CHECK_THAT(all.at(who).limits, ContainsSubstring("15 min 40 s"));
    }
    for (const char* who : {"postgres", "Go", "Python"}) CHECK(all.at(who).limits.find("cannot") == std::string::npos);
    for (const auto& [who, recipe] : by_name(recipes(keepalive_only)))
        CHECK(recipe.limits.find("USER_TIMEOUT") == std::string::npos);
    const auto without_keepalive = by_name(recipes(user_timeout_only));
    for (const char* who : {"nginx", "redis"}) CHECK(without_keepalive.at(who).lines.empty());
}

TEST_CASE("redis's one number gives up within what was asked, and says where it cannot") {
    for (int idle = 1; idle <= 400; ++idle) {
        const SocketTimers timers{.keepalive = true, .idle = std::chrono::seconds{idle}, .interval = 1s, .count = 3};
        const Recipe redis = by_name(recipes(timers)).at("redis");
        const int n = number_after(redis.lines.at(0), "tcp-keepalive ");
        const int in_all = n + 3 * std::max(1, n / 3), next = n + 1 + 3 * std::max(1, (n + 1) / 3);
        INFO(idle << ": " << redis.lines.at(0));
        CHECK(in_all <= idle + 3);
        CHECK(next > idle + 3); // A larger number would do, and ask less often.
    }
    const SocketTimers tight{.keepalive = true, .idle = 1s, .interval = 1s, .count = 1};
    CHECK_THAT(by_name(recipes(tight)).at("redis").limits, ContainsSubstring("can do no less"));
}

TEST_CASE("sshd's own ping and the websockets library's give up within the limit") {
    for (const int limit : {4, 29, 100, 7199}) {
        const Duration asked = std::chrono::seconds{limit};
        const auto all = by_name(asking_recipes(asked / 4, asked));
        CHECK(4 * number_after(text_of(all.at("sshd")), "ClientAliveInterval ") <= limit);
        const std::string python = text_of(all.at("Python"));
        CHECK(number_after(python, "ping_interval=") + number_after(python, "ping_timeout=") <= limit);
    }
}

TEST_CASE("no line of a recipe is wider than a terminal beside the server's name") {
    const SocketTimers longest{.keepalive = true, .idle = 32767s, .interval = 75s, .count = 3, .user_timeout = 32992s};
    for (const Recipe& recipe : recipes(longest))
        for (const std::string& line : recipe.lines) CHECK(line.size() <= 70);
    for (const std::string& line : setsockopt_lines(longest)) CHECK(line.size() <= 80);
}
