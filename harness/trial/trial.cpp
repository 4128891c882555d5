#include "harness/trial/trial.h"

#include <algorithm>

#include <netinet/tcp.h>

#include "harness/base/error.h"
#include "harness/linux/socket.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

WorldSpec spec_of_world(const PlannedTrial& planned) {
    Situation told;
    planned.scenario->tell(told);
    return {planned.detector.get(), planned.traffic, planned.scenario->signal_interval,
            planned.scenario->kernel_says_goodbye(), planned.scenario->one_way, told.reads_per_second, planned.scenario->proxied,
            planned.scenario->stage};
}

bool differs(Duration wanted, int seconds) { return wanted != std::chrono::seconds{seconds}; }

/// The options that the detector set, read back from its socket; empty when they are what it says.
std::string why_options_differ(int fd, const SocketTimers& wanted) {
    const int user_timeout = get_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT");
    if (std::chrono::milliseconds{user_timeout} != wanted.user_timeout)
        return fmt::format("TCP_USER_TIMEOUT is {} ms, the detector says {}", user_timeout, say(wanted.user_timeout));
    if (wanted.rto_max > 0ns && std::chrono::milliseconds{get_option(fd, IPPROTO_TCP, tcp_rto_max_ms, "TCP_RTO_MAX_MS")} != wanted.rto_max)
        return "TCP_RTO_MAX_MS is not what the detector says";
    if ((get_option(fd, SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE") != 0) != wanted.keepalive)
        return "SO_KEEPALIVE is not what the detector says";
    if (!wanted.keepalive) return {};
    if (differs(wanted.idle, get_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, "TCP_KEEPIDLE")) ||
        differs(wanted.interval, get_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, "TCP_KEEPINTVL")) ||
        get_option(fd, IPPROTO_TCP, TCP_KEEPCNT, "TCP_KEEPCNT") != wanted.count)
        return "the keepalive options are not what the detector says";
    return {};
}

Window at(Duration d) { return {d, d}; }

} // namespace

NamespaceTrial::NamespaceTrial(const PlannedTrial& planned, const Sysctls& sysctls, const KernelFacts& kernel, Launcher& launcher,
                               const Fd& noticed, SocketStates* instants)
    : WorldTrial(planned, kernel, World(spec_of_world(planned), sysctls, launcher, noticed)), instants_(instants) {
    arm();
    if (planned.capture) capture_.emplace(world_.topology());
    Fd reports;
    const NetNamespace& server = world_.topology().server;
    if (needs_reports(*planned.detector))
        reports = instants_->stamp_and_report(server, server_port);
    else if (instants_)
        instants_->stamp(server, server_port);
    world_.connect(std::move(reports));
}

bool needs_reports(const Detector& detector) {
    const auto& needs = detector.describe().needs;
    return std::find(needs.begin(), needs.end(), "eBPF") != needs.end();
}

NamespaceTrial::~NamespaceTrial() {
    if (instants_) instants_->forget(world_.topology().server);
    end_what_only_the_kernel_keeps();
}

void NamespaceTrial::kill() {
    end_what_only_the_kernel_keeps();
    world_.kill_roles();
}

/// It would keep the world's namespaces for minutes.
void NamespaceTrial::end_what_only_the_kernel_keeps() {
    const Stage stage = planned_.scenario->stage;
    if (std::exchange(ended_, true) || (stage != Stage::orphan && stage != Stage::syn_received)) return;
    try {
        undo_faults();
        world_.tell_client(ClientDo::reset);
    } catch (const Error& e) {
        fmt::print(stderr, "ending a connection that only the kernel keeps: {}\n", e.what());
    }
}

bool NamespaceTrial::is_settled() {
    if (world_.slot().broken.is_set()) throw Error(Exit::incomplete, world_.slot().broken.get());
    // 2 ms let the roles go back to sleep before the fault. A message that nobody reads was sent at least.
    const Slot& slot = world_.slot();
    const Instant last = slot.last_message.is_set() ? slot.last_message.get() : slot.last_client_send.get();
    return world_.is_settled() && MonotonicClock::now() - last > 2ms;
}

