#include "reports/csv.h"

#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "reports/text.h"

namespace halfopen {

namespace {

/// In quotes where a reader would take a part of it for something else.
std::string field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string out = "\"";
    for (const char c : text)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

std::string number(const std::optional<Duration>& time) { return time ? std::to_string(time->count()) : ""; }

std::string from(const std::optional<Window>& window) { return window ? std::to_string(window->from.count()) : ""; }
std::string to(const std::optional<Window>& window) { return window ? std::to_string(window->to.count()) : ""; }

constexpr std::string_view names = "id,scenario,traffic,detector,repeat,attempt,phase,truth,outcome,verdict,signal,noticed_after_ns,"
                                   "horizon_ns,predicted,predicted_from_ns,predicted_to_ns,rule,kernel_knew_from_ns,kernel_knew_to_ns,"
                                   "segments_sent,bytes_sent,why";

std::string line_of(const TrialLine& t) {
    const std::vector<std::string> fields{
        t.id,
        t.scenario,
        t.traffic,
        t.spec,
        std::to_string(t.repeat),
        std::to_string(t.attempt),
        fmt::format("{:.6g}", t.phase),
        std::string(name(t.truth)),
        std::string(name(t.outcome)),
        t.verdict ? std::string(name(*t.verdict)) : "",
        t.signal,
        number(t.noticed_after),
        std::to_string(t.horizon.count()),
        t.predicted.kind,
        from(t.predicted.after),
        to(t.predicted.after),
        t.predicted.rule,
        from(t.kernel_knew_after),
        to(t.kernel_knew_after),
        t.cost ? std::to_string(t.cost->tx_packets) : "",
        t.cost ? std::to_string(t.cost->tx_bytes) : "",
        t.why,
    };
    return csv_line(fields);
}

} // namespace

std::string csv_line(const std::vector<std::string>& fields) {
    std::vector<std::string> quoted;
    for (const std::string& text : fields)
        quoted.push_back(field(text));
    return joined(quoted, ",") + "\r\n";
}

std::string csv_report(const Records& records) {
    std::string out = std::string(names) + "\r\n";
    for (const TrialLine& trial : records.trials)
        out += line_of(trial);
    return out;
}

} // namespace halfopen
