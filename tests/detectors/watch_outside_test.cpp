// watch() of the methods that look from outside the socket, on real connections over 127.0.0.1.

#include "tests/detectors/loopback.h"

using namespace halfopen;
using namespace halfopen::loopback;
using namespace std::chrono_literals;

TEST_CASE("a reset is not announced, the server's own close() is, and another's is not taken for it") {
    Watched watched("diag-destroy-events");
    {
        Watched other("recv");
        other.client_resets();
        expect(other, {"recv", Verdict::gone, "recv: ECONNRESET"});
    } // Both ends of the other are closed here.
    watched.client_resets();
    REQUIRE(watched.quiet_for(200ms));
    watched.server_closes();
    expect(watched, {"diag-destroy-events", Verdict::gone, "sock_diag: destroyed"});
}
