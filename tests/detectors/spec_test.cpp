// Specs of detectors: what is understood, and what a mistake is told.

#include "detectors/detector.h"

#include <algorithm>

#include "support/catch.h"

#include "harness/base/error.h"

using namespace halfopen;
using namespace std::chrono_literals;

namespace {

std::string complaint(std::string_view spec) {
    try {
        make_detector(spec);
    } catch (const BadInput& e) {
        CHECK(e.exit() == Exit::usage);
        CHECK(std::string(e.what()).find('\n') == std::string::npos);
        return e.what();
    }
    return "";
}

void requires_words(const std::string& text, std::initializer_list<std::string> words) {
    for (const std::string& word : words) {
        INFO(text << " lacks " << word);
        CHECK(text.find(word) != std::string::npos);
    }
}

} // namespace

TEST_CASE("the catalogue lists the laws first and the control last, each name once") {
    std::vector<std::string_view> names;
    for (const Method* method : methods())
        names.push_back(method->about.name);
    CHECK(names == std::vector<std::string_view>{
                       "recv-as-stated", "recv", "tcp-info-as-stated", "tcp-info", "select-as-stated",
                       "select", "keepalive", "keepalive+user-timeout", "heartbeat", "ping-pong",
                       "user-timeout", "poll", "epoll-edge-rdhup", "recv-any-error", "send-error",
                       "recv-timeout", "recv-nonblocking", "peek", "eof-then-write", "error-queue",
                       "so-error", "poll-rdhup", "poll-nothing", "epoll", "epoll-not-reading", "sigio",
                       "uring-recv", "uring-recv-multishot", "uring-poll",
                       "send-sigpipe", "send-timeout", "siocoutq", "notsent-bytes",
                       "retries2", "rto-max", "proc-net-tcp", "sock-diag",
                       "conntrack-events", "diag-destroy-events", "bpf-state", "bpf-retransmit", "link-events", "nstat",
                       "read-idle-ping", "ping-unless-busy", "request-deadline", "chen-nfd-e", "jacobson",
                       "phi-accrual", "second-channel", "icmp-echo",
                       "getpeername", "send-zero", "recv-zero", "fionread", "fd-valid", "so-error-zero",
                       "writable-means-alive", "send-returned-means-delivered", "connect-again",
                       "close-wakes-recv", "noop"});
}

TEST_CASE("every method is described and can be made with its defaults") {
    for (const Method* method : methods()) {
        INFO(method->about.name);
        const auto detector = make_detector(method->about.name);
        CHECK(&detector->describe() == &method->about);
        CHECK_FALSE(detector->label().empty());
        CHECK(method->about.summary.size() > 20);
        for (const SettingInfo& setting : method->about.settings) {
            CHECK_FALSE(setting.meaning.empty());
            CHECK(detector->settings().has(setting.name) == (setting.fallback != "none"));
        }
        CHECK((method->about.law == 0) == (method->about.form == Form::none));
    }
}

TEST_CASE("who needs the client's help is of the application's protocol, and folklore is a family of its own") {
    for (const Method* method : methods()) {
        const Description& about = method->about;
        INFO(about.name);
        const bool helped = std::find(about.needs.begin(), about.needs.end(), clients_cooperation) != about.needs.end();
        if (helped) CHECK(family_name(about) == "the application's protocol");
        CHECK((family_name(about) == "folklore") == about.folklore);
        const SocketTimers timers = make_detector(about.name)->socket_timers();
        if (timers.keepalive || timers.user_timeout > Duration::zero() || timers.rto_max > Duration::zero())
            CHECK(family_name(about) == "the kernel's own timers");
    }
}

