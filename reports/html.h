#pragma once
// The report as one HTML file that needs no network: the law matrix to look around in, and every section of the Markdown
// report below it.

#include <string>

#include "harness/trial/record.h"
#include "reports/pictures.h"

namespace halfopen {

/// Same records, same bytes. Of a user's own server it is the Markdown report, made to look like a page. The pictures
/// become part of the file.
std::string html_report(const Records&, const Pictures& = {});

} // namespace halfopen
