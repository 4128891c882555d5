// halfopen report: records into Markdown. Needs no privileges; the same records give the same bytes.

#include <fstream>

#include <CLI/CLI.hpp>

#include "harness/base/error.h"
#include "harness/cli/verbs.h"
#include "harness/trial/record.h"
#include "reports/markdown.h"

namespace halfopen {

void add_report(CLI::App& app) {
    auto* verb = app.add_subcommand("report", "writes the Markdown report of a results folder to stdout");
    auto folder = std::make_shared<std::string>();
    auto output = std::make_shared<std::string>();
    verb->add_option("RESULTS", *folder, "a results folder, or a trials.jsonl")->required();
    verb->add_option("-o,--output", *output, "write to this file instead");
    verb->callback([=] {
        const std::string text = markdown_report(read_records(*folder));
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
