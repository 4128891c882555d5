#pragma once
// What a detector is given that needs eBPF: a connection of which the kernel itself reports what becomes of it.

#include "detectors/detector.h"
#include "harness/linux/report_ring.h"

namespace halfopen {

class ReportedConnection : public Connection {
public:
    /// The ring that the reports come in; the lab has loaded the program that makes them, which takes root.
    virtual int kernel_reports_fd() const = 0;
};

/// The reports of a connection that was given to a detector with "eBPF" among its needs.
inline ReportRing reports_of(const Connection& connection) {
    return ReportRing(dynamic_cast<const ReportedConnection&>(connection).kernel_reports_fd());
}

} // namespace halfopen
