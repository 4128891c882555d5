// Law 1, done right: call recv() and take each of its answers for what it is (recv(2)).

#include "detectors/recv.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "detectors/predicting.h"

namespace halfopen {

namespace {

class Recv : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    Prediction predict(const Situation& s) const override { return hears(socket_events(s, {})); }

    void watch(Connection& connection, Out& out) const override {
        while (receive(connection, out)) {
        }
    }
};

} // namespace

std::optional<std::span<const char>> receive_into(std::span<char> buffer, Connection& connection, Out& out,
                                                  int flags) {
    const ssize_t n = recv(connection.fd(), buffer.data(), buffer.size(), flags);
    if (n > 0) {
        const std::span<const char> bytes{buffer.data(), static_cast<size_t>(n)};
        connection.received(bytes);
        return bytes;
    }
    // A signal came, or there is nothing to read just now: both mean "ask again".
    if (n == -1 && (errno == EINTR || errno == EAGAIN))
        return std::span<const char>{};
    if (n == 0)
        out.eof("recv: 0");
    else
        out.gone("recv", errno);
    return std::nullopt;
}

bool receive(Connection& connection, Out& out, int flags) {
    std::array<char, 4096> buffer;
    return receive_into(buffer, connection, out, flags).has_value();
}

extern const Method recv_method;
const Method recv_method{
    {.name = "recv",
     .label = "recv()",
     .summary =
         "recv() = 0 is the end of what the client sends; EINTR and EAGAIN mean \"ask again\"; any other "
         "error means that the connection is dead",
     .law = 1,
     .form = Form::done_right,
     .needs = {},
     .settings = {}},
    make<Recv>};

} // namespace halfopen
