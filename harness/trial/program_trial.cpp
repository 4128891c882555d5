#include "harness/trial/program_trial.h"

#include <algorithm>

#include <netinet/tcp.h>

#include "harness/base/error.h"
#include "harness/linux/borrowed_socket.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// A server that takes longer to accept, or to answer, does not do so at all.
constexpr Duration accepted_within = 1s;
/// A client of the user's own has to start first.
constexpr Duration own_client_connects_within = own_client_starts + 500ms;
/// A client of the user's own that has not come to rest by then is one that always talks.
constexpr Duration rests_within = 1200ms;

/// Nobody says when a client of the user's own has logged in, or whatever it does first: it says no more then.
bool is_at_rest(const TcpInfo& tcp) { return std::min(tcp.last_data_received, tcp.last_ack_received) >= settled_after - 50ms; }

Window around(Duration d, Duration by) { return {std::max<Duration>(0ns, d - by), d + by}; }

} // namespace

ProgramTrial::ProgramTrial(const PlannedTrial& planned, const OwnServer& server, const KernelFacts& kernel, ConnectionWatch& watch,
                           const CommandLog& client_log, Topology topology, SlotLease slot)
    : WorldTrial(planned, kernel,
                 World({planned.detector.get(), planned.traffic, 0ns, false, planned.scenario->one_way}, std::move(topology), std::move(slot))),
      server_(server), watch_(watch), client_log_(client_log), method_(planned.detector) {
    arm();
    world_.prepare_client(server.client);
}

void ProgramTrial::start() {
    watch_.follow(world_.topology().client_ip);
    started_ = MonotonicClock::now();
    world_.start_client(server_.command, client_log_);
}

bool ProgramTrial::is_settled() {
    const Slot& slot = world_.slot();
    // First: a server that has ended refuses its clients, and says more of it than they do.
    if (const std::string why = watch_.program().why_not_serving(); !why.empty()) throw Error(Exit::incomplete, why);
    if (slot.broken.is_set())
        throw Error(Exit::incomplete, watch_.program().listens() ? slot.broken.get()
                                                                 : "the server listens no longer, and refused this client; if it serves one "
                                                                   "client only, --each gives every connection a server of its own");
    watch_.look();
    const auto& socket = fate().last;
    const Duration since = MonotonicClock::now() - started_;
    const bool accepted = socket && socket->inode != 0 && fate().is_there();
    const bool own_client = !server_.client.command.empty();
    const bool answered = slot.client_acked || own_client;
    if (own_client && !socket && since > own_client_connects_within)
        throw Error(Exit::incomplete, fmt::format("your client made no connection to {} within {}{}", to_string(server_.client.server),
                                                  say(own_client_connects_within), client_log_.last_words()));
    if ((!accepted || !answered) && since > (own_client ? own_client_connects_within : accepted_within)) {
        if (fate().let_go || fate().given_up) throw Error(Exit::incomplete, "the server hung up before anything was broken");
        throw Error(Exit::incomplete, !accepted ? why_not_accepted() : "the server did not answer the hello; --no-answer, if none is to come");
    }
    if (!accepted || !answered || since < settled_after - 50ms) return false;
    if (socket->send_queue > 0 || socket->receive_queue > 0) return false;
    if (own_client && !is_at_rest(socket->info) && since < rests_within) return false;
    if (!options_)
        if (const BorrowedSocket borrowed = borrow_socket(socket->inode)) {
            options_ = read_options(borrowed.fd.get());
            owner_ = borrowed.owner;
        }
    if (!options_) throw Error(Exit::incomplete, "the options of the server's socket cannot be read: no process that may be looked at holds it");
    method_ = method_of(server_, timers_of(*options_), patience());
    return true;
}

std::string ProgramTrial::why_not_accepted() const {
    if (watch_.has_others(world_.topology().client_ip))
        return "the server did not accept this connection while it had others; if it serves one client at a time, --each gives every connection "
               "a server of its own";
    return fmt::format("the server listens, and did not accept its only client within {}: it has to call accept()", say(accepted_within));
}

/// How long the server may take to answer once more: its first answer, several times.
Duration ProgramTrial::patience() const { return std::max<Duration>(50ms, 5 * answered_after().value_or(0ns)); }

std::optional<Duration> ProgramTrial::answered_after() const {
    const Slot& slot = world_.slot();
    if (!slot.last_message.is_set() || !slot.last_client_send.is_set()) return std::nullopt;
    return slot.last_message.get() - slot.last_client_send.get();
}

