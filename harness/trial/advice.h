#pragma once
// Advice: the cheapest settings that notice what they must within a time, by the rules alone. A pure function of the
// request; nothing that was measured goes into it.

#include <memory>
#include <string>
#include <vector>

#include "detectors/detector.h"
#include "harness/trial/scenario.h"

namespace halfopen {

struct AdviceRequest {
    Duration within{0}; ///< from the fault to the notice, at most
    std::vector<Traffic> traffic;
    std::vector<const Scenario*> must_notice;
    KernelFacts kernel; ///< of the server
};

/// The failures after which the client says nothing, and which a kernel can notice; on an idle link, and after one
/// write, because keepalive alone is off while a byte is unacknowledged.
AdviceRequest default_request(Duration within, const KernelFacts&);

/// One failure under one traffic profile, and what the rules say over all phases: `prediction.after.to` is the worst
/// case.
struct AdvisedCell {
    const Scenario* scenario = nullptr;
    Traffic traffic = Traffic::idle;
    Prediction prediction;
    /// It is noticed for what it is, and not later than that.
    bool is_noticed(Duration within) const;
};

/// The scenarios with the traffic that makes sense for them. An answer may be unacknowledged when the client
/// vanishes, so request-response brings in-flight with it.
std::vector<std::pair<const Scenario*, Traffic>> asked_cells(const AdviceRequest&);

/// What a method can do at its fastest, where it cannot do what was asked.
struct NearMiss {
    std::shared_ptr<const Detector> detector;
    Duration worst{0}; ///< over all asked cells; zero when one of them is never noticed
    std::string why;   ///< one sentence, with the cell that fails
};

struct Advice {
    std::shared_ptr<const Detector> detector; ///< nothing: no settings can
    std::vector<AdvisedCell> cells;           ///< what was asked, with the worst cases of these settings
    std::string caution;                      ///< what settings this tight cost; empty when nothing
    std::string why_not;                      ///< why no settings can; empty when some can
    std::vector<NearMiss> near;               ///< then: what each method can do at its fastest
    /// The least `within` that some settings can do, in the spelling of the command line; empty when none can.
    std::string least;
};

/// Kernel timers go before what the client's program must take part in, fewer packets before more, and a method that
/// calls a healthy client dead in the asked traffic is left out.
Advice advise(const AdviceRequest&);

/// What the method says in one cell, over all phases of its period.
Prediction over_all_phases(const Scenario&, Traffic, const Detector&, const KernelFacts&);

/// Packets that a healthy idle client and its server exchange in an hour because of these settings, at most, by
/// arithmetic: a probe and its answer; a hello and its ACK; a ping, its pong and the ACK of that.
int64_t packets_per_idle_hour(const Detector&);

/// What the settings do not notice in time, or get wrong: failures of one kind under the profiles that behave alike.
struct BlindSpot {
    std::vector<std::string> scenarios, traffic;
    Prediction prediction; ///< never, unknown, or a window beyond `within`; for healthy: a living client called dead
    bool kills_the_living = false;
};
std::vector<BlindSpot> blind_spots(const Detector&, Duration within, const KernelFacts&);

} // namespace halfopen
