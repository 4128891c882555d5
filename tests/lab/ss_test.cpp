// The line that we give for a connection is the one that ss(8) gives.

#include <sstream>

#include <sys/socket.h>

#include "harness/linux/command.h"
#include "support/catch.h"
#include "support/namespaces.h"
#include "support/seen_pair.h"

using namespace halfopen;
using namespace halfopen::testing;

namespace {

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    return words;
}

/// "on/3" for "timer:(on,1.6sec,3)": the time that is left is another one a moment later.
std::string timer_of(const std::string& word) {
    if (!word.starts_with("timer:("))
        return "";
    return word.substr(7, word.find(',') - 7) + "/" +
           word.substr(word.rfind(',') + 1, word.size() - word.rfind(',') - 2);
}

/// What ss(8) says of the connection: "ESTAB 0 5 on/3".
std::string by_ss() {
    std::istringstream lines(output_of({"ss", "-tnoH"}));
    for (std::string line; std::getline(lines, line);)
        if (const auto w = words_of(line); w.size() >= 5 && w[3].ends_with(fmt::format(":{}", server_port)))
            return fmt::format("{} {} {} {}", w[0], w[1], w[2], timer_of(w.size() > 5 ? w[5] : ""));
    return "ss does not show it";
}

/// The same in our words.
std::string by_us(const TcpSocket& s) {
    const auto w = words_of(say_as_ss(s));
    return fmt::format("{} {} {} {}", w[0], w[2], w[4], timer_of(w.size() > 5 ? w[5] : ""));
}

/// Asked until a timer does not fire between the two questions.
void must_agree_with_ss(const SeenPair& pair, const std::string& timer) {
    std::string ours, theirs;
    for (int i = 0; i < 20; ++i) {
        ours = by_us(pair.seen());
        theirs = by_ss();
        if (ours == theirs)
            break;
    }
    if (ours != theirs)
        throw Error(Exit::incomplete, fmt::format("ss says \"{}\", we say \"{}\"", theirs, ours));
    if (ours.find(timer) == std::string::npos)
        throw Error(Exit::incomplete, fmt::format("both say \"{}\"", ours));
}

#define NEEDS_SS                                                                                             \
    NEEDS_NAMESPACES;                                                                                        \
    if (!is_on_path("ss"))                                                                                   \
    HALFOPEN_SKIP("ss(8) is not installed")

} // namespace

TEST_CASE(
    "socket table: queues and timers are what ss shows, for an idle link, keepalive and a lost answer") {
    NEEDS_SS;
    CHECK(in_lab([] {
              const SeenPair pair;
              must_agree_with_ss(pair, "ESTAB 0 0 ");
              set_option(pair.server.get(), SOL_SOCKET, SO_KEEPALIVE, 1, "SO_KEEPALIVE");
              must_agree_with_ss(pair, "keepalive/0");
              cut_the_path(pair.topology);
              expect(send(pair.server.get(), "hello", 5, MSG_NOSIGNAL) == 5, "it was not written");
              expect(comes_true([&] { return pair.seen().tries > 0; }), "it was not retransmitted");
              must_agree_with_ss(pair, "ESTAB 0 5 on/");
          }) == "ok");
}

TEST_CASE("socket table: a client that does not read is seen by the persist timer, as ss shows it") {
    NEEDS_SS;
    CHECK(in_lab([] {
              const SeenPair pair;
              const std::string much(1 << 20, 'x');
              while (send(pair.server.get(), much.data(), much.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
              }
              expect(comes_true([&] { return pair.seen().timer == TcpTimer::persist; }),
                     "the persist timer is not armed");
              must_agree_with_ss(pair, " persist/");
          }) == "ok");
}
