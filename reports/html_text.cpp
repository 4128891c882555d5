#include "reports/html_parts.h"

#include <cstdlib>
#include <memory>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include "harness/base/error.h"
#include "reports/text.h"

namespace halfopen {

namespace {

struct FreeMarkdown {
    void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
    void operator()(cmark_node* node) const { cmark_node_free(node); }
    void operator()(char* text) const { std::free(text); }
};

} // namespace

std::string html_text(std::string_view text) {
    std::string out;
    for (const char c : text)
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t' ? c : ' '; // HTML has no others.
        }
    return out;
}

std::string html_of_markdown(const std::string& markdown) {
    cmark_gfm_core_extensions_ensure_registered();
    const std::unique_ptr<cmark_parser, FreeMarkdown> parser(cmark_parser_new(CMARK_OPT_UNSAFE));
    if (cmark_syntax_extension* tables = cmark_find_syntax_extension("table"))
        cmark_parser_attach_syntax_extension(parser.get(), tables);
    cmark_parser_feed(parser.get(), markdown.data(), markdown.size());
    const std::unique_ptr<cmark_node, FreeMarkdown> document(cmark_parser_finish(parser.get()));
    const std::unique_ptr<char, FreeMarkdown> html(
        cmark_render_html(document.get(), CMARK_OPT_UNSAFE, cmark_parser_get_syntax_extensions(parser.get())));
    std::string text = html.get();
    // What is wider than the page scrolls by itself, and by the keyboard too.
    replace_all(text, "<table>", "<div class=\"scroll\" tabindex=\"0\"><table>");
    replace_all(text, "</table>", "</table></div>");
    replace_all(text, "<pre>", "<pre tabindex=\"0\">");
    replace_all(text, "<th>", "<th scope=\"col\">");
    replace_all(text, "<th align=\"", "<th scope=\"col\" class=\"");
    replace_all(text, "<td align=\"", "<td class=\"");
    return text;
}

} // namespace halfopen
