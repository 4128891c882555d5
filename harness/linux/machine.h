#pragma once
// What machine this is: the facts that go into every run line.

#include <string>

namespace halfopen {

/// uname -r.
std::string kernel_release();
/// What this machine calls itself (gethostname(2)).
std::string host_name();
/// The kernel's timer frequency: 1 s / clock_getres(CLOCK_MONOTONIC_COARSE), whose resolution is one jiffy
/// (hrtimer_resolution of the coarse clocks). sysconf(_SC_CLK_TCK) is always 100 and says nothing.
int kernel_hz();
int online_cpus();
/// The 1-minute load average.
double load_average();

} // namespace halfopen
