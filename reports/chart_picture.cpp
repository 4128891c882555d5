// What gnuplot wrote becomes a picture of ours: small, without ids that another picture has too, with words.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "reports/chart_script.h"
#include "reports/html_parts.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// A colour of the light card, of the dark one, and the property of the page's style sheet (page.css).
struct Paint {
    const char* light;
    const char* dark;
    const char* property;
};
constexpr std::array paints{
    Paint{colour::card, "#0d1117", "--paper"},     Paint{colour::ink, "#e6edf3", "--ink"},
    Paint{colour::faint, "#9198a1", "--faint"},    Paint{colour::line, "#3d444d", "--line"},
    Paint{colour::gutter, "#161b22", "--band"},    Paint{colour::predicted, "#2c5068", "--predicted"},
    Paint{colour::noticed, "#88ccee", "--noticed"}, Paint{colour::missed, "#ff6a55", "--silent"},
    Paint{colour::alarm, "#a08cff", "--wrong"},
};

std::string in(const Paint& paint, Look look) {
    return look == Look::light ? paint.light : look == Look::dark ? paint.dark : fmt::format("var({})", paint.property);
}

/// XML has no room for control characters, nor for the two that are none (XML 1.0, 2.2).
std::string xml_text(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = ' ';
    replace_all(text, "\xef\xbf\xbe", "?");
    replace_all(text, "\xef\xbf\xbf", "?");
    return html_text(text);
}

/// gnuplot spells a colour as rgb(1,2,3) in texts, and as rgb(  1,   2,   3) elsewhere.
void repaint(std::string& svg, Look look) {
    for (const Paint& paint : paints) {
        const auto part = [&](int at) {
            int value = 0;
            std::from_chars(paint.light + at, paint.light + at + 2, value, 16);
            return value;
        };
        replace_all(svg, fmt::format("rgb({:3d}, {:3d}, {:3d})", part(1), part(3), part(5)), in(paint, look));
        replace_all(svg, fmt::format("rgb({},{},{})", part(1), part(3), part(5)), in(paint, look));
    }
}

/// What stands behind `before` and in front of `after`, from a place on, which is moved behind it; empty when not found.
std::string_view take(std::string_view text, size_t& at, std::string_view before, std::string_view after) {
    const size_t begin = text.find(before, at);
    const size_t end = begin == text.npos ? begin : text.find(after, begin + before.size());
    if (end == text.npos)
        return {};
    at = end + after.size();
    return text.substr(begin + before.size(), end - begin - before.size());
}

/// With each place that begins so made anew: `other` gives what stands there instead, and moves its argument behind it.
template <typename Other> std::string remade(std::string_view text, std::string_view begin, Other other) {
    std::string out;
    for (size_t at = 0;;) {
        const size_t next = std::min(text.find(begin, at), text.size());
        out += text.substr(at, next - at);
        if (next == text.size())
            return out;
        at = next;
        out += other(at);
        at = std::max(at, next + 1); // What does not end is gone over.
    }
}

/// A mark of gnuplot's, `use` with its reference, as the shape itself.
std::string mark(std::string_view use, std::string_view tooltip) {
    size_t at = 0;
    const std::string_view kind = take(use, at, "#gpPt", "'"), place = take(use, at, "translate(", ")"),
                           size = take(use, at, "scale(", ")"), paint = take(use, at, "color='", "'");
    const std::string x(place.substr(0, place.find(','))), y(place.substr(place.find(',') + 1));
    const double half = 1.4 * std::atof(std::string(size).c_str());
    const std::string shape = kind == "6" ? fmt::format("circle fill='{}' r='{}' cx='{}' cy='{}'", paint, size, x, y)
                              : kind == "5"
                                  ? fmt::format("circle cx='{}' cy='{}' r='{}' stroke-width='1.6' stroke='{}'", x, y, size, paint)
                                  : fmt::format("path d='M{0},{1} m0,{2:.1f} l{3:.1f},{3:.1f} -{3:.1f},{3:.1f} -{3:.1f},-{3:.1f}z' fill='{4}'",
                                                x, y, -half, half, paint);
    if (tooltip.empty())
        return "<" + shape + "/>";
    return fmt::format("<{}><title>{}</title></{}>", shape, tooltip, shape.substr(0, shape.find(' ')));
}

