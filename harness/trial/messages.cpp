#include "harness/trial/messages.h"

#include <algorithm>
#include <sstream>

#include "harness/base/error.h"

namespace halfopen {

namespace {

enum Letter : char { facts = 'r', trial = 't', progress = 'p', failure = 'e', finished = 'd', complaint = 'c', remark = 'n', server_log = 'l', packets = 'k' };

// A message is one line where it passes through a guest's port.
constexpr char line_in_message = '\x1e';

std::string letter_and(Letter letter, std::string_view text) { return static_cast<char>(letter) + std::string(text); }

Progress read_progress(const std::string& text) {
    Progress p;
    long long until = 0;
    std::istringstream(text) >> p.phase >> p.done >> p.total >> until;
    p.until = Instant{Duration{until}};
    return p;
}

LabFacts read_facts(const std::string& text) {
    const auto line = std::get<RunLine>(*parse_line(text));
    return {line.sysctl, line.floor, line.hz, line.kernel, line.cpus, line.server, {}};
}

} // namespace

std::string message(const LabFacts& f) {
    RunLine line;
    line.sysctl = f.sysctl;
    line.floor = f.floor;
    line.hz = f.hz;
    line.kernel = f.kernel;
    line.cpus = f.cpus;
    line.server = f.server;
    return letter_and(facts, to_json(line));
}

std::string message(const TrialLine& line) { return letter_and(trial, to_json(line)); }

std::string message(const CaptureLine& line) { return letter_and(packets, to_json(line)); }

std::string message(const Progress& p) {
    return letter_and(progress, fmt::format("{} {} {} {}", p.phase, p.done, p.total, p.until.time_since_epoch().count()));
}

std::string message(const Finished& f) { return letter_and(finished, fmt::format("{}", f.lab_time.count())); }

std::string message(const Remark& r) { return letter_and(remark, r.text); }

std::string message(const ServerLog& log) {
    std::string text = log.text;
    std::replace(text.begin(), text.end(), '\n', line_in_message);
    return letter_and(server_log, text);
}

std::string message_of_error(Exit exit, std::string_view what) {
    return letter_and(failure, fmt::format("{} {}", static_cast<int>(exit), what));
}

std::string message_of_complaint(std::string_view text) { return letter_and(complaint, text); }

std::optional<std::string_view> complaint_in(std::string_view message) {
    if (message.empty() || message.front() != complaint) return std::nullopt;
    return message.substr(1);
}

bool is_last(std::string_view message) {
    return !message.empty() && (message.front() == finished || message.front() == failure);
}

Heard read_message(std::string_view message) {
    const std::string text(message.substr(std::min<size_t>(1, message.size())));
    switch (message.empty() ? '\0' : message.front()) {
    case failure: throw Error(static_cast<Exit>(text.at(0) - '0'), text.substr(2));
    case progress: return read_progress(text);
    case finished: return Finished{Duration{std::stoll(text)}};
    case facts: return read_facts(text);
    case remark: return Remark{text};
    case server_log: {
        ServerLog log{text};
        std::replace(log.text.begin(), log.text.end(), line_in_message, '\n');
        return log;
    }
    case trial: return std::get<TrialLine>(*parse_line(text));
    case packets: return std::get<CaptureLine>(*parse_line(text));
    }
    throw Error(Exit::incomplete, fmt::format("the lab said something that is no message: {}", message.substr(0, 60)));
}

} // namespace halfopen
