#include "harness/cli/by_hand_script.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/files.h"
#include "harness/cli/by_hand_stages.h"
#include "harness/lab/topology.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// What a person types, in order: before the connection, the client's program where the client itself fails, and the fault.
struct Typed {
    std::string beforehand, client, fault;
    bool server_writes = false;
};

/// The blocks of commands under "By hand" on the scenario's page. They also heal what is healed.
std::vector<std::string> blocks_of_page(const Scenario& scenario) {
    const std::string page = read_text(data_folder() / "scenarios" / (scenario.name + ".md"));
    constexpr std::string_view begin = "```bash\n", end = "```";
    std::vector<std::string> blocks;
    for (size_t at = page.find(begin, page.find("## By hand")); at != std::string::npos; at = page.find(begin, at)) {
        at += begin.size();
        const size_t close = page.find(end, at);
        blocks.push_back(page.substr(at, close - at));
        at = close;
    }
    return blocks;
}

Typed typed_for(const Scenario& scenario) {
    Typed typed;
    bool from_page = true;
    for (const FaultEntry& fault : scenario.faults) {
        const ByHand hand = fault.make()->by_hand();
        typed.server_writes |= hand.server_writes;
        if (!hand.beforehand.empty()) typed.beforehand += hand.beforehand + "\n";
        if (hand.is_client) {
            typed.client = hand.lines;
            from_page = false;
        } else if (hand.lines.size()) {
            typed.fault += hand.lines + "\n";
        }
    }
    if (!from_page) return typed;
    typed.fault.clear();
    for (const std::string& block : blocks_of_page(scenario))
        if (typed.beforehand.empty() || block.find(typed.beforehand.substr(0, typed.beforehand.size() - 1)) == std::string::npos) typed.fault += block;
    return typed;
}

std::string comment(const std::string& text) { return "# " + wrapped(text, 100, "# ") + "\n"; }

/// Shows the lines and runs them.
std::string typed(const std::string& lines) {
    if (lines.empty()) return "";
    std::string text = lines;
    while (text.ends_with('\n')) text.pop_back();
    return fmt::format("type_in <<'HALFOPEN_LINES'\n{}\nHALFOPEN_LINES\n", text);
}

constexpr std::string_view begin_of_script = R"sh(set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"
watch=${1:-10} # seconds

if [ "${HALFOPEN_INSIDE:-}" != yes ]; then
    [ -f "$0" ] || { echo "save this script to a file first, then: bash FILE [SECONDS]" >&2; exit 2; }
    for tool in unshare ip ss python3@TOOLS@; do
        command -v "$tool" >/dev/null || { echo "$tool is not installed" >&2; exit 3; }
    done
    # Users, processes, mounts and network of its own: no root is needed, and all of it ends with this script.
    HALFOPEN_INSIDE=yes exec unshare --user --map-root-user --net --mount --pid --fork --kill-child bash "$0" "$watch"
fi
# Whoever sets that variable by hand shall not break a network that others use.
if [ "$(ip -o link show | wc -l)" -ne 1 ]; then
    echo "this is not the empty network that the script made for itself; nothing was touched" >&2
    exit 2
fi
mount -t tmpfs none /run  # ip-netns(8) keeps its names there
mount -t proc proc /proc

say() { printf '\n# %s\n' "$*"; }
# Shows what comes on its input as a person would type it, and then does it.
type_in() { local lines; lines=$(cat); printf '%s\n' "$lines" | sed 's/^/$ /'; eval "$lines"; }

CLIENT=client ROUTER=router SERVER=server
say "three hosts: client - router - server"
type_in <<'HALFOPEN_LINES'
for host in client router server; do ip netns add $host; ip -n $host link set lo up; done
ip link add eth0 netns client address 02:00:00:00:00:01 type veth peer name to-client netns router address 02:00:00:00:00:02
ip link add eth0 netns server address 02:00:00:00:00:04 type veth peer name to-server netns router address 02:00:00:00:00:03
ip -n client addr add 192.0.2.10/24 dev eth0
ip -n router addr add 192.0.2.1/24 dev to-client
ip -n router addr add 198.51.100.1/24 dev to-server
ip -n server addr add 198.51.100.10/24 dev eth0
for port in to-client to-server; do ip -n router link set $port up; done
for host in client server; do ip -n $host link set eth0 up; done
ip -n client route add default via 192.0.2.1
ip -n server route add default via 198.51.100.1
ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
HALFOPEN_LINES
)sh";

constexpr std::string_view server_program = R"sh(
say "the server: law 1 done right - it asks recv() until that says something"
cat >/run/server.py <<'END'
import errno, os, signal, socket, sys, time
signal.signal(signal.SIGALRM, lambda *_: None)  # Python asks again by itself after a signal (PEP 475).
listener = socket.create_server(("198.51.100.10", 5000))
open("/run/server.pid", "w").write(str(os.getpid()))
print("server: listening", flush=True)
s, client = listener.accept()
print("server:", s.recv(100).decode(), "from", client[0], flush=True)
def write(*_):
    try: s.send(b"x" * 100); print("server: wrote 100 bytes", flush=True)
    except OSError as e: print("server: send():", errno.errorcode[e.errno], flush=True)
signal.signal(signal.SIGUSR1, write)
s.settimeout(float(sys.argv[1]))
verdict = "silence"
try:
    while True:
        got = s.recv(100)
        if got == b"": verdict = "recv: 0"; break
        print("server: heard", len(got), "bytes", flush=True)
