// Folklore: "call connect() again: EISCONN means that the connection is still there."
//
// EISCONN comes from a note that the socket layer made when the connection was made (SS_CONNECTED in struct
// socket), and that no packet and no timer changes (net/ipv4/af_inet.c: __inet_stream_connect()). Even after
// a RST, when TCP's own state is CLOSE, the answer is EISCONN.

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "detectors/looking.h"
#include "harness/base/error.h"

namespace halfopen {

namespace {

class ConnectAgain : public Looking {
public:
    using Looking::Looking;

    Prediction predict(const Situation&) const override {
        return never("connect() says EISCONN as long as the descriptor is open: the socket layer's note "
                     "SS_CONNECTED outlives the connection");
    }

    void watch(Connection& connection, Out& out) const override {
        sockaddr_storage client{};
        socklen_t size = sizeof client;
        auto* const address = reinterpret_cast<sockaddr*>(&client);
        check(getpeername(connection.fd(), address, &size), "asking for the client's address");
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            if (connect(connection.fd(), address, size) == -1 && errno != EISCONN && errno != EINTR)
                return out.gone("connect", errno);
        }
    }
};

} // namespace

extern const Method connect_again_method;
const Method connect_again_method{
    {.name = "connect-again",
     .label = "connect() again",
     .summary =
         "folklore: connect() on the connected socket every interval; while it fails with EISCONN, the "
         "client is taken to be there",
     .job = Job::neither,
     .folklore = true,
     .needs = {},
     .settings = {interval_setting}},
    make<ConnectAgain>};

} // namespace halfopen
