// Folklore: "check that the descriptor is still valid": fcntl(F_GETFD) and EBADF.
//
// A descriptor is a number in this process's own table. It becomes invalid when this process closes it, and
// at no other time (fcntl(2), close(2)); the connection behind it may be dead for days.

#include <fcntl.h>

#include <cerrno>

#include "detectors/looking.h"

namespace halfopen {

namespace {

class FdValid : public Looking {
public:
    using Looking::Looking;

    Prediction predict(const Situation&) const override {
        return never("a descriptor stays valid until this process closes it, whatever becomes of the client");
    }

    void watch(Connection& connection, Out& out) const override {
        for (Instant look = MonotonicClock::now();; look += interval()) {
            sleep_until(look);
            if (fcntl(connection.fd(), F_GETFD) == -1)
                return out.gone("F_GETFD", errno);
        }
    }
};

} // namespace

extern const Method fd_valid_method;
const Method fd_valid_method{
    {.name = "fd-valid",
     .label = "valid descriptor",
     .summary = "folklore: fcntl() with F_GETFD every interval; while the descriptor is valid, the client is "
                "taken to be there",
     .job = Job::neither,
     .folklore = true,
     .needs = {},
     .settings = {interval_setting}},
    make<FdValid>};

} // namespace halfopen