Situation NamespaceTrial::read_situation(Instant due) const {
    const Slot& slot = world_.slot();
    Situation s = situation_of_world();
    if (is_watched_late(s.stage)) return s; // All begins with the fault.
    if (s.stage == Stage::not_accepted) {
        s.watch_before_fault = s.segment_before_fault = s.message_before_fault = at(due - slot.watching.get());
        return s;
    }
    const auto tcp = tcp_info(world_.server_socket());
    if (!tcp) throw Error(Exit::incomplete, "reading TCP_INFO before the fault");
    s.rto = tcp->rto;
    s.srtt = tcp->srtt;
    s.unacked = planned_.traffic == Traffic::in_flight ? std::max(tcp->unacked, 1U) : tcp->unacked;
    s.notsent_bytes = tcp->notsent_bytes;
    s.watch_before_fault = at(due - slot.watching.get());
    // TCP_INFO counts in jiffies; the client's own stamp of what it sent last is finer, where it agrees.
    const Duration coarse = due - MonotonicClock::now() + std::min(tcp->last_data_received, tcp->last_ack_received);
    // What the client sent last arrives one way later: after the fault, when it has passed the router before it.
    const Duration fine = due - slot.last_client_send.get() - s.one_way;
    s.segment_before_fault = at(fine <= coarse + Duration{2s} / kernel_.hz ? fine : coarse);
    const Duration read = due - slot.last_message.get();
    s.message_before_fault = at(s.one_way > 0ns ? std::min(read, fine) : read);
    if (slot.last_datagram.is_set()) s.datagram_before_fault = at(due - slot.last_datagram.get() - s.one_way);
    hear_on(s, *planned_.detector);
    return s;
}

std::string NamespaceTrial::why_not_ready(Instant due) {
    // A socket that the kernel has given up already has no options left to compare.
    if (world_.slot().signal.is_set()) return {};
    const Stage stage = planned_.scenario->stage;
    if (stage == Stage::close_wait) world_.read_for_server();
    if (is_watched_late(stage) || stage == Stage::not_accepted) return {};
    if (std::string why = why_options_differ(world_.server_socket(), planned_.detector->socket_timers()); !why.empty())
        return why;
    if (planned_.traffic == Traffic::buffer_full && situation_.notsent_bytes == 0)
        return "noisy: the server's buffer was not full at the fault";
    if (planned_.traffic != Traffic::in_flight) return {};
    sleep_exactly_until(due - 300us);
    world_.make_server_write(MonotonicClock::now());
    for (;;) {
        const auto tcp = tcp_info(world_.server_socket());
        if (tcp && tcp->unacked > 0) return {};
        sleep_until(MonotonicClock::now() + 20us); // The server may need this very processor to write.
        if (MonotonicClock::now() > due + 500us) return "noisy: the write before the fault was not seen unacknowledged";
    }
}

std::string NamespaceTrial::why_in_vain() {
    const Stage stage = planned_.scenario->stage;
    if (!is_watched_late(stage)) return {};
    const auto has_come = [&] {
        const auto tcp = tcp_info(world_.server_socket());
        return stage != Stage::close_wait || (tcp && tcp->state == TCP_CLOSE_WAIT);
    };
    for (const Instant give_up = bracket_.after + 5ms; !has_come(); sleep_until(MonotonicClock::now() + 20us))
        if (MonotonicClock::now() > give_up) return "noisy: the client's FIN did not arrive before the watching was to begin";
    world_.begin_watching();
    return {};
}

Duration NamespaceTrial::anchor_before(Instant now, const Situation& s) const {
    const std::string_view anchor = planned_.detector->timing().anchor;
    if (anchor == "last message received") return s.message_before_fault.from;
    if (anchor == "last datagram") return s.datagram_before_fault.from;
    if (anchor == "last ping" && world_.slot().last_ping.is_set()) return now - world_.slot().last_ping.get();
    const Duration period = planned_.detector->timing().period;
    if (anchor == "last look" && period > 0ns) return s.watch_before_fault.from % period;
    return s.segment_before_fault.from;
}