Situation ProgramTrial::read_situation(Instant due) const {
    Situation s = situation_of_world();
    const TcpInfo& tcp = fate().last->info;
    s.rto = tcp.rto;
    s.srtt = tcp.srtt;
    s.unacked = tcp.unacked;
    s.notsent_bytes = tcp.notsent_bytes;
    // TCP_INFO counts in jiffies, back from the look at the table, which on a busy machine is some time ago.
    const Duration jiffy = Duration{1s} / kernel_.hz;
    const Duration age = std::min(tcp.last_data_received, tcp.last_ack_received);
    const Seen& looked = fate().looked;
    s.segment_before_fault = s.message_before_fault = {due - looked.by + age - 2 * jiffy, due - looked.after + age + 2 * jiffy};
    s.watch_before_fault = around(due - started_, 2 * jiffy);
    return s;
}

Duration ProgramTrial::anchor_before(Instant, const Situation& s) const {
    return (s.segment_before_fault.from + s.segment_before_fault.to) / 2;
}

void ProgramTrial::look_before_fault() {
    if (planned_.scenario->faults.front().kind->about.by_client) world_.reach_for_own_client();
}

std::string ProgramTrial::why_not_ready(Instant) {
    before_ = say_as_ss(*fate().last);
    if (!asks()) return {};
    // The answer must not be quicker than the fault.
    held_back_.emplace(std::vector{owner_, world_.client().pid()});
    if (planned_.scenario->faults.front().kind->about.by_client) world_.ask_at_fault(true);
    return {};
}

/// A program's own reaction takes milliseconds, and its socket's clocks are read to two jiffies.
WorldTrial::Precision ProgramTrial::precision(const FaultInfo& fault) const { return {10ms, std::max<Duration>(5ms, fault.bracket_limit)}; }

void ProgramTrial::just_before_fault() {
    if (asks() && !planned_.scenario->faults.front().kind->about.by_client) world_.ask_at_fault(false);
}

std::string ProgramTrial::why_in_vain() {
    held_back_.reset();
    watch_.fired();
    const Effect effect = planned_.scenario->effect();
    if (!asks() || (effect != Effect::silence && effect != Effect::reset_on_send)) return {};
    // Its answer must have met the fault. An answer that was quicker than the fault was acknowledged.
    for (const Instant give_up = MonotonicClock::now() + patience();;) {
        watch_.look();
        if (!fate().is_there() || fate().last->send_queue > 0) return {};
        if (MonotonicClock::now() > give_up) return fmt::format("{}: the server's answer was quicker than the fault", noisy);
        sleep_until(MonotonicClock::now() + 500us);
    }
}

bool ProgramTrial::has_noticed() { return fate().let_go || !watch_.program().why_not_serving().empty(); }

std::string ProgramTrial::why_not_a_result() {
    watch_.program().let_it_end(); // A server that dies of a failure has not let go.
    return watch_.program().why_not_serving();
}

void ProgramTrial::judge_line(TrialLine& line) {
    watch_.look();
    const Fate& fate = this->fate();
    const auto& knew = fate.fin ? fate.fin : fate.given_up;
    if (knew && !fate.closed_alive)
        line.kernel_knew_after = Window{knew->after - bracket_.before, knew->by - bracket_.before};
    line.socket = SocketLine{before_, fate.last ? say_as_ss(*fate.last) : "", "freed", options_};
    line.traffic_saw = world_.slot().traffic_saw.get();
    if (!fate.let_go || fate.let_go->by - bracket_.before > line.horizon) {
        line.socket->end = fate.given_up || !fate.last ? "UNCONN" : std::string(ss_name(fate.last->state));
        return;
    }
    // A server that closes at once is not seen in CLOSE_WAIT; its client's FIN was there all the same.
    const Effect effect = planned_.scenario->effect();
    const bool fin = fate.fin || (!fate.closed_alive && (effect == Effect::fin || effect == Effect::half_close));
    line.verdict = fin ? Verdict::eof : Verdict::gone;
    line.noticed_after = fate.let_go->by - bracket_.before;
    line.signal = fate.closed_alive ? closed_by_itself
                  : fin             ? "close() after the FIN"
                  : fate.error      ? fmt::format("close() after {}", errno_name(fate.error))
                                    : "close() after the kernel gave up";
}

} // namespace halfopen
