// The launcher: whose children the roles are, what they hold, and what becomes of them.

#include <cstring>
#include <fstream>

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/lab/launcher.h"
#include "harness/linux/passed_descriptors.h"
#include "support/catch.h"
#include "support/in_lab.h"
#include "support/namespaces.h"

using namespace halfopen;
using namespace halfopen::testing;

namespace {

long resident_kilobytes(pid_t pid) {
    std::ifstream status(fmt::format("/proc/{}/status", pid));
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:")) return std::stol(line.substr(8));
    return 0;
}

/// A server that waits for its first command.
struct Waiting {
    std::unique_ptr<Detector> detector = make_detector("recv");
    WorldSpec spec{.detector = detector.get()};
    Pair ends;
    std::pair<Fd, Fd> control = socket_pair(SOCK_STREAM);
    Fd due = event_fd(), noticed = event_fd();
    Launch launch(Launcher& launcher, Slot& slot) {
        return launcher.start(Role::server, ends.topology.server, spec, slot, {&ends.server, &control.second, &due, &noticed});
    }
};

} // namespace

TEST_CASE("what is passed to another process arrives with its descriptors, and without any") {
    auto [here, there] = socket_pair(SOCK_SEQPACKET);
    const auto [from, to] = make_pipe();
    send_with_descriptors(here, "abc", 3, std::vector{to.get()});
    send_with_descriptors(here, "de", 2, {});
    char text[8];
    std::vector<Fd> fds;
    REQUIRE(receive_with_descriptors(there, text, sizeof text, fds) == 3);
    REQUIRE(fds.size() == 1);
    CHECK(write(fds[0].get(), "x", 1) == 1);
    CHECK(read(from.get(), text, sizeof text) == 1);
    CHECK(receive_with_descriptors(there, text, sizeof text, fds) == 2);
    CHECK(fds.size() == 1);
    here.reset();
    CHECK(receive_with_descriptors(there, text, sizeof text, fds) == 0);
}

TEST_CASE("a slot that was given back is lent again, as good as new") {
    SlotPool pool(1);
    SlotLease slot = pool.lend();
    slot->signal.set("recv: 0");
    CHECK_THROWS_AS(pool.lend(), Error);
    const Slot* const place = slot.get();
    slot.reset();
    slot = pool.lend();
    CHECK(slot.get() == place);
    CHECK(!slot->signal.is_set());
}

TEST_CASE("a role is a child of the process that ordered it, in the namespace that it is for, and notices what it is to notice") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              Launcher launcher(4);
              Waiting server;
              SlotLease slot = launcher.lend_slot();
              Process process = server.launch(launcher, *slot).take();
              expect(waitpid(process.pid(), nullptr, WNOHANG) == 0, "the role is not our child");
              server.ends.server.reset();
              const auto command = static_cast<char>(ServerDo::start);
              expect(send(server.control.first.get(), &command, 1, MSG_NOSIGNAL) == 1, "no command was sent");
              server.ends.client.reset(); // FIN: nobody but the role may hold the other end.
              for (int i = 0; i < 1000 && !slot->signal.is_set(); ++i) sleep_until(MonotonicClock::now() + std::chrono::milliseconds{2});
              expect(slot->signal.get() == "recv: 0", "the role did not notice");
          }) == "ok");
}

TEST_CASE("a role that nobody took is ended") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              Launcher launcher(4);
              Waiting server;
              SlotLease slot = launcher.lend_slot();
              server.launch(launcher, *slot);
              // The launcher itself is the one child that is left.
              expect(waitpid(-1, nullptr, WNOHANG) == 0, "there is no launcher");
              server.ends.server.reset();
              server.control.second.reset();
              char byte;
              expect(read(server.control.first.get(), &byte, 1) == 0, "somebody still holds the role's end of its commands");
          }) == "ok");
}

TEST_CASE("many roles can be ordered before the first is taken") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              Launcher launcher(4);
              Waiting server;
              SlotLease slot = launcher.lend_slot();
              std::vector<Launch> ordered;
              for (int i = 0; i < 400; ++i) ordered.push_back(server.launch(launcher, *slot));
              std::vector<Process> processes;
              for (size_t i = ordered.size(); i > 0; --i) processes.push_back(ordered[i - 1].take());
              for (const Process& p : processes) expect(p.state() == Process::State::running, "a role does not run");
          }) == "ok");
}

TEST_CASE("what the launcher sheds, its roles do not have") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              constexpr size_t size = 64'000'000;
              void* plan = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              std::memset(plan, 'p', size);
              Launcher launcher(4, [&] { munmap(plan, size); });
              Waiting server;
              SlotLease slot = launcher.lend_slot();
              const Process process = server.launch(launcher, *slot).take();
              expect(resident_kilobytes(getpid()) - resident_kilobytes(process.pid()) > 50'000, "the role has the plan too");
          }) == "ok");
}
