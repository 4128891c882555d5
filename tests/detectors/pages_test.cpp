// Every method has a page that says the same things in the same order, and ten lines of C that compile.

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "detectors/detector.h"
#include "harness/base/files.h"
#include "support/catch.h"
#include "support/folder.h"

using namespace halfopen;

namespace {

std::string page_file(std::string name) {
    std::replace_if(name.begin(), name.end(), [](char c) { return c == '-' || c == '+'; }, '_');
    return name + ".md";
}

std::string page_of(const Method& method) {
    return read_text(data_folder() / "detectors" / page_file(std::string(method.about.name)));
}

/// The block between ```c and ```.
std::string c_block(const std::string& page) {
    const size_t begin = page.find("```c\n");
    REQUIRE(begin != std::string::npos);
    const size_t end = page.find("```", begin + 5);
    return page.substr(begin + 5, end - begin - 5);
}

constexpr const char* includes = R"(
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/inet_diag.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
)";

} // namespace

TEST_CASE("every detector has its page with the same headings in the same order") {
    for (const Method* method : methods()) {
        INFO(method->about.name);
        const std::string page = page_of(*method);
        CHECK(page.starts_with("# " + std::string(method->about.name) + "\n"));
        size_t at = 0;
        for (const char* heading : {"## What it watches", "## What it cannot see", "## Settings", "## How soon, in theory",
                                    "## What it costs", "## In your server", "## In the kernel"}) {
            INFO(heading);
            const size_t next = page.find(heading, at);
            REQUIRE(next != std::string::npos);
            at = next;
        }
    }
}

TEST_CASE("every setting stands on its detector's page with its default") {
    for (const Method* method : methods())
        for (const SettingInfo& setting : method->about.settings) {
            INFO(method->about.name << ": " << setting.name);
            const std::string page = page_of(*method);
            const std::string settings = page.substr(page.find("## Settings"));
            CHECK_THAT(settings, ContainsSubstring(std::string(setting.name)));
            if (setting.fallback != "none") CHECK_THAT(settings, ContainsSubstring(std::string(setting.fallback)));
        }
}

TEST_CASE("the ten lines of C on every detector's page compile without a warning") {
    if (std::system("command -v gcc >/dev/null") != 0) HALFOPEN_SKIP("gcc is not installed");
    for (const Method* method : methods()) {
        INFO(method->about.name);
        const testing::Folder folder;
        const std::string file = (folder.path() / "watch.c").string();
        std::ofstream(file) << includes << "int watch(int fd);\nint watch(int fd)\n{\n(void)fd;\n"
                            << c_block(page_of(*method)) << "\nreturn 0;\n}\n";
        CHECK(std::system(("gcc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only " + file).c_str()) == 0);
    }
}
