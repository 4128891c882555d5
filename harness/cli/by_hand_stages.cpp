#include "harness/cli/by_hand_stages.h"

#include <string_view>

#include "reports/text.h"

namespace halfopen {

namespace {

constexpr std::string_view start_server = R"sh(mkfifo /run/to-server /run/to-client
ip netns exec server python3 /run/server.py </run/to-server &
exec 8>/run/to-server
until ip netns exec server ss -tlnH | grep -q :5000; do sleep 0.1; done
)sh";

constexpr std::string_view server_begins = R"sh(
say "@SERVER@"
cat >/run/server.py <<'END'
import socket, sys, time
listener = socket.create_server(("198.51.100.10", 5000)@BACKLOG@)
@ACCEPT@time.sleep(3600)
END
)sh";

constexpr std::string_view client_program = R"sh(cat >/run/client.py <<'END'
import socket, sys, time
s = socket.create_connection(("198.51.100.10", 5000), source_address=("192.0.2.10", int(sys.argv[1])))
print("client: connected", flush=True)
sys.stdin.readline()
s.close()
print("client: closed", flush=True)
time.sleep(3600)
END
)sh";

constexpr std::string_view client_connects = R"sh(ip netns exec client python3 /run/client.py 40000 </run/to-client &
CLIENT_PID=$!
exec 9>/run/to-client
)sh";

/// What it believes is all that can be waited for.
constexpr std::string_view wait_for_client = R"sh(until ip netns exec client ss -tnH state @STATE@ | grep -q 192.0.2.10:40000; do sleep 0.1; done
)sh";

constexpr std::string_view wait_until_connected = R"sh(until ip netns exec server ss -tnH state established | grep -q :40000; do sleep 0.1; done
sleep 1 # so that nothing is on its way any more
type_in <<<'ip netns exec server ss -tno'
)sh";

constexpr std::string_view drop_all = "type_in <<<'ip netns exec $ROUTER iptables -t raw -A PREROUTING -j DROP'\n";
constexpr std::string_view drop_last_ack =
    "type_in <<<'ip netns exec $ROUTER iptables -t raw -A PREROUTING -i to-client -p tcp ! --tcp-flags SYN SYN -j DROP'\n";
constexpr std::string_view client_closes = "type_in <<<'echo >&9  # the client closes'\n";

/// There is no descriptor that recv() could be asked with, so it is ss that looks, by sock_diag(7), once a second.
constexpr std::string_view look_and_say = R"sh(
say "what ss shows of the connection in $watch s"
look() {
    local line
    line=$(ip netns exec server ss -tnoH state all 'sport = :5000 and dport = :40000')
    case $line in
        '') echo "sock_diag: not there" ;;
        *CLOSE-WAIT*) echo "sock_diag: CLOSE-WAIT" ;;
        *'timer:(on,'*,[3-9]')'*) echo "sock_diag: 3 tries" ;;
    esac
}
verdict=
for ((i = 0; i < watch && ${#verdict} == 0; i++)); do
    sleep 1
    verdict=$(look)
done
type_in <<<'ip netns exec server ss -tano'
echo
echo "verdict: ${verdict:-silence}"
# The namespaces, and all that runs in them, end with this shell.
)sh";

constexpr std::string_view proxy_program = R"sh(
say "a proxy on the router: it speaks for the client, and for the server"
cat >/run/proxy.py <<'END'
import socket, threading
listener = socket.create_server(("192.0.2.1", 5000))
client, _ = listener.accept()
server = socket.create_connection(("198.51.100.10", 5000))
def pass_on(a, b):
    try:
        while data := a.recv(1000): b.sendall(data)
    except OSError: pass
threading.Thread(target=pass_on, args=(client, server)).start()
pass_on(server, client)
END
ip netns exec router python3 /run/proxy.py &
until ip netns exec router ss -tlnH | grep -q :5000; do sleep 0.1; done
)sh";

std::string server(std::string_view says, std::string_view accept, std::string_view backlog = "") {
    std::string text(server_begins);
    replace_all(text, "@SERVER@", says);
    replace_all(text, "@ACCEPT@", accept);
    replace_all(text, "@BACKLOG@", backlog);
    return text + std::string(start_server);
}

std::string fault(std::string_view lines) { return "\nsay \"the fault\"\n" + std::string(lines); }

/// Waits until the client is in that state.
std::string until_client_is(std::string_view state) {
    std::string lines(wait_for_client);
    replace_all(lines, "@STATE@", state);
    return lines;
}

std::string client() { return "\nsay \"the client connects\"\n" + std::string(client_program) + std::string(client_connects); }

std::string told_to(std::string_view what) { return "s, _ = listener.accept()\nsys.stdin.readline()\n" + std::string(what) + "\n"; }

} // namespace

std::string proxy_on_router() { return std::string(proxy_program); }

std::string by_hand_stage(const Scenario& scenario) {
    const std::string connected = client() + std::string(wait_until_connected), watch(look_and_say);
    const std::string acts = "type_in <<<'echo >&8  # the server acts'\n";
    switch (scenario.stage) {
    case Stage::close_wait:
        return server("the server accepts, and forgets", "s, _ = listener.accept()\n") + connected + fault(client_closes) + watch;
    case Stage::not_accepted: return server("the server listens, and does not accept", "") + connected + fault(client_closes) + watch;
    case Stage::half_shut:
        return server("the server accepts, and will shut its sending side down", told_to("s.shutdown(socket.SHUT_WR)")) + connected +
               fault("type_in <<<'kill -STOP $CLIENT_PID'\n" + acts) + watch;
    case Stage::orphan:
        return server("the server accepts, and will close", told_to("s.close()")) + connected + fault(std::string(drop_all) + acts) + watch;
    case Stage::syn_received:
        return server("the server waits in accept()", "s, _ = listener.accept()\n") + fault(drop_last_ack) + client() + until_client_is("established") + watch;
    case Stage::no_place:
        return server("the server listens with a queue of one, and does not accept", "", ", backlog=0") + "\nsay \"a client that takes the place\"\n" +
               std::string(client_program) + "ip netns exec client python3 /run/client.py 40001 < <(sleep 3600) &\nsleep 1\n" + fault("say \"another client connects\"\n") +
               std::string(client_connects) + until_client_is("syn-sent") + watch;
    case Stage::established: break;
    }
    return "";
}

} // namespace halfopen
