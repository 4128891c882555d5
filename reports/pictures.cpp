#include "reports/pictures.h"

#include <cctype>
#include <string_view>

#include <fmt/format.h>

#include "reports/html_parts.h"

namespace halfopen {

namespace {

std::string in_a_box(const std::string& svg) { return fmt::format("<div class=\"chart scroll\" tabindex=\"0\">{}</div>\n\n", svg); }

} // namespace

Pictures::Pictures(std::vector<Chart> charts, std::vector<std::string> drawn) : charts_(std::move(charts)), drawn_(std::move(drawn)) {
    drawn_.resize(charts_.size());
}

void Pictures::add(Ladders ladders) {
    for (const auto& [trial, ladder] : ladders.shown)
        drawings_.push_back({ladder_name(trial), "Packet ladder: " + ladder.title, ladder_svg(ladder, false), ladder_svg(ladder, true)});
    ladders_ = std::move(ladders);
}

Pictures Pictures::linked(const std::string& folder) const {
    Pictures linked = *this;
    linked.folder_.clear();
    for (const unsigned char c : folder) // RFC 3986, 2.3: what is unreserved stands as it is.
        linked.folder_ += std::isalnum(c) || std::string_view("-._~").find(static_cast<char>(c)) != std::string_view::npos
                              ? std::string(1, static_cast<char>(c))
                              : fmt::format("%{:02X}", c);
    linked.inlined_ = false;
    return linked;
}

Pictures Pictures::inlined() const {
    Pictures inlined = *this;
    inlined.inlined_ = true;
    return inlined;
}

std::string Pictures::link_to(const std::string& name, const std::string& title) const {
    return fmt::format("<picture>\n<source media=\"(prefers-color-scheme: dark)\" srcset=\"{0}/{1}-dark.svg\" />\n<img src=\"{0}/{1}.svg\" "
                       "alt=\"{2}\" />\n</picture>\n\n",
                       folder_, name, html_text(title));
}

std::string Pictures::of(const std::string& name) const {
    for (size_t i = 0; i < charts_.size(); ++i) {
        if (charts_[i].name != name)
            continue;
        if (inlined_)
            return in_a_box(finished_picture(charts_[i], drawn_[i], Look::page));
        return link_to(name, charts_[i].title);
    }
    for (const Drawing& drawing : drawings_)
        if (drawing.name == name && (inlined_ || !folder_.empty()))
            return inlined_ ? in_a_box(drawing.light) : link_to(name, drawing.title);
    return "";
}

bool Pictures::has(const std::string& name) const { return !how_of(name).empty(); }

std::string Pictures::how_of(const std::string& name) const {
    for (const Chart& chart : charts_)
        if (chart.name == name)
            return chart.how;
    return "";
}

std::string Pictures::how_of_strips() const {
    for (const Chart& chart : charts_)
        if (chart.is_strip)
            return chart.how;
    return "";
}

std::map<std::string, std::string> Pictures::files() const {
    std::map<std::string, std::string> files;
    for (size_t i = 0; i < charts_.size(); ++i) {
        files[charts_[i].name + ".svg"] = finished_picture(charts_[i], drawn_[i], Look::light);
        files[charts_[i].name + "-dark.svg"] = finished_picture(charts_[i], drawn_[i], Look::dark);
    }
    for (const Drawing& drawing : drawings_) {
        files[drawing.name + ".svg"] = drawing.light;
        files[drawing.name + "-dark.svg"] = drawing.dark;
    }
    return files;
}

bool is_picture_of_a_report(const std::string& file, std::string_view text) {
    std::string_view name = file;
    if (!name.ends_with(".svg") || !text.starts_with("<svg xmlns="))
        return false;
    name.remove_suffix(4);
    if (name.ends_with("-dark"))
        name.remove_suffix(5);
    const std::string_view root = text.substr(0, text.find('>'));
    return name.starts_with("ladder-") ? root.find("class=\"ladder\"") != root.npos
                                       : root.find(fmt::format("aria-labelledby=\"chart-{}-title\"", name)) != root.npos;
}

} // namespace halfopen