except TimeoutError as e: verdict = "recv: ETIMEDOUT" if e.errno else "silence"
except OSError as e: verdict = "recv: " + errno.errorcode[e.errno]
print("server:", verdict, flush=True)
open("/run/verdict", "w").write(verdict + "\n")
time.sleep(3600)  # It keeps its socket, so that ss can show what became of it.
END
ip netns exec server python3 /run/server.py "$((watch + 3))" &
until [ -s /run/server.pid ]; do sleep 0.1; done
SERVER_PID=$(cat /run/server.pid)
)sh";

constexpr std::string_view own_client = R"sh(
say "the client: connects, says hello, and waits"
cat >/run/client.py <<'END'
import os, signal, socket, time
signal.signal(signal.SIGTERM, lambda *_: None)  # It has much to tidy up before it ends.
s = socket.create_connection(("198.51.100.10", 5000))
s.sendall(b"hello")
open("/run/client.pid", "w").write(str(os.getpid()))
while True: time.sleep(3600)
END
ip netns exec client python3 /run/client.py &
until [ -s /run/client.pid ]; do sleep 0.1; done
CLIENT_PID=$(cat /run/client.pid)
)sh";

constexpr std::string_view wait_for_connection = R"sh(until ip netns exec server ss -tnH state established | grep -q :5000; do sleep 0.1; done
sleep 1 # so that nothing is on its way any more
type_in <<<'ip netns exec server ss -tno'
)sh";

constexpr std::string_view end_of_script = R"sh(
say "what the server learns in $watch s"
for ((i = 0; i < watch * 5; i++)); do [ -s /run/verdict ] && break; sleep 0.2; done
type_in <<<'ip netns exec server ss -tno'
[ -s /run/verdict ] || echo silence >/run/verdict
echo
echo "verdict: $(cat /run/verdict)"
# The namespaces, and all that runs in them, end with this shell.
)sh";

std::string tools_of(const std::string& lines) {
    std::string tools;
    for (const char* tool : {"iptables", "tc"})
        if (lines.find(fmt::format("{} ", tool)) != std::string::npos) tools += fmt::format(" {}", tool);
    return tools;
}

/// What the script is, and its three hosts.
std::string beginning(const Scenario& scenario, const std::string& lines) {
    std::string begin(begin_of_script);
    replace_all(begin, "@TOOLS@", tools_of(lines));
    return "#!/usr/bin/env bash\n" + comment(fmt::format("{} by hand. {}", scenario.name, scenario.summary)) +
           comment(fmt::format("Usage: bash {}.sh [SECONDS TO WATCH]. More: halfopen explain {}.", scenario.name, scenario.name)) + begin;
}

/// The client speaks to the proxy, where there is one.
std::string waiting_client(const Scenario& scenario) {
    std::string client(own_client);
    if (scenario.proxied) replace_all(client, "198.51.100.10", "192.0.2.1");
    return client;
}

std::string link_delay(const Scenario& scenario) {
    if (scenario.one_way == Duration::zero()) return "";
    std::string lines;
    for (const char* port : {"to-client", "to-server"})
        lines += fmt::format("ip netns exec router tc qdisc add dev {} root netem limit 10000 delay {}ms\n", port, scenario.one_way / std::chrono::milliseconds{1});
    return fmt::format("\nsay \"a long way: {} in each direction\"\n{}", say(scenario.one_way), typed(lines));
}

/// Not every kernel has it.
std::string check_of_netem(const Typed& what, const Scenario& scenario) {
    if (scenario.one_way == Duration::zero() && what.fault.find(" netem ") == std::string::npos) return "";
    return R"sh(if ! tc qdisc add dev lo root netem delay 1ms 2>/dev/null; then
    echo "this kernel has no netem (sch_netem), which this scenario is made of: halfopen run shows it in the virtual lab, --lab virtual" >&2
    exit 3
fi
)sh";
}

/// The client's program is what the fault's page shows; it fails when it reads a line.
std::string failing_client(const std::string& program) {
    return fmt::format("\nsay \"the client: this program, which fails when Enter is pressed\"\nmkfifo /run/enter\ncat >/run/client.sh <<'HALFOPEN_LINES'\n{}\n"
                       "HALFOPEN_LINES\nsed 's/^/$ /' /run/client.sh\nCLIENT=client bash /run/client.sh </run/enter &\nexec 9>/run/enter\n",
                       program);
}

} // namespace

std::string by_hand_script(const Scenario& scenario, bool writes) {
    if (scenario.stage != Stage::established) {
        const std::string stage = by_hand_stage(scenario);
        return beginning(scenario, stage) + stage;
    }
    const Typed what = typed_for(scenario);
    std::string script = beginning(scenario, what.beforehand + what.client + what.fault);
    script += check_of_netem(what, scenario) + link_delay(scenario);
    if (!what.beforehand.empty()) script += "\nsay \"before the connection is made\"\n" + typed(what.beforehand);
    script += std::string(server_program) + (scenario.proxied ? proxy_on_router() : "") + (what.client.empty() ? waiting_client(scenario) : failing_client(what.client)) + std::string(wait_for_connection);
    script += fmt::format("\nsay \"the fault\"\n{}", typed(what.fault));
    if (!what.client.empty()) script += "type_in <<<'echo >&9  # Enter'\n";
    if (writes || what.server_writes) script += "\nsay \"the server writes\"\nsleep 0.5\ntype_in <<<'kill -USR1 $SERVER_PID'\n";
    return script + std::string(end_of_script);
}

} // namespace halfopen
