// How far a report may be believed: counts, theory against measurement, the machine, and every exception.

#include "reports/sections.h"

#include <filesystem>

#include <fmt/format.h>

#include "reports/agreement.h"
#include "reports/clock.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// When there are more than this, only some stand open, so that the matrix stays on the first screens.
constexpr size_t most_exceptions_open = 12, some_exceptions = 4;

std::string trials_text(const Cells& cells) {
    std::string text = counted(cells.tried(), "trial");
    if (cells.skipped() > 0)
        text += fmt::format(" ({} more do not apply)", cells.skipped());
    text += fmt::format(", {} invalid", cells.invalid());
    if (const size_t replaced = cells.records().replaced.size())
        text += fmt::format(", {} repeated after an invalid attempt", replaced);
    return text;
}

/// The timed ones carry the weight; the others are counted apart, because being right about them is easy.
std::string agreement_text(const Cells& cells) {
    const Tally t = tally(cells);
    std::vector<std::string> others;
    if (const int n = t.prompt + t.prompt_outside)
        others.push_back(fmt::format("{} of {} at once", t.prompt, n));
    if (const int n = t.silent + t.silent_outside)
        others.push_back(fmt::format("{} of {} predicted never", t.silent, n));
    if (t.beyond > 0)
        others.push_back(fmt::format("{} due later than was watched", t.beyond));
    if (t.open > 0)
        others.push_back(fmt::format("{} not yet due when the watch ended", t.open));
    if (t.unpredicted > 0)
        others.push_back(fmt::format("{} without a rule", t.unpredicted));
    const std::string rest = joined(others, ", ");
    const int timed = t.timed + t.timed_outside;
    if (timed == 0)
        return rest.empty() ? "nothing to compare with the rules" : "as predicted: " + rest;
    return fmt::format("measured inside predicted: {} of {} timed{}", t.timed, timed,
                       rest.empty() ? "" : fmt::format(" (and {})", rest));
}

std::string kernels_text(const Cells& cells) {
    std::vector<std::string> kernels;
    for (const RunLine& run : cells.records().runs) {
        const bool is_virtual = run.clock == "virtual";
        const std::string kernel = fmt::format("{}kernel {}, HZ {}{}", is_virtual ? "guest " : "", md(run.kernel),
                                               run.hz, is_virtual ? ", virtual time" : "");
        if (kernels.empty() || kernels.back() != kernel)
            kernels.push_back(kernel);
    }
    return joined(kernels, " and ") + (kernels.size() > 1 ? " **mixed in one table**" : "");
}

std::string exceptions_text(const Cells& cells) {
    const std::vector<std::string> all = exceptions(cells);
    if (all.empty())
        return "";
    std::string out =
        fmt::format("**Outside the prediction: {}.** The measurement is shown as it is; the rule, or the "
                    "run ({}), needs a look.{}\n\n",
                    counted(static_cast<int>(all.size()), "cell"), other_suspect(cells),
                    cells.run().server ? "" : " What else can be behind it stands on the method's page: `halfopen explain METHOD`.");
    const size_t open = all.size() > most_exceptions_open ? some_exceptions : all.size();
    for (size_t i = 0; i < all.size(); ++i) {
        if (i == open)
            out += fmt::format("\n<details><summary>{} more</summary>\n\n", all.size() - i);
        out += "- " + md(all[i]) + "\n";
    }
    return out + (all.size() > open ? "\n</details>\n\n" : "\n");
}

} // namespace

std::string trust_lines(const Cells& cells, bool linked) {
    const RunLine& run = cells.run();
    std::vector<std::string> parts{trials_text(cells), agreement_text(cells)};
    if (run.repeats > 1 && !run.server)
        parts.push_back(fmt::format("slowest of {} shown", run.repeats));
    if (run.floor.samples > 0)
        parts.push_back(fmt::format("floor {} (the median of {} on an idle link {})", say(std::min(run.floor.fin, run.floor.rst)),
                                    counted(run.floor.samples, run.floor.fin <= run.floor.rst ? "FIN" : "RST"),
                                    in_virtual_time(cells) ? "in the guest" : "here"));
    parts.push_back(kernels_text(cells));
    parts.push_back(burden_text(cells));
    if (!in_virtual_time(cells)) // There the same run gives the same report on any day, on a fast machine or a slow one.
        parts.push_back(md(date_of(run.started)));
    std::string file = std::filesystem::path(cells.records().file).filename().string();
    if (file.empty())
        file = "trials.jsonl";
    parts.push_back(linked ? fmt::format("[{0}]({0})", file) : "records: " + md_code(file));
    return joined(parts, " · ") + "\n\n" + exceptions_text(cells);
}

} // namespace halfopen