TEST_CASE("a spec is spelled canonically, with all settings in the order of the description") {
    CHECK(spec_of(*make_detector("keepalive")) == "keepalive:idle=60s,interval=5s,count=3");
    CHECK(spec_of(*make_detector("keepalive:count=4,idle=4000ms")) ==
          "keepalive:idle=4s,interval=5s,count=4");
    CHECK(spec_of(*make_detector("keepalive:idle=7200s,interval=75s,count=9")) ==
          "keepalive:idle=2h,interval=75s,count=9");
    CHECK(spec_of(*make_detector("recv-as-stated")) == "recv-as-stated");
    CHECK(spec_of(*make_detector("recv-as-stated:timeout=none")) == "recv-as-stated");
    CHECK(spec_of(*make_detector("recv-as-stated:timeout=1s")) == "recv-as-stated:timeout=1s");
    CHECK(spec_of(*make_detector("ping-pong:answered-by=thread")) ==
          "ping-pong:interval=2s,timeout=10s,answered-by=thread");
    for (const Method* method : methods()) {
        const std::string spec = spec_of(*make_detector(method->about.name));
        CHECK(spec_of(*make_detector(spec)) == spec);
    }
}

TEST_CASE("labels are for people") {
    const std::pair<std::string_view, std::string_view> labels[] = {
        {"recv-as-stated", "recv() <= 0"},
        {"recv-as-stated:timeout=1s", "recv() <= 0, 1 s timeout"},
        {"tcp-info-as-stated", "TCP_INFO"},
        {"tcp-info:interval=20ms,retransmits=5", "TCP_INFO, interval 20 ms, retransmits 5"},
        {"select", "select()"},
        {"keepalive", "keepalive 60/5/3"},
        {"keepalive:idle=4s,interval=2s,count=3", "keepalive 4/2/3"},
        {"keepalive:idle=2h,interval=75s,count=9", "keepalive, system defaults"},
        {"keepalive+user-timeout", "keepalive 60/5/3 + user timeout"},
        {"heartbeat", "heartbeat 2 s, limit 10 s"},
        {"ping-pong", "ping-pong 2 s, limit 10 s"},
        {"user-timeout", "user timeout 10 s"},
        {"poll", "poll()"},
        {"epoll-edge-rdhup", "epoll, edge, RDHUP"},
        {"recv-any-error", "recv(), any error"},
        {"send-error", "send() fails"},
        {"send-sigpipe", "SIGPIPE"},
        {"siocoutq", "SIOCOUTQ 10 s"},
        {"proc-net-tcp", "/proc/net/tcp"},
        {"sock-diag:count=2", "sock_diag, count 2"},
        {"nstat:count=5", "nstat, count 5"},
        {"link-events", "rtnetlink events"},
        {"bpf-retransmit:count=3", "eBPF: retransmissions, count 3"},
        {"notsent-bytes:threshold=500", "notsent bytes, 500 B/s over 10 s"},
        {"getpeername:interval=20ms", "getpeername(), interval 20 ms"},
        {"fionread", "FIONREAD 0"},
        {"recv-timeout:timeout=60s", "read deadline 60 s"},
        {"eof-then-write:timeout=200ms", "EOF, then send(), timeout 200 ms"},
        {"phi-accrual:threshold=3", "phi accrual 2 s, phi 3"},
        {"chen-nfd-e", "Chen NFD-E 2 s + 500 ms, 2 missed"},
        {"jacobson", "Jacobson 2 s"},
        {"read-idle-ping", "read-idle ping 2 s, limit 10 s"},
        {"ping-unless-busy", "ping unless busy 2 s, limit 10 s"},
        {"request-deadline:timeout=3s", "request deadline 3 s"},
        {"uring-recv-multishot", "io_uring multishot"},
        {"send-timeout:timeout=5s", "send deadline 5 s"},
        {"retries2:count=3", "tcp_retries2 = 3"},
        {"rto-max:interval=1500ms", "RTO at most 1500 ms"},
        {"second-channel", "UDP hello 2 s, limit 10 s"},
        {"icmp-echo:interval=1s", "ICMP echo 1 s, limit 10 s"},
        {"noop", "noop"}};
    for (const auto& [spec, label] : labels)
        CHECK(make_detector(spec)->label() == label);
}