/// gnuplot shows a tooltip by a script of its own; a title in the mark needs none.
std::string with_marks(std::string_view svg) {
    constexpr std::string_view hyper = "<g onmousemove=\"gnuplot_svg.showHypertext(evt,'", use = "<use xlink:href";
    const std::string named = remade(svg, hyper, [&](size_t& at) {
        const std::string_view tooltip = take(svg, at, hyper, "'");
        std::string shape = mark(take(svg, at, use, "/>"), tooltip);
        take(svg, at, "</g", ">");
        return shape;
    });
    return remade(named, use, [&](size_t& at) { return mark(take(named, at, use, "/>"), {}); });
}

/// What gnuplot draws in its own black is never seen: ticks without a length, and labels of a mark alone.
void drop_unseen(std::string& svg) {
    const auto drop = [&](std::string_view begin, std::string_view end, const char* instead) {
        svg = remade(svg, begin, [&](size_t& at) {
            take(svg, at, begin, end);
            return instead;
        });
    };
    drop("<path stroke='black'", "/>", "");
    drop("<g fill=\"none\" color=\"#FFFFFF\"", ">", "<g>");
}

/// The attributes of a text: a place instead of a shift, and no anchor where it is the usual one.
std::string placed(std::string_view attributes) {
    std::string out(attributes);
    replace_all(out, " text-anchor=\"start\"", "");
    replace_all(out, "  ", " ");
    size_t at = 0;
    const std::string_view shift = take(attributes, at, "transform=\"translate(", ")\"");
    const size_t comma = shift.find(',');
    if (comma != shift.npos)
        replace_all(out, fmt::format("transform=\"translate({})\"", shift),
                    fmt::format("x=\"{}\" y=\"{}\"", shift.substr(0, comma), shift.substr(comma + 1)));
    return out;
}

/// Shapes of one colour that follow each other have it from a group.
std::string in_groups(std::string_view svg, const std::string& shape) {
    const std::string begin = fmt::format("<{} fill='", shape);
    std::string out, paint;
    for (size_t at = 0; at < svg.size();) {
        const size_t next = std::min(svg.find(begin, at), svg.size());
        if (!paint.empty() && next != at)
            out += "</g>", paint.clear();
        out += svg.substr(at, next - at);
        if (next == svg.size())
            break;
        at = next;
        const std::string own(take(svg, at, begin, "'"));
        if (own != paint)
            out += fmt::format("{}<g fill='{}'>", paint.empty() ? "" : "</g>", own);
        paint = own;
        // To the end of the shape, its title with it.
        const size_t close = svg.find('>', at), end = svg[close - 1] == '/' ? close + 1 : svg.find(fmt::format("</{}>", shape), at) + shape.size() + 3;
        out += fmt::format("<{}{}", shape, svg.substr(at, end - at));
        at = end;
    }
    return out + (paint.empty() ? "" : "</g>");
}

/// A text needs no group of its own, and a group without an attribute is none.
std::string flattened(std::string_view svg) {
    std::string out;
    std::vector<bool> kept; // of the groups that are open
    for (size_t at = 0; at < svg.size();) {
        const size_t begin = std::min(svg.find('<', at), svg.size()), end = std::min(svg.find('>', begin), svg.size() - 1) + 1;
        out += svg.substr(at, begin - at);
        const std::string_view tag = svg.substr(begin, end - begin);
        at = end;
        if (tag.starts_with("<g ") && svg.compare(end, 6, "<text>") == 0) {
            const size_t over = svg.find("</text></g>", end);
            const std::string_view text = svg.substr(end + 6, over - end - 6);
            if (!text.empty())
                out += fmt::format("<text{}{}</text>", placed(tag.substr(2)), text);
            at = over + 11;
            continue;
        }
        if (tag == "</g>" && !kept.empty()) {
            out += kept.back() ? "</g>" : "";
            kept.pop_back();
            continue;
        }
        if (tag == "<g>" || tag.starts_with("<g "))
            kept.push_back(tag != "<g>");
        out += tag == "<g>" ? "" : tag;
    }
    return out;
}

