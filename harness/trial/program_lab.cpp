#include "harness/trial/program_lab.h"

#include <algorithm>

#include <poll.h>

#include "harness/base/error.h"
#include "harness/base/escapes.h"
#include "harness/trial/kernel_facts.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

/// After its first answer a server may still hang up: it listens before it is ready.
constexpr Duration stays = 150ms;

/// A trial of nothing, for the first look.
PlannedTrial first_connection(const OwnServer& server) {
    PlannedTrial trial;
    trial.id = "first connection";
    trial.scenario = &find_scenario("healthy");
    trial.detector = method_of(server);
    trial.spec = server.name();
    return trial;
}

} // namespace

ProgramLab::ProgramLab(NamespacesLab& base, const Fd& channel, const OwnServer& server, SocketStates* instants, CommandLog& log,
                       CommandLog& client_log)
    : base_(base), channel_(channel), server_(server), instants_(instants), log_(log), client_log_(client_log) {
    log_.start();
    client_log_.start();
    const Instant began = now();
    Host* host = host_for_next();
    if (!host) return;
    const Duration listened_after = now() - began;
    // What its options leave open, the parameters of its own namespace decide.
    host->program->network().enter();
    kernel_ = kernel_facts(Sysctls::load().read_back(), base_.kernel().hz);
    for (const Instant give_up = now() + server_.command.start_within; !look_at_first_connection(listened_after);) {
        if (now() > give_up)
            throw BadInput(fmt::format("{} hangs up on a client before anything is broken; {}{}", server_.name(),
                                       server_.client.hello.empty() ? "give it something to answer, with --hello" : "it may want another --hello",
                                       log_.last_words()));
        if (!sleep_until(now() + 50ms)) return;
    }
}

ProgramLab::Host* ProgramLab::host_for_next() {
    if (!server_.each && !hosts_.empty()) return &hosts_.front();
    auto program = std::make_unique<ServerProgram>(server_.command, base_.sysctls(), log_);
    const auto waited = program->wait_until_listening([this](Duration d) { return sleep_until(now() + d); });
    if (!waited) return nullptr;
    return &hosts_.emplace_back(std::move(program), instants_);
}

std::unique_ptr<ProgramTrial> ProgramLab::connect(const PlannedTrial& planned) {
    Host* host = host_for_next();
    if (!host) throw Error(Exit::incomplete, "stopped while a server was started");
    if (host->places == most_places)
        throw Error(Exit::incomplete, fmt::format("a server has at most {} clients here; fewer scenarios or repeats, or --each", most_places));
    Topology topology = Topology::join(host->program->network(), host->places++, base_.sysctls(), planned.scenario->one_way);
    auto trial = std::make_unique<ProgramTrial>(planned, server_, kernel_, host->watch, client_log_, std::move(topology), base_.launcher().lend_slot());
    return trial;
}

/// False when the server hung up: it may not be ready yet.
bool ProgramLab::look_at_first_connection(Duration listened_after) {
    const auto trial = connect(first_connection(server_));
    trial->start();
    Host& host = hosts_.back();
    const Ipv4 client = trial->world().topology().client_ip;
    try {
        while (!trial->is_settled())
            if (!sleep_until(now() + 2ms)) return true;
        if (!sleep_until(now() + stays)) return true;
        host.watch.look();
        if (!host.watch.fate(client).is_there()) return false;
    } catch (const Error& e) {
        if (host.watch.fate(client).let_go) return false;
        throw BadInput(fmt::format("{}: {}{}", server_.name(), e.what(), log_.last_words()));
    }
    timers_ = timers_of(*trial->options());
    found_ = OwnServerLine{server_.command.words, server_.command.port, server_.client.command, escape(server_.client.hello),
                           listened_after, trial->answered_after(), trial->options(), {}, {}};
    return true;
}

std::unique_ptr<LiveTrial> ProgramLab::build(const PlannedTrial& planned) { return connect(planned); }

bool ProgramLab::has_news() {
    bool news = false;
    for (Host& host : hosts_) {
        news = host.watch.hear() || news;
        if (now() >= host.watch.next_look()) {
            host.watch.look();
            news = true;
        }
    }
    // Last: a connection that was found freed is judged at once, and its end was stamped before.
    while (const auto change = instants_ ? instants_->next() : std::nullopt)
        for (Host& host : hosts_) news = host.watch.take(*change) || news;
    return news;
}

bool ProgramLab::sleep(Instant wake, bool until_notice) {
    std::vector<pollfd> fds;
    for (;;) {
        fds.assign(1, {channel_.get(), POLLIN, 0});
        Instant next = wake;
        for (const Host& host : hosts_) {
            fds.push_back({host.watch.fd(), POLLIN, 0});
            next = std::min(next, host.watch.next_look());
        }
        const Duration left = std::max(next - now(), Duration::zero());
        const timespec timeout{static_cast<time_t>(left / 1s), static_cast<long>((left % 1s).count())};
        ppoll(fds.data(), fds.size(), &timeout, nullptr);
        if (fds[0].revents) return false;
        const bool news = has_news();
        if (now() >= wake || (until_notice && news)) return true;
    }
}

std::string ProgramLab::end() {
    std::string sentence;
    for (Host& host : hosts_) sentence = std::max(sentence, host.program->end());
    return sentence;
}

} // namespace halfopen
