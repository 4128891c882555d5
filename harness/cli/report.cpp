// halfopen report: records into Markdown, HTML or a table, one run or several side by side. Needs no privileges; the same records give the same bytes.

#include <filesystem>

#include <CLI/CLI.hpp>

#include "harness/base/error.h"
#include "harness/cli/pictures.h"
#include "harness/cli/results.h"
#include "harness/cli/verbs.h"
#include "harness/trial/record.h"
#include "reports/csv.h"
#include "reports/html.h"
#include "reports/markdown.h"
#include "reports/side_by_side.h"
#include "reports/summary.h"

namespace halfopen {

namespace {

/// The report with its pictures, which are put beside it: where it is written to, or into the results folder where it is
/// printed. What is printed from a single file of records, or written to a pipe, has text plots alone.
std::string illustrated_report(const Records& records, const std::string& results, const std::string& output) {
    namespace fs = std::filesystem;
    const bool printed = output.empty() || (fs::exists(output) && !fs::is_regular_file(output));
    if (printed && !fs::is_directory(results)) return markdown_report(records);
    const fs::path report = printed ? fs::path(results) / "report.md" : fs::path(output);
    write_captures(report.parent_path(), records);
    return markdown_report(records, put_pictures(pictures_folder(report), draw_pictures(records)));
}

} // namespace

void add_report(CLI::App& app) {
    auto* verb = app.add_subcommand("report", "writes the report of a results folder to stdout, as Markdown; of several, "
                                              "what differs between them");
    auto folders = std::make_shared<std::vector<std::string>>();
    auto output = std::make_shared<std::string>();
    verb->add_option("RESULTS", *folders, "a results folder, or a trials.jsonl; two or more stand side by side")->required();
    verb->add_option("-o,--output", *output, "write to this file instead");
    auto form = std::make_shared<std::string>();
    verb->add_flag("--html{html}", *form, "one HTML file that needs no network, instead of Markdown");
    verb->add_flag("--summary{summary}", *form, "Markdown below 60 kB: for a comment on a pull request");
    verb->add_flag("--csv{csv}", *form, "a line for each trial");
    verb->callback([=] {
        const auto wanted = verb->count("--html") + verb->count("--summary") + verb->count("--csv");
        if (wanted > 1) throw BadInput("--html, --summary and --csv are three reports; name one of them");
        if (wanted == 1 && folders->size() > 1) throw BadInput(fmt::format("--{} is of one results folder; name one", *form));
        std::vector<Records> records;
        for (const std::string& folder : *folders) records.push_back(read_records(folder));
        const std::string text = *form == "html"       ? html_report(records.front(), draw_pictures(records.front()))
                                 : *form == "summary"  ? summary_report(records.front())
                                 : *form == "csv"      ? csv_report(records.front())
                                 : records.size() == 1 ? illustrated_report(records.front(), folders->front(), *output)
                                                       : side_by_side(records);
        write_or_print(*output, text);
    });
}

} // namespace halfopen
