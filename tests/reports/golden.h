#pragma once
// Golden files: what a report of known records looked like when somebody last read it with care.
//
// HALFOPEN_UPDATE_GOLDEN=1 writes them anew; read the difference before you keep it.

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "harness/trial/record.h"
#include "reports/markdown.h"
#include "support/source_tree.h"

namespace golden {

inline const std::string folder = halfopen::source_tree() + "/tests/golden/";

/// Records with a name that does not depend on where the source tree lies.
inline halfopen::Records records(const std::string& stem) {
    halfopen::Records read = halfopen::read_records(folder + stem + ".jsonl");
    read.file = "trials.jsonl";
    return read;
}

/// What the file holds; after writing `actual` into it when that is wished.
inline std::string expected(const std::string& file, const std::string& actual) {
    const char* update = std::getenv("HALFOPEN_UPDATE_GOLDEN");
    if (update && std::string(update) == "1")
        std::ofstream(folder + file, std::ios::binary) << actual;
    std::ifstream in(folder + file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

inline std::string report_of(const std::string& stem) { return halfopen::markdown_report(records(stem)); }

inline bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace golden
