#include "harness/trial/guest.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include <poll.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/lab/guest_init.h"
#include "harness/lab/initramfs.h"
#include "harness/trial/portion.h"
#include "harness/trial/session.h"

namespace halfopen {

namespace {

// Few: they wake up what the first connection of a kernel has to wake. The guest that only measures the floor takes
// as many as the namespaces lab does.
constexpr int warm_up_samples = 2;

LabTask task_of(const ReadPortion& read) {
    LabTask task{read.portion.trials, read.seed};
    if (read.portion.alone) task.worlds = 1;
    if (!read.portion.trials.empty() && !read.portion.server) task.floor_samples = warm_up_samples;
    task.server = read.portion.server;
    task.sweep_up_to = Duration::max(); // Waiting costs nothing here.
    return task;
}

void pass_on_complaints(const Fd& complaints, GuestPort& port) {
    std::string text(4096, '\0');
    const ssize_t n = read(complaints.get(), text.data(), text.size());
    text.resize(static_cast<size_t>(std::max<ssize_t>(n, 0)));
    std::replace(text.begin(), text.end(), '\n', ' ');
    if (!text.empty()) port.write_line(message_of_complaint(text));
}

/// By the guest's clock. A lab that hangs would let the clock race for ever, since nothing else is to be done.
Duration patience_with(const Portion& portion) {
    Duration longest{0};
    for (const PlannedTrial& t : portion.trials) longest = std::max(longest, t.before_fault + t.horizon);
    return longest + std::chrono::hours{1};
}

void run_portion(GuestPort& port, const Fd& complaints) {
    const ReadPortion read = read_portion(read_text(guest_path::portion));
    const Duration patience = patience_with(read.portion);
    NamespacesSession session(task_of(read));
    for (bool more = true; more;) {
        pollfd fds[2] = {{session.fd(), POLLIN, 0}, {complaints.get(), POLLIN, 0}};
        const timespec timeout{static_cast<time_t>(patience / std::chrono::seconds{1}), 0};
        if (ppoll(fds, 2, &timeout, nullptr) == 0)
            throw Error(Exit::incomplete, fmt::format("the lab hangs: it said nothing for {} of virtual time", say(patience)));
        if (fds[1].revents) pass_on_complaints(complaints, port);
        while (const auto text = session.hear_text()) {
            port.write_line(*text);
            more = !is_last(*text);
            if (!more) break;
        }
    }
}

/// For who wants to know how fast a guest boots, and how fast it does nothing.
void sleep_only(GuestPort& port) {
    const Duration sleep{std::stoll(read_text(guest_path::idle))};
    const std::string_view word(guest_word::idle);
    port.write_line(word.substr(0, word.size() - 1));
    sleep_until(MonotonicClock::now() + sleep);
    port.write_line(word.substr(0, word.size() - 1));
}

} // namespace

bool is_guest_init(int argc, char** argv) { return getpid() == 1 && argc > 0 && std::string_view(argv[0]) == "/init"; }

void run_guest() {
    GuestPort port;
    try {
        const Fd complaints = prepare_guest();
        if (std::filesystem::exists(guest_path::idle))
            sleep_only(port);
        else
            run_portion(port, complaints);
        port.power_off(0);
    } catch (const Error& e) {
        port.write_line(message_of_error(e.exit(), e.what()));
    } catch (const std::exception& e) {
        port.write_line(message_of_error(Exit::incomplete, e.what()));
    }
    port.power_off(1);
}

} // namespace halfopen
