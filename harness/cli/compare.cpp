// halfopen compare: the runs of a plan side by side, and an exit status where somebody asks for one.

#include <CLI/CLI.hpp>

#include "harness/base/error.h"
#include "harness/cli/results.h"
#include "harness/cli/verbs.h"
#include "harness/trial/record.h"
#include "reports/comparison.h"
#include "reports/side_by_side.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// "of 350 cells that all have: 2 slower, 1 faster, 0 other signals, 1 other outcome, 346 the same within their windows".
std::string in_one_line(const Comparison& all) {
    const int slower = all.slower(), time = all.count(Difference::time), untold = all.count(Difference::short_watch) + all.count(Difference::no_window);
    std::string text = fmt::format("of {} that all have: {} slower, {} faster, {}, {}, {} the same within their windows", counted(all.shared(), "cell"),
                                   slower, time - slower, counted(all.count(Difference::signal), "other signal"),
                                   counted(all.count(Difference::outcome), "other outcome"), all.shared() - all.differing() - untold);
    if (untold) text += fmt::format(", {} cannot be told", untold);
    return text;
}

int broken_by(const Comparison& all, const std::string& what) {
    if (what == "outcome") return all.count(Difference::outcome);
    if (what == "signal") return all.count(Difference::outcome) + all.count(Difference::signal);
    if (what == "slower") return all.count(Difference::outcome) + all.slower();
    return what == "any" ? all.differing() : 0;
}

} // namespace

void add_compare(CLI::App& app) {
    auto* verb = app.add_subcommand("compare", "sets the runs of a plan side by side: two kernels, two labs, before and after a change");
    auto folders = std::make_shared<std::vector<std::string>>();
    auto output = std::make_shared<std::string>(), fail_on = std::make_shared<std::string>();
    verb->add_option("RESULTS", *folders, "results folders, or files of records; the first is what the others are compared with")
        ->required()
        ->expected(2, -1);
    verb->add_option("--fail-on", *fail_on, "exit status 1 when a cell has another outcome; with signal or slower also when it has another "
                                            "signal, or its notices come later than the rule allows for; any: whatever differs")
        ->check(CLI::IsMember({"outcome", "signal", "slower", "any"}));
    verb->add_option("-o,--output", *output, "write to this file instead of stdout");
    verb->callback([=] {
        std::vector<Records> records;
        for (const std::string& folder : *folders) records.push_back(read_records(folder));
        write_or_print(*output, side_by_side(records));
        std::fflush(stdout);
        const Comparison all(records);
        fmt::print(stderr, "{}\n", in_one_line(all));
        if (!fail_on->empty() && all.shared() == 0)
            throw BadInput(fmt::format("--fail-on {}: these runs have no cell in common, so nothing was compared; is one of them cut off, or of another plan?", *fail_on));
        const int broken = broken_by(all, *fail_on);
        if (!broken) return;
        fmt::print(stderr, "required, but broken: no cell that differs ({}); {}\n", *fail_on, broken == 1 ? "one does" : fmt::format("{} do", broken));
        set_exit_status(static_cast<int>(Exit::requirement));
    });
}

} // namespace halfopen