TEST_CASE("a mistyped name is told the nearest one") {
    requires_words(complaint("keepalvie"), {"\"keepalvie\"", "did you mean \"keepalive\"", "list detectors"});
    requires_words(complaint("keepalive:idel=5s"),
                   {"\"idel\"", "did you mean \"idle\"", "idle, interval, count"});
    requires_words(complaint("ping-pong:answered-by=workr"),
                   {"workr", "worker, thread", "did you mean \"worker\""});
    requires_words(complaint("noop:idle=5s"), {"noop has no settings"});
    requires_words(complaint(""), {"no name"});
}

TEST_CASE("a value out of range is told the range") {
    requires_words(complaint("keepalive:idle=-1s"), {"idle=-1s", "negative", "1s"});
    requires_words(complaint("keepalive:count=0"), {"count=0", "from 1 to 127"});
    requires_words(complaint("keepalive:count=128"), {"from 1 to 127"});
    requires_words(complaint("keepalive:count=99999999999999999999999"), {"from 1 to 127"});
    requires_words(complaint("keepalive:count=-3"), {"from 1 to 127"});
    requires_words(complaint("keepalive:idle=9999999999s"), {"too long", "32767s"});
    requires_words(complaint("keepalive:idle=99999999999999999999999s"), {"too long", "32767s"});
    requires_words(complaint("keepalive:idle=0s"), {"too short", "1s"});
    requires_words(complaint("user-timeout:timeout=1us"), {"too short", "1ms"});
    requires_words(complaint("phi-accrual:threshold=0"), {"threshold=0", "from 1 to 16"});
    requires_words(complaint("chen-nfd-e:margin=0s"), {"margin=0s", "too short", "1ms"});
    requires_words(complaint("chen-nfd-e:count=0"), {"from 1 to 100"});
    requires_words(complaint("heartbeat:timeout=2000h"), {"too long", "1000h"});
    requires_words(complaint("getpeername:interval=0s"), {"too short", "1ms"});
    requires_words(complaint("eof-then-write:timeout=0s"), {"too short", "1ms"});
    requires_words(complaint("connect-again:interval=1us"), {"too short", "1ms"});
    requires_words(complaint("retries2:count=256"), {"from 2 to 255"});
    requires_words(complaint("rto-max:interval=999ms"), {"too short", "1s"});
    requires_words(complaint("rto-max:interval=121s"), {"too long", "120s"});
}

TEST_CASE("a value without sense is told how to write one") {
    requires_words(complaint("keepalive:idle=5"), {"no unit", "idle=5s"});
    requires_words(complaint("keepalive:idle=5parsec"), {"\"parsec\"", "ns, us, ms, s, min, h"});
    requires_words(complaint("keepalive:idle=soon"), {"no duration", "idle=60s"});
    requires_words(complaint("keepalive:idle="), {"no value", "idle=60s"});
    requires_words(complaint("heartbeat:interval"), {"lacks its value", "interval=2s"});
    requires_words(complaint("keepalive:count=three"), {"no whole number", "count=3"});
    requires_words(complaint("keepalive:count=3s"), {"no whole number", "count=3"});
    requires_words(complaint("keepalive:"), {"empty setting"});
    requires_words(complaint("keepalive:idle=5s,,count=3"), {"empty setting"});
    requires_words(complaint("keepalive:idle=5s,idle=6s"), {"idle", "twice"});
}

namespace {

/// Every way of writing a value that no setting takes; which of them a setting does take, its unit says.
std::vector<std::string> nonsense(const SettingInfo& setting) {
    std::vector<std::string> all{"", "-1", "-1s", "soon", "1s2s", "1.5s", " 1s", "0x10", "99999999999999999999999",
                                 "99999999999999999999999s", "1 s", "1\ns", "\u2075s"};
    if (setting.fallback != "none")
        all.push_back("none");
    if (setting.unit == SettingInfo::Unit::duration)
        all.insert(all.end(), {"0s", "0ms", "0", "5", "5S", "5parsec", "s", "9999999999h", "-0s"});
    if (setting.unit == SettingInfo::Unit::count)
        all.insert(all.end(), {"0", "-3", "3s", "three", "+3", "3.0"});
    if (setting.unit == SettingInfo::Unit::choice)
        all.insert(all.end(), {"0", "1s", "both", std::string(setting.choices)});
    return all;
}

} // namespace