/// A tenth of a pixel is enough: "12.34" in a tag becomes "12.3".
std::string rounded(std::string_view svg) {
    const auto is_digit = [&](size_t i) { return i < svg.size() && svg[i] >= '0' && svg[i] <= '9'; };
    std::string out;
    bool in_tag = false;
    for (size_t i = 0; i < svg.size(); ++i) {
        in_tag = svg[i] == '<' || (in_tag && svg[i] != '>');
        if (!in_tag || svg[i] != '.' || !is_digit(i + 1) || !is_digit(i + 2) || is_digit(i + 3)) {
            out += svg[i];
            continue;
        }
        if (svg[i + 1] != '0')
            out += {'.', svg[i + 1]};
        i += 2;
    }
    return out;
}

/// What is the same everywhere stands at the root, once.
void shorten(std::string& svg) {
    for (const char* said_once :
         {" fill=\"none\" color=\"black\" stroke=\"currentColor\"", " stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", " stroke-width=\"1.00\"",
          " stroke=\"none\"", " stroke='none'", " font-family=\"sans-serif\"", " font-size=\"13.00\" ", " class=\"gridline\" ", "\t", "\n"})
        replace_all(svg, said_once, "");
    for (const char* spaced : {"  '/>", " '/>"})
        replace_all(svg, spaced, "'/>");
    for (const char* spaced : {"fill", "points"})
        replace_all(svg, std::string(spaced) + " = '", std::string(spaced) + "='");
    replace_all(svg, "font-family=\":Bold\"", "font-weight=\"bold\""); // gnuplot's SVG has no weights.
    svg = in_groups(in_groups(rounded(flattened(svg)), "polygon"), "circle");
}

/// gnuplot names each plot in a group; the name is none of a reader's business.
std::string without_names_of_plots(std::string_view svg) {
    return remade(svg, "<g id=\"chart_plot_", [&](size_t& at) {
        take(svg, at, "<g id", "</title>");
        return "<g>";
    });
}

/// The words in the places of their tokens. A '~' of theirs is not looked at again.
std::string with_words(std::string_view svg, const std::vector<std::string>& words) {
    return remade(svg, "~", [&](size_t& at) {
        size_t which = 0;
        const std::string_view token = take(svg, at, "~", "~");
        std::from_chars(token.data(), token.data() + token.size(), which);
        return which < words.size() ? xml_text(words[which]) : "";
    });
}

} // namespace

std::string finished_picture(const Chart& chart, const std::string& drawn, Look look) {
    const size_t begin = drawn.find("</defs>"), end = drawn.rfind("</svg>");
    if (begin == drawn.npos || end == drawn.npos || begin > end)
        return "";
    std::string body = with_marks(without_names_of_plots(std::string_view(drawn).substr(begin + 7, end - begin - 7)));
    body.erase(body.rfind("</g>"), 4); // of the canvas, which began before
    drop_unseen(body);
    shorten(body);
    repaint(body, look);
    std::string card(colour::card);
    for (const Paint& paint : paints)
        if (card == paint.light) {
            card = in(paint, look);
            break;
        }
    // In a page the sentence stands once above all pictures, and the font is the page's.
    const bool own = look != Look::page;
    const std::string how = own ? fmt::format("<desc id=\"chart-{}-how\">{}</desc>", chart.name, xml_text(chart.how)) : "";
    const std::string_view font = own ? " font-family=\"system-ui,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif\"" : "";
    return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
                       "aria-labelledby=\"chart-{2}-title\"{3}{4} font-size=\"13\" fill=\"none\"><title id=\"chart-{2}-title\">{5}</title>{6}"
                       "<rect width=\"{0}\" height=\"{1}\" rx=\"6\" fill=\"{7}\"/>{8}</svg>\n",
                       chart.width, chart.height, chart.name, own ? fmt::format(" aria-describedby=\"chart-{}-how\"", chart.name) : "", font,
                       xml_text(chart.title), how, card, with_words(body, chart.words));
}

} // namespace halfopen
