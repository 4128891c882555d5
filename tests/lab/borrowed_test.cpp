// What is borrowed from a process that is not ours: its socket, and for a moment its processor.

#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/linux/borrowed_socket.h"
#include "harness/linux/held_back.h"
#include "support/catch.h"
#include "support/namespaces.h"
#include "support/seen_pair.h"

using namespace halfopen;
using namespace halfopen::testing;

TEST_CASE("a borrowed socket is that of the process which holds it, and its options can be read") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              SeenPair pair;
              set_option(pair.server.get(), IPPROTO_TCP, TCP_KEEPIDLE, 77, "TCP_KEEPIDLE");
              const Process holder = fork_process([] { return pause(); });
              pair.server.reset();
              const BorrowedSocket borrowed = borrow_socket(pair.seen().inode);
              expect(static_cast<bool>(borrowed), "nobody holds it");
              expect(borrowed.owner == holder.pid(), "another process holds it");
              expect(get_option(borrowed.fd.get(), IPPROTO_TCP, TCP_KEEPIDLE, "TCP_KEEPIDLE") == 77,
                     "it is another socket");
          }) == "ok");
}

TEST_CASE("a socket that no process holds cannot be borrowed") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              SeenPair pair;
              const unsigned long inode = pair.seen().inode;
              pair.server.reset();
              expect(!borrow_socket(inode), "somebody holds it");
          }) == "ok");
}

TEST_CASE("a process that is held back runs on our processor, as a batch, and as before when that is over") {
    const Process child = fork_process([] { return pause(); });
    cpu_set_t ours_before, child_before, during, after;
    sched_getaffinity(0, sizeof ours_before, &ours_before);
    sched_getaffinity(child.pid(), sizeof child_before, &child_before);
    {
        const HeldBack held({child.pid()});
        CHECK(sched_getscheduler(child.pid()) == SCHED_BATCH);
        sched_getaffinity(child.pid(), sizeof during, &during);
        CHECK(CPU_COUNT(&during) == 1);
        CHECK(CPU_ISSET(sched_getcpu(), &during));
    }
    CHECK(sched_getscheduler(child.pid()) == SCHED_OTHER);
    sched_getaffinity(child.pid(), sizeof after, &after);
    CHECK(CPU_EQUAL(&after, &child_before));
    sched_getaffinity(0, sizeof after, &after);
    CHECK(CPU_EQUAL(&after, &ours_before));
}

TEST_CASE("a process that has ended is held back without a word") {
    Process child = fork_process([] { return 0; });
    const pid_t pid = child.pid();
    child.wait();
    CHECK_NOTHROW(HeldBack({pid}));
}
