// Folklore: "ask the socket for the client's address; while there is one, the client is there."
//
// The address is in the server's own memory. getpeername() fails with ENOTCONN only when the state is CLOSE,
// so it repeats what this kernel believes (net/ipv4/af_inet.c: inet_getname()). It hears a RST, one look
// late, and neither a FIN nor a silence.

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "detectors/looking.h"

namespace halfopen {

namespace {

class GetPeerName : public Looking {
public:
    using Looking::Looking;

    Prediction predict(const Situation& s) const override {
        return sees_end(s, {.signal = "getpeername: ENOTCONN",
                            .of_fin = "in CLOSE_WAIT the socket still has its client's address",
                            .look = interval()});
    }

    void watch(Connection& connection, Out& out) const override {
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            sockaddr_storage client{};
            socklen_t size = sizeof client;
            if (getpeername(connection.fd(), reinterpret_cast<sockaddr*>(&client), &size) == -1)
                return out.gone("getpeername", errno);
        }
    }
};

} // namespace

extern const Method getpeername_method;
const Method getpeername_method{
    {.name = "getpeername",
     .label = "getpeername()",
     .summary = "folklore: getpeername() every interval; while the socket has a client's address, the client "
                "is taken to be there",
     .job = Job::neither,
     .folklore = true,
     .needs = {},
     .settings = {interval_setting}},
    make<GetPeerName>};

} // namespace halfopen
