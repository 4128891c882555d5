#include "harness/linux/machine.h"

#include <cmath>
#include <cstdlib>
#include <ctime>

#include <sys/utsname.h>
#include <unistd.h>

namespace halfopen {

std::string kernel_release() {
    utsname name{};
    uname(&name);
    return name.release;
}

std::string host_name() {
    utsname name{};
    uname(&name);
    return name.nodename;
}

int kernel_hz() {
    timespec resolution{};
    clock_getres(CLOCK_MONOTONIC_COARSE, &resolution);
    return static_cast<int>(std::lround(1e9 / (1e9 * static_cast<double>(resolution.tv_sec) +
                                               static_cast<double>(resolution.tv_nsec))));
}

int online_cpus() { return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)); }

double load_average() {
    double load = 0;
    return getloadavg(&load, 1) == 1 ? load : 0;
}

} // namespace halfopen
