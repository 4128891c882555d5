#pragma once
// What a report may say of its numbers depends on the clock. By the wall clock a machine's load and lateness
// are in every number. In virtual time neither is, idle hours take no time, and the same trials give the same
// lines.

#include <string>

#include "reports/cells.h"

namespace halfopen {

/// True when all runs of these records were in virtual time.
bool in_virtual_time(const Cells&);

/// "27.4 h of virtual time in 3 min 12 s"; without the end of a run only that time was virtual.
std::string virtual_time_text(const Cells&);

/// On the line of trust, what weighs on the numbers: "load 0.4 on 2 processors when it began"; in virtual time
/// no load does, and the above stands instead.
std::string burden_text(const Cells&);

/// What else than the rule can put a measurement outside its prediction.
std::string other_suspect(const Cells&);

/// What to do about many invalid trials.
std::string mend_of_invalid(const Cells&);

/// Below the matrix, what short times are made of and what is to be added to them.
std::string small_times_text(const Cells&);

/// The digest of the trial lines and all that it is bound to. Empty for the wall clock: nothing repeats there
/// to the nanosecond, so nothing is promised.
std::string promise_text(const Cells&);

} // namespace halfopen