TEST_CASE("no setting of any method takes nonsense, and each mistake is told in one line") {
    for (const Method* method : methods()) {
        const std::string name(method->about.name);
        for (const std::string tail : {":", ":,", ":=", ":=5s", ":no-such-setting=5s", ":no-such-setting", "::", ":timeout"}) {
            INFO(name << tail);
            CHECK_FALSE(complaint(name + tail).empty());
        }
        for (const SettingInfo& setting : method->about.settings) {
            const std::string is = name + ":" + std::string(setting.name);
            for (const std::string& value : nonsense(setting)) {
                INFO(is << "=" << value);
                requires_words(complaint(is + "=" + value), {std::string(setting.name)});
            }
            CHECK_FALSE(complaint(is).empty());
            const std::string value(setting.fallback == "none" ? "1s" : setting.fallback);
            const std::string once = std::string(setting.name) + "=" + value;
            requires_words(complaint(name + ":" + once + "," + once), {std::string(setting.name), "twice"});
            CHECK_FALSE(complaint(name + ":" + once + ",").empty());
            if (setting.unit != SettingInfo::Unit::choice) {
                INFO(is << " has no largest value");
                CHECK_FALSE(setting.fallback.empty());
                CHECK((setting.unit == SettingInfo::Unit::duration || setting.most > 0));
            }
        }
    }
}

TEST_CASE("keepalive takes whole seconds only, as its options do") {
    requires_words(complaint("keepalive:idle=1500ms"), {"whole number of seconds", "idle=2s"});
    requires_words(complaint("keepalive+user-timeout:interval=2500ms"),
                   {"whole number of seconds", "interval=3s"});
    CHECK(complaint("keepalive:idle=3000ms").empty());
}

TEST_CASE("a limit at or below the interval is refused, because it convicts everybody") {
    requires_words(complaint("heartbeat:interval=10s"), {"timeout=10s", "interval=10s", "timeout=50s"});
    requires_words(complaint("ping-pong:timeout=1s"), {"timeout=1s", "interval=2s"});
    requires_words(complaint("read-idle-ping:idle=10s"), {"timeout=10s", "idle=10s", "timeout=50s"});
    requires_words(complaint("second-channel:interval=10s"), {"timeout=10s", "interval=10s", "timeout=50s"});
    requires_words(complaint("icmp-echo:timeout=1s"), {"timeout=1s", "interval=2s"});
}

TEST_CASE("settings become what the harness needs to know") {
    const auto keepalive = make_detector("keepalive+user-timeout:idle=4s,interval=2s,count=3");
    CHECK(keepalive->socket_timers().keepalive);
    CHECK(keepalive->socket_timers().user_timeout == 10s);
    CHECK(keepalive->timing().anchor == "last segment received");
    CHECK(keepalive->timing().period == 4s);
    CHECK(keepalive->timing().limit == 10s);
    CHECK(make_detector("recv-as-stated")->timing().lead == 0s);
    CHECK(make_detector("recv-as-stated:timeout=1s")->timing().lead == 1500ms);
    CHECK(make_detector("heartbeat:interval=3s")->hello_interval() == 3s);
    CHECK(make_detector("heartbeat")->timing().lead == 2s);
    CHECK(make_detector("ping-pong")->timing().anchor == "last ping");
    CHECK_FALSE(make_detector("ping-pong")->pong_from_thread());
    CHECK(make_detector("ping-pong:answered-by=thread")->pong_from_thread());
    CHECK(make_detector("send-error")->skip_reason(Traffic::idle) == "never writes in idle traffic");
    CHECK(make_detector("send-error")->skip_reason(Traffic::sending).empty());
}
