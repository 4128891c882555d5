#include "harness/linux/interrupts.h"

#include <csignal>

#include <sys/signalfd.h>
#include <unistd.h>

#include "harness/base/error.h"

namespace halfopen {

Interrupts::Interrupts() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    fd_ = Fd{check(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "making a signalfd")};
}

int Interrupts::take() {
    signalfd_siginfo info{};
    return read(fd_.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

} // namespace halfopen
