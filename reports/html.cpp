#include "reports/html.h"

#include <string_view>

#include <fmt/format.h>

#include "reports/findings.h"
#include "reports/html_parts.h"
#include "reports/markdown.h"
#include "reports/sections.h"
#include "reports/text.h"

// What the page looks like and what it does, as they stand in these two files.
asm(R"(
    .pushsection .rodata
halfopen_page_css:
    .incbin ")" HALFOPEN_PAGE_CSS R"("
halfopen_page_css_end:
halfopen_page_js:
    .incbin ")" HALFOPEN_PAGE_JS R"("
halfopen_page_js_end:
    .byte 0
    .popsection
)");
extern "C" const char halfopen_page_css[], halfopen_page_css_end[], halfopen_page_js[], halfopen_page_js_end[];

namespace halfopen {

namespace {

std::string page(const std::string& title, const std::string& body, const std::string& data) {
    const std::string_view css(halfopen_page_css, static_cast<size_t>(halfopen_page_css_end - halfopen_page_css));
    const std::string_view js(halfopen_page_js, static_cast<size_t>(halfopen_page_js_end - halfopen_page_js));
    std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
                      "script-src 'unsafe-inline'; img-src data:\">\n";
    out += fmt::format("<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n{}", html_text(title), css, body);
    if (!data.empty())
        out += fmt::format("<script type=\"application/json\" id=\"data\">{}</script>\n", data);
    return out + fmt::format("<script>\n{}</script>\n</body>\n</html>\n", js);
}

/// Hidden until the script that they belong to runs.
std::string controls(const Cells& cells) {
    std::string profiles;
    for (const std::string& traffic : cells.traffics())
        profiles += fmt::format("<option value=\"{0}\">{0}</option>", html_text(traffic));
    return fmt::format(R"(<form id="controls" hidden>
<label>traffic <select id="traffic">{}<option value="">all</option></select></label>
<label>rows <select id="rows"><option value="">all</option><option value="law">the laws</option><option value="helped">with the client's help</option><option value="other">other methods</option></select></label>
<label>columns <select id="columns"><option value="">all</option><option>{}</option><option>{}</option><option>{}</option></select></label>
<label>in time means within <input id="deadline" type="range" min="0" max="50" value="50"> <output id="limit" for="deadline">any time</output></label>
<button type="button" id="tsv">copy as TSV</button>
<label>theme <select id="theme"><option value="">of the system</option><option>light</option><option>dark</option></select></label>
</form>
)",
                       profiles, group_alive, group_goodbye, group_silent);
}

constexpr std::string_view detail = R"(<section id="detail" hidden aria-labelledby="detail-title">
<button type="button" id="close">close</button>
<h2 id="detail-title" tabindex="-1"></h2>
<div id="detail-body"></div>
</section>
)";

std::string interactive_report(const Cells& cells, const Pictures& pictures) {
    std::string markdown = fmt::format("# {}\n\n", md(report_title(cells)));
    markdown += headline_lines(cells) + partial_line(cells) + trust_lines(cells);
    std::string body = "<header>\n" + html_of_markdown(markdown) + "</header>\n<main>\n";
    body += html_of_markdown(glance_section(cells)) + controls(cells);
    for (const std::string& traffic : cells.traffics())
        body += html_matrix(make_matrix(cells, traffic));
    body += html_of_markdown(questions(make_matrix(cells, cells.traffics().front())) + machine_line(cells) + control_line(cells) + names_section(cells) + sections_after_matrix(cells, pictures));
    return page(report_title(cells), body + "</main>\n" + std::string(detail), html_data(cells));
}

} // namespace

std::string html_report(const Records& records, const Pictures& pictures) {
    const Cells cells(records);
    if (!cells.run().server && !nothing_was_run(cells) && !cells.detectors().empty() && !cells.traffics().empty())
        return interactive_report(cells, pictures.inlined());
    const std::string markdown = markdown_report(records, pictures.inlined());
    const std::string title = markdown.substr(2, markdown.find('\n') - 2);
    return page(plain(title), "<main>\n" + html_of_markdown(markdown) + "</main>\n", "");
}

} // namespace halfopen
