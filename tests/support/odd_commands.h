#pragma once
// Commands that misbehave, for the tests of `try`: each argv does one thing that people's servers and their
// start scripts do. All of them are plain Python, run by `-c`.

#include <string>
#include <vector>

#include "harness/base/error.h"
#include "support/servers.h"

namespace halfopen::testing {

/// What the commands share: serve(port) answers each line of each client, in one thread for each.
inline constexpr const char* odd_beginning = R"(
import os, signal, socket, sys, threading, time
port = int(sys.argv[1])
def answer(client):
    with client, client.makefile('rb') as lines:
        for line in lines: client.sendall(b'you said ' + line)
def accept(server):
    while True: threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()
def serve(port, address='0.0.0.0'): accept(socket.create_server((address, port)))
)";

struct OddCommand {
    const char* name;
    const char* does; ///< the rest of the program
};

inline constexpr OddCommand odd_commands[] = {
    {"exits at once", "print('no licence found', file=sys.stderr); sys.exit(3)"},
    {"listens after 2 s", "time.sleep(2); serve(port)"},
    {"never listens", "time.sleep(3600)"},
    {"listens on the next port", "serve(port + 1)"},
    {"listens on 127.0.0.1", "serve(port, '127.0.0.1')"},
    // As daemons are made: the parent ends with 0 before the child has begun to listen.
    {"forks into the background", R"(
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
serve(port))"},
    // The parent holds the listening socket and accepts nothing; its three children hold the connections.
    {"has three workers", R"(
server = socket.create_server(('0.0.0.0', port))
for _ in range(3):
    if os.fork() == 0: accept(server)
while True: os.wait())"},
    {"is run by a shell that waits", R"(
if os.fork() == 0: serve(port)
os.wait())"},
    // More than any pipe holds: it stands still where nobody reads.
    {"prints 20 MB and serves", R"(
for _ in range(20): sys.stdout.write(('x' * 1023 + '\n') * 1024)
sys.stdout.flush()
serve(port))"},
    {"closes its stdout and serves", "os.close(1); os.close(2); serve(port)"},
    {"ignores SIGTERM and SIGINT", R"(
for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP: signal.signal(number, signal.SIG_IGN)
serve(port))"},
    {"aborts at the first line", R"(
client, _ = socket.create_server(('0.0.0.0', port)).accept()
client.recv(4096)
os.abort())"},
    // Python ignores SIGPIPE; a program in C that does not dies of its second write to a client that
    // was reset.
    {"does not ignore SIGPIPE", R"(
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
client, _ = socket.create_server(('0.0.0.0', port)).accept()
while True:
    time.sleep(0.2)
    try: client.sendall(b'tick\n')
    except ConnectionError: pass)"},
    {"dies of SIGKILL at the first line", R"(
client, _ = socket.create_server(('0.0.0.0', port)).accept()
client.recv(4096)
os.kill(os.getpid(), signal.SIGKILL))"},
    {"hangs up at the first line", R"(
server = socket.create_server(('0.0.0.0', port))
while True:
    client, _ = server.accept()
    client.recv(4096)
    client.close())"},
    {"accepts and never answers", R"(
server = socket.create_server(('0.0.0.0', port))
kept = []
while True: kept.append(server.accept()))"},
    // The queue of listen() answers the client; no program does.
    {"listens and never accepts", "server = socket.create_server(('0.0.0.0', port)); time.sleep(3600)"},
    {"serves for 1 s and ends", R"(
threading.Thread(target=serve, args=(port,), daemon=True).start()
time.sleep(1))"},
};

/// The argv of the odd command of that name; a wrong name ends the test.
inline Words odd_command(const std::string& name, int port) {
    for (const OddCommand& odd : odd_commands)
        if (odd.name == name)
            return {python(), "-c", std::string(odd_beginning) + odd.does, std::to_string(port)};
    throw BadInput("no odd command has the name \"" + name + "\"; odd_commands.h lists them");
}

} // namespace halfopen::testing