std::string NamespaceTrial::why_not_a_result() {
    const Passage path = healed_ ? Passage::passes : planned_.scenario->path();
    const bool client_runs = planned_.scenario->truth == Truth::alive || planned_.scenario->truth == Truth::unreachable;
    // Where only the server hears, what the client sends now may have to wait behind what was never acknowledged to it.
    // A client that was to go on later, and is stopped still, sends nothing.
    if (client_runs && world_.client().state() == Process::State::stopped) return {};
    if (!client_runs || path == Passage::unchecked || path == Passage::to_server) return {};
    sleep_until(bracket_.after + planned_.scenario->slowest_way()); // What was on its way at the fault has arrived.
    const auto tcp = tcp_info(world_.server_socket());
    if (!tcp || tcp->state != TCP_ESTABLISHED) return {};
    world_.tell_client(ClientDo::send_frame);
    const Instant give_up = MonotonicClock::now() + (path == Passage::passes ? patience() : 2ms);
    bool arrived = false;
    while (!arrived && MonotonicClock::now() < give_up) {
        sleep_until(MonotonicClock::now() + 500us);
        arrived = tcp_info(world_.server_socket())->bytes_received > tcp->bytes_received;
    }
    if (arrived == (path == Passage::passes)) return {};
    return arrived ? "a byte still passed at the end" : "no byte passed at the end though the client is alive";
}

void NamespaceTrial::add_costs(TrialLine& line) const {
    const auto after = main_thread_usage(world_.server().pid());
    const auto tcp = tcp_info(world_.server_socket());
    if (!after || !usage_before_ || !tcp || !info_before_) return;
    line.cost = Cost{static_cast<int64_t>(tcp->segments_sent) - info_before_->segments_sent,
                     static_cast<int64_t>(tcp->bytes_sent - info_before_->bytes_sent),
                     after->wakeups - usage_before_->wakeups, after->cpu_ns - usage_before_->cpu_ns};
}

void NamespaceTrial::add_instants(TrialLine& line) const {
    if (!instants_) return;
    if (const auto knew = instants_->knew(world_.topology().server).first())
        line.kernel_knew_after = Window{*knew - bracket_.before, *knew - bracket_.before};
}

void NamespaceTrial::look_before_fault() {
    usage_before_ = main_thread_usage(world_.server().pid());
    info_before_ = tcp_info(world_.server_socket());
}

void NamespaceTrial::judge_line(TrialLine& line) {
    const Instant judged = MonotonicClock::now(); // What the harness sends from now on is no part of the trial.
    const Slot& slot = world_.slot();
    add_costs(line);
    add_instants(line);
    // What was found behind the horizon, while other worlds of the batch were still watched, was not watched for.
    if (slot.signal.is_set() && slot.notice.get() - bracket_.before <= line.horizon) {
        line.signal = slot.signal.get();
        line.verdict = slot.is_eof ? Verdict::eof : Verdict::gone;
        line.noticed_after = slot.notice.get() - bracket_.before;
    }
    line.traffic_saw = slot.traffic_saw.get();
    for (unsigned i = 0; i < slot.opinion_count; ++i)
        if (const Duration after = slot.opinions[i].at.get() - bracket_.before; after <= line.horizon)
            line.opinions.push_back({after, slot.opinions[i].suspects});
    if (slot.opinion_count == slot.opinions.size()) line.why = "more opinions than fit a record";
    // What a verdict brings about comes with it; what the schedule let pass before it looked is no part of the trial.
    if (capture_) line.capture = capture_->take(bracket_.before, slot.signal.is_set() ? std::min(judged, slot.notice.get() + 500ms) : judged);
}

} // namespace halfopen
