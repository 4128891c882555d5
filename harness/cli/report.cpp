// halfopen report: records into Markdown or HTML, one run or several side by side. Needs no privileges; the same records give the same bytes.

#include <fstream>

#include <CLI/CLI.hpp>

#include "harness/base/error.h"
#include "harness/cli/verbs.h"
#include "harness/trial/record.h"
#include "reports/html.h"
#include "reports/markdown.h"
#include "reports/side_by_side.h"

namespace halfopen {

void add_report(CLI::App& app) {
    auto* verb = app.add_subcommand("report", "writes the report of a results folder to stdout, as Markdown or HTML; of several, "
                                              "what differs between them");
    auto folders = std::make_shared<std::vector<std::string>>();
    auto output = std::make_shared<std::string>();
    verb->add_option("RESULTS", *folders, "a results folder, or a trials.jsonl; two or more stand side by side")->required();
    verb->add_option("-o,--output", *output, "write to this file instead");
    auto html = std::make_shared<bool>(false);
    verb->add_flag("--html", *html, "one HTML file that needs no network, instead of Markdown");
    verb->callback([=] {
        if (*html && folders->size() > 1) throw BadInput("--html makes the page of one results folder; name one");
        std::vector<Records> records;
        for (const std::string& folder : *folders) records.push_back(read_records(folder));
        const std::string text = *html                 ? html_report(records.front())
                                 : records.size() == 1 ? markdown_report(records.front())
                                                       : side_by_side(records);
        if (output->empty()) {
            fmt::print("{}", text);
            return;
        }
        std::ofstream file(*output, std::ios::binary);
        file << text;
        if (!file.flush()) throw SystemError("writing " + *output, errno);
    });
}

} // namespace halfopen
