#pragma once
// Methods that look at the socket every `interval`, and methods that see only whether the connection has
// ended.

#include "detectors/predicting.h"

namespace halfopen {

/// How often a method looks, if it looks.
inline constexpr SettingInfo interval_setting{
    .name = "interval", .fallback = "100ms", .meaning = "how often it looks", .least = 1'000'000};

/// The common part of those that look.
class Looking : public DetectorBase {
public:
    using DetectorBase::DetectorBase;
    std::string label() const override { return label_with_changes(*this); }
    Timing timing() const override { return {.anchor = "last look", .period = interval()}; }

protected:
    Duration interval() const { return settings().duration("interval"); }
};

/// Reads what FIONREAD counts and no more, so that neither the end of file nor the pending error is taken.
void read_what_waits(Connection&);

/// What happens on the socket, for a method that reads only when it looks: a request that came since its last
/// look is read, and answered, after the fault.
SocketEvent events_between_looks(const Situation&, Duration look);

/// The soft error that a refusal, a router's or the server's own, leaves on the socket; never where there is none.
SocketEvent soft_error(const Situation&);

/// What a method that is blind to a FIN says when the connection ends.
struct Ending {
    std::string_view signal; ///< what it reports; empty when open
    std::string_view of_fin; ///< why a FIN says nothing to it, for the rule
    Duration look{0};        ///< it looks only every so often
};

/// The prediction of a method that sees the state CLOSE and nothing before: an error of any kind, and the RST
/// that a server draws when it writes to a client that has closed.
Prediction sees_end(const Situation&, const Ending&);

/// True when the server's own writer may call send() between an error's arrival and the next look. It takes
/// the one pending error then (sock_error()), and whoever asks for it later hears nothing.
bool writer_may_take_error(const Situation&);

} // namespace halfopen
