#include "reports/charts.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "harness/base/files.h"
#include "reports/chart_script.h"
#include "reports/cost.h"
#include "reports/html_parts.h"
#include "reports/own_server.h"
#include "reports/strip.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// Above so many trials a dot for each would be ink, and already above fewer a tooltip for each makes a large page.
constexpr size_t most_dots = 20'000, most_told = 5'000;
constexpr size_t most_title = 88, most_second_line = 136, longest_name = 80;

Detail detail_of(const Cells& cells) {
    const size_t trials = cells.records().trials.size();
    return trials > most_dots ? Detail::extremes : trials > most_told ? Detail::dots : Detail::told;
}

/// A name of a file, of an id and of a link. What is no letter or digit becomes '-', and then the names' digest tells
/// two of them apart.
std::string plain_name(const std::string& name) {
    std::string plain = name.substr(0, longest_name);
    for (char& c : plain)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
            c = '-';
    return plain == name ? plain : plain + "-" + sha256(name).substr(7, 8);
}

/// One line, whatever a record's names hold.
std::string shortened(std::string text, size_t most) {
    std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return display_width(text) <= most ? text : cut(text, most - 3) + "...";
}

Chart strip_of_methods(const Cells& cells, const std::string& traffic, const ScenarioHead& column, const Strip& strip) {
    return strip_chart(strip_name(column, traffic), shortened(fmt::format("{}: who noticed, and when", column.label), most_title),
                       shortened(fmt::format("{}, {} traffic. {}", column.name, traffic, column.summary), most_second_line), strip,
                       detail_of(cells));
}

void add_own(std::vector<Chart>& charts, const Cells& cells) {
    for (const std::string& traffic : cells.traffics())
        for (const DetectorHead& row : cells.detectors())
            if (Strip strip = strip_of(failures_of(cells, traffic, row)); !strip.empty()) {
                strip.a_row_is = "failure";
                charts.push_back(strip_chart(own_strip_name(traffic), shortened(row.name + ": when its kernel gave each connection up", most_title),
                                             own_traffic_title(traffic), strip, detail_of(cells)));
            }
}

} // namespace

std::string strip_name(const ScenarioHead& column, const std::string& traffic) { return plain_name(column.name + "-" + traffic); }
std::string own_strip_name(const std::string& traffic) { return plain_name("own-server-" + traffic); }
std::string ecdf_name(const ScenarioHead& column, const std::string& traffic) { return plain_name("ecdf-" + column.name + "-" + traffic); }

std::vector<Chart> charts_of(const Cells& cells) {
    std::vector<Chart> charts;
    if (cells.run().server) {
        add_own(charts, cells);
        return charts;
    }
    if (!costs_of(cells).rows.empty())
        charts.push_back(cost_chart(cells));
    for (const std::string& traffic : cells.traffics())
        for (const ScenarioHead& column : cells.scenarios()) {
            if (const Strip strip = strip_of(cells, traffic, column); !strip.empty())
                charts.push_back(strip_of_methods(cells, traffic, column, strip));
            if (const auto rows = ecdf_rows(cells, traffic, column); !rows.empty())
                charts.push_back(ecdf_chart(ecdf_name(column, traffic), shortened(column.label + ": how many had noticed, and by when", most_title),
                                            shortened(fmt::format("{}, {} traffic", column.name, traffic), most_second_line), rows));
        }
    return charts;
}

} // namespace halfopen
