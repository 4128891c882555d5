// What becomes of the connections of a program that knows nothing of us, told from outside. The program is a
// few lines of Python that do with each connection what its client says first.

#include "harness/lab/connection_watch.h"

#include <sys/socket.h>

#include "harness/linux/socket.h"
#include "support/catch.h"
#include "support/in_lab.h"
#include "support/namespaces.h"
#include "support/servers.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* obedient = R"(
import socket, sys, threading
kept = []
def obey(client):
    kept.append(client)
    word = client.recv(64)
    client.sendall(b'yes')
    if word == b'close at once':
        client.close()
    elif word != b'keep':
        try: client.recv(64)
        except OSError: pass
        if word == b'close at the end': client.close()
server = socket.create_server(('0.0.0.0', int(sys.argv[1])))
while True: threading.Thread(target=obey, args=(server.accept()[0],), daemon=True).start()
)";

ServerCommand obedient_server() {
    ServerCommand command;
    command.words = {python(), "-c", obedient, std::to_string(server_port)};
    command.folder = "/";
    command.port = server_port;
    command.uid = geteuid();
    command.gid = getegid();
    return command;
}

/// One connection of that program, and the watch over it.
struct Watched {
    Sysctls sysctls = Sysctls::for_new_worlds();
    CommandLog log = started_log();
    const ServerCommand command;
    ServerProgram program{command, sysctls, log};
    ConnectionWatch watch{program, nullptr};
    Topology topology;
    Fd client;

    /// Its server does what the word says.
    Watched(const ServerCommand& its_command, const std::string& word) : command(its_command) {
        program.wait_until_listening([](Duration d) {
            sleep_until(MonotonicClock::now() + d);
            return true;
        });
        topology = Topology::join(program.network(), 0, sysctls);
        watch.follow(topology.client_ip);
        topology.client.enter();
        client = tcp_connect({server_address, server_port});
        watch.look();
        char answer[3];
        expect(send(client.get(), word.data(), word.size(), MSG_NOSIGNAL) > 0, "it was not asked");
        expect(recv(client.get(), answer, sizeof answer, MSG_WAITALL) == 3, "it did not answer");
    }
    static CommandLog started_log() {
        CommandLog log;
        log.start();
        return log;
    }
    const Fate& fate() const { return watch.fate(topology.client_ip); }

    /// Looks and hears until it is so.
    template <typename Condition> void await(Condition condition, const char* what) {
        for (const Instant give_up = MonotonicClock::now() + 3s;;) {
            watch.hear();
            watch.look();
            if (condition(fate()))
                return;
            expect(MonotonicClock::now() < give_up, what);
            sleep_until(MonotonicClock::now() + 2ms);
        }
    }
    /// Goes on looking for a moment: what must not happen would have happened by then.
    void look_on() {
        for (const Instant end = MonotonicClock::now() + 100ms; MonotonicClock::now() < end;) {
            watch.hear();
            watch.look();
            sleep_until(MonotonicClock::now() + 5ms);
        }
    }
    void reset_by_client() {
        linger_zero(client.get());
        client.reset();
    }
};

} // namespace

TEST_CASE("connection watch: one that nothing happens to is there") {
    NEEDS_NAMESPACES;
    const ServerCommand command = obedient_server();
    CHECK(in_lab([&] {
              Watched w(command, "keep");
              w.look_on();
              expect(w.fate().is_there() && w.fate().last->state == TCP_ESTABLISHED, "it is not there");
              expect(!w.fate().fin, "a FIN was seen");
          }) == "ok");
}

TEST_CASE("connection watch: a client's FIN that the program does not answer leaves CLOSE-WAIT, not let go") {
    NEEDS_NAMESPACES;
    const ServerCommand command = obedient_server();
    CHECK(in_lab([&] {
              Watched w(command, "keep");
              const Instant before = MonotonicClock::now();
              w.client.reset();
              w.await([](const Fate& f) { return f.fin.has_value(); }, "no FIN was seen");
              expect(w.fate().fin->by >= before, "it was seen before it was sent");
              w.look_on();
              expect(w.fate().is_there() && w.fate().last->state == TCP_CLOSE_WAIT,
                     "it is not held in CLOSE-WAIT");
          }) == "ok");
}

TEST_CASE("connection watch: a program that closes after the FIN has let go, and not by itself") {
    NEEDS_NAMESPACES;
    const ServerCommand command = obedient_server();
    CHECK(in_lab([&] {
              Watched w(command, "close at the end");
              w.watch.look();
              w.client.reset();
              w.await([](const Fate& f) { return f.let_go.has_value(); }, "it was not let go");
              expect(!w.fate().closed_alive, "it is said to have been closed alive");
          }) == "ok");
}

TEST_CASE("connection watch: a program that closes under a living client is told from one that heard a FIN") {
    NEEDS_NAMESPACES;
    const ServerCommand command = obedient_server();
    CHECK(in_lab([&] {
              Watched w(command, "close at once");
              w.await([](const Fate& f) { return f.let_go.has_value(); }, "it was not let go");
              expect(w.fate().closed_alive && !w.fate().fin, "it is said to have heard a FIN");
          }) == "ok");
}

TEST_CASE("connection watch: what the kernel ended and the program still holds is given up and not let go") {
    NEEDS_NAMESPACES;
    const ServerCommand command = obedient_server();
    CHECK(in_lab([&] {
              Watched w(command, "keep");
              w.watch.look();
              const Instant before = MonotonicClock::now();
              w.reset_by_client();
              w.await([](const Fate& f) { return f.given_up.has_value(); }, "the end was not seen");
              expect(w.fate().given_up->by >= before, "it was seen before it came");
              w.look_on();
              expect(!w.fate().let_go, "it is said to have been let go");
          }) == "ok");
}

TEST_CASE("connection watch: a program that closes after the RST is heard when the kernel frees the socket") {
    NEEDS_NAMESPACES;
    const ServerCommand command = obedient_server();
    CHECK(in_lab([&] {
              Watched w(command, "close at the end");
              w.watch.look();
              w.reset_by_client();
              w.await([](const Fate& f) { return f.let_go.has_value(); }, "it was not let go");
              expect(w.fate().given_up && w.fate().given_up->after <= w.fate().let_go->by,
                     "the kernel ended it later");
              expect(!w.fate().closed_alive, "it is said to have been closed alive");
          }) == "ok");
}

TEST_CASE(
    "connection watch: it looks again within milliseconds of a fault, and more seldom as time goes by") {
    NEEDS_NAMESPACES;
    const ServerCommand command = obedient_server();
    CHECK(in_lab([&] {
              Watched w(command, "keep");
              w.watch.fired();
              w.watch.look();
              const Duration soon = w.watch.next_look() - MonotonicClock::now();
              expect(soon < 100ms, "it waits for long right after the fault");
              sleep_until(MonotonicClock::now() + 1s);
              w.watch.look();
              expect(w.watch.next_look() - MonotonicClock::now() >= 4ms, "it looks as often as before");
          }) == "ok");
}
