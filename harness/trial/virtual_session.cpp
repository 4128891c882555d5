#include "harness/trial/virtual_session.h"

#include <algorithm>

#include <sys/epoll.h>
#include <unistd.h>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/lab/initramfs.h"
#include "harness/trial/modules.h"
#include "harness/trial/schedule.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

// A machine that has said nothing for so long, by the wall clock, will never say anything.
constexpr Duration longest_silence = 10min;

std::string describe_failure(const std::string& why, const std::string& complaint) {
    std::string text = "the guest ended without its last word: " + why;
    if (!complaint.empty()) text += " (it said: " + complaint + ")";
    return text;
}

} // namespace

VirtualSession::VirtualSession(VirtualTask task)
    : task_(std::move(task)), base_(base_initramfs(task_.kernel, all_modules())), events_(check(epoll_create1(EPOLL_CLOEXEC), "making an epoll")) {
    if (const std::string why = why_no_emulator(); !why.empty()) throw CannotHere(why);
    base_ += task_.luggage;
    const bool one_server = !task_.portions.empty() && task_.portions.front().server;
    if (!one_server) guests_.emplace_back();
    for (Portion& portion : task_.portions) {
        trials_ += static_cast<int>(portion.trials.size());
        guests_.emplace_back().portion = std::move(portion);
    }
    start_machines();
}

void VirtualSession::start_machines() {
    const auto running = std::count_if(guests_.begin(), guests_.end(), [](const Guest& g) { return g.machine && !g.is_over; });
    for (auto free = task_.machines - running; free > 0 && next_to_start_ < guests_.size() && !stopped_; --free)
        start(guests_[next_to_start_++]);
}

void VirtualSession::start(Guest& guest) {
    const bool ipv6 = guest.portion.server.has_value(); // A user's server may listen by it; ours speak IPv4.
    guest.machine.emplace(task_.kernel, base_ + portion_initramfs(to_json(guest.portion, task_.seed)), task_.seed, ipv6);
    guest.last_heard = MonotonicClock::now();
    epoll_event event{EPOLLIN, {}};
    check(epoll_ctl(events_.get(), EPOLL_CTL_ADD, guest.machine->output().get(), &event), "watching a guest");
}

std::optional<Heard> VirtualSession::hear() {
    if (to_tell_.empty()) {
        for (Guest& guest : guests_)
            if (guest.machine && !guest.is_over) listen_to(guest);
        start_machines();
        tell_in_order();
        tell_progress();
    }
    if (to_tell_.empty()) return std::nullopt;
    Heard heard = std::move(to_tell_.front());
    to_tell_.pop_front();
    return heard;
}

void VirtualSession::listen_to(Guest& guest) {
    char bytes[1 << 16];
    ssize_t n = 0;
    while ((n = read(guest.machine->output().get(), bytes, sizeof bytes)) > 0) {
        guest.last_heard = MonotonicClock::now();
        guest.unfinished_line.append(bytes, static_cast<size_t>(n));
        size_t begin = 0;
        for (size_t end; (end = guest.unfinished_line.find('\n', begin)) != std::string::npos; begin = end + 1)
            take(guest, std::string_view(guest.unfinished_line).substr(begin, end - begin));
        guest.unfinished_line.erase(0, begin);
    }
    if (n == 0) return end(guest);
    if (MonotonicClock::now() - guest.last_heard < longest_silence) return;
    guest.failure = fmt::format("it said nothing for {}", say(longest_silence));
    guest.machine->stop();
    end(guest);
}

void VirtualSession::take(Guest& guest, std::string_view message) {
    if (const auto complaint = complaint_in(message)) {
        guest.complaint += *complaint;
        return;
    }
    try {
        Heard heard = read_message(message);
        if (auto* facts = std::get_if<LabFacts>(&heard)) guest.facts = std::move(*facts);
        if (auto* finished = std::get_if<Finished>(&heard)) guest.finished = *finished;
        if (std::holds_alternative<Remark>(heard) || std::holds_alternative<ServerLog>(heard)) to_tell_.push_back(heard);
        if (auto* packets = std::get_if<CaptureLine>(&heard)) guest.captured.push_back(std::move(*packets));
        if (auto* trial = std::get_if<TrialLine>(&heard)) {
            trials_over_ += trial->attempt == 1;
            guest.told.push_back(std::move(*trial));
        }
    } catch (const Error& e) {
        guest.failure = e.what();
        guest.failed_with = e.exit();
    }
}

void VirtualSession::end(Guest& guest) {
    epoll_ctl(events_.get(), EPOLL_CTL_DEL, guest.machine->output().get(), nullptr);
    guest.is_over = true;
    if (guest.failure.empty()) guest.failure = guest.machine->why_failed();
    if (guest.failure.empty() && !guest.finished) guest.failure = "it switched itself off";
}

/// Portions before their predecessors are held back; nothing is held back once all was stopped.
void VirtualSession::tell_in_order() {
    while (next_to_tell_ < guests_.size() && (guests_[next_to_tell_].is_over || stopped_)) {
        Guest& guest = guests_[next_to_tell_];
        if (next_to_tell_ == 0) tell_facts(guest);
        tell_trials(guest);
        if (guest.finished) lab_time_ += guest.finished->lab_time;
        if (++next_to_tell_ == guests_.size()) to_tell_.push_back(Finished{lab_time_});
    }
}

void VirtualSession::tell_facts(const Guest& first) {
    if (stopped_ && !first.facts) { // Without a run line no trial can be stored.
        next_to_tell_ = guests_.size() - 1;
        return;
    }
    if (!first.facts && first.portion.server && first.failed_with != Exit::machine) throw Error(first.failed_with, first.failure + "; it ran in a guest, and --with takes along what it may lack there");
    if (!first.facts)
        throw Error(Exit::machine,
                    fmt::format("kernel {}: {}", task_.kernel.release, describe_failure(first.failure, first.complaint)));
    LabFacts facts = *first.facts;
    facts.initramfs_digest = sha256(base_);
    to_tell_.push_back(std::move(facts));
    for (const PlannedTrial& planned : task_.skipped) to_tell_.push_back(not_run(planned, Outcome::skipped, planned.skip));
}

void VirtualSession::tell_trials(Guest& guest) {
    for (const PlannedTrial& planned : guest.portion.trials) {
        bool is_told = false;
        for (const TrialLine& line : guest.told)
            if (line.id == planned.id) {
                for (const CaptureLine& part : guest.captured)
                    if (part.id == line.id && part.attempt == line.attempt) to_tell_.push_back(part);
                to_tell_.push_back(line);
                is_told = true;
            }
        if (!is_told && !stopped_)
            to_tell_.push_back(not_run(planned, Outcome::invalid, describe_failure(guest.failure, guest.complaint)));
    }
}

void VirtualSession::tell_progress() {
    if (trials_over_ == trials_told_of_) return;
    trials_told_of_ = trials_over_;
    to_tell_.push_front(Progress{"guests", trials_over_, trials_, {}});
}

void VirtualSession::stop() {
    stopped_ = true;
    for (Guest& guest : guests_)
        if (guest.machine && !guest.is_over) guest.machine->stop();
}

} // namespace halfopen
