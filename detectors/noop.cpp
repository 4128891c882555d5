// The detector that never says anything. It is two things: the template to copy for a new method, and the
// negative control of every experiment. Whatever another detector costs is measured against it, and a trial
// in which it "notices" something is a mistake of the harness.
//
// To add a method: copy this file, name it after the method, fill in the description at the end, write its
// page beside it, and add one line to catalogue.cpp.

#include <unistd.h>

#include "detectors/predicting.h"

namespace halfopen {

namespace {

class Noop : public DetectorBase {
public:
    using DetectorBase::DetectorBase;

    // What the method will say, by the kernel's rules alone. Most methods begin with socket_events(s, ...),
    // the answer to "when does the kernel put what on the socket?", and make of it what watch() makes of it.
    Prediction predict(const Situation&) const override {
        return never("noop never asks, so it never knows");
    }

    // The code that a server would run. It blocks until it is sure, says so to `out`, and returns. Bytes that
    // it reads go to connection.received(). A method that is never sure blocks for ever; the harness ends it.
    void watch(Connection&, Out&) const override {
        for (;;)
            pause();
    }
};

} // namespace

extern const Method noop_method;
const Method noop_method{{.name = "noop",
                          .label = "noop",
                          .summary = "pause() for ever: the negative control, which never says anything",
                          .job = Job::neither,
                          .outside = true,
                          .needs = {},
                          .settings = {}},
                         make<Noop>};

} // namespace halfopen
