// One world: namespaces, links, the connection and the canary, before anything is broken.

#include "harness/lab/sysctls.h"

#include "harness/base/error.h"
#include "harness/trial/trial.h"
#include "support/catch.h"
#include "support/in_lab.h"
#include "support/namespaces.h"

using namespace halfopen;
using namespace halfopen::testing;
using namespace std::chrono_literals;

TEST_CASE("world: the client has its port also where the kernel would give it to the canary") {
    NEEDS_NAMESPACES;
    CHECK(in_lab([] {
              Sysctls sysctls(std::vector<SysctlRule>{{"net.ipv4.ip_forward", "1", SysctlRule::Scope::router},
                                                      {"net.ipv4.ip_local_port_range", "40000 40000"}}); // No other is left.
              sysctls.learn();
              Selection selection;
              selection.what = {"last-ack-lost", "proc-net-tcp"};
              selection.repeats = 1;
              const PlannedTrial planned = make_plan(selection).trials.front();
              Launcher launcher(4);
              const Fd nobody = event_fd();
              NamespaceTrial trial(planned, sysctls, KernelFacts{}, launcher, nobody);
              trial.start();
          }) == "ok");
}
