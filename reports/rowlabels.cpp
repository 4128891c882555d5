#include "reports/rowlabels.h"

#include <algorithm>
#include <array>

#include "reports/text.h"

namespace halfopen {

namespace {

struct Abbreviation {
    std::string_view label;
    std::string_view four;
};

// Where the first four letters would not be understood.
constexpr std::array<Abbreviation, 7> abbreviations{{{"healthy", "well"},
                                                     {"crash", "crsh"},
                                                     {"reboot", "boot"},
                                                     {"reject", "rjct"},
                                                     {"stopped", "stop"},
                                                     {"jitter", "jitt"},
                                                     {"destroy", "dstr"}}};

/// Ends at a word where that keeps at least half of the room.
std::string beginning(const std::string& label, size_t width) {
    if (display_width(label) <= width)
        return label;
    std::string text = cut(label, width + 1);
    const size_t space = text.rfind(' ');
    text = space != std::string::npos && space >= width / 2 ? text.substr(0, space) : cut(label, width);
    while (text.ends_with(',') || text.ends_with(' ') || text.ends_with('+'))
        text.pop_back();
    return text;
}

/// True when no other row of the same law would be called the same.
template <typename Name>
bool is_unique(const std::vector<MatrixRow>& rows, const DetectorHead& head, const std::string& text,
               Name name) {
    return std::none_of(rows.begin(), rows.end(), [&](const MatrixRow& other) {
        return other.head != &head && other.head->law == head.law && name(*other.head) == text;
    });
}

std::string short_name(const std::vector<MatrixRow>& rows, const DetectorHead& head, bool opens,
                       size_t width) {
    const auto start = [width](const DetectorHead& row) { return beginning(row.label, width); };
    const auto label = [](const DetectorHead& row) { return row.label; };
    const auto form = [](const DetectorHead& row) { return row.form; };
    if (display_width(row_name(head)) <= width)
        return row_name(head);
    if (display_width(head.label) <= width && (opens || is_unique(rows, head, head.label, label)))
        return head.label;
    if (opens || is_unique(rows, head, start(head), start))
        return start(head);
    if (!head.form.empty() && display_width(head.form) <= width && is_unique(rows, head, head.form, form))
        return head.form;
    const std::string name = row_name(head);
    const size_t last = width / 2 - 1;
    return cut(name, width - last - 2) + ".." + tail(name, last);
}

} // namespace

std::vector<std::string> short_names(const std::vector<MatrixRow>& rows, size_t width) {
    std::vector<std::string> names;
    int law = 0;
    for (const MatrixRow& row : rows) {
        // The row that opens a law stands beside its number, and needs no more to be told from the others.
        const bool opens = row.head->law != 0 && row.head->law != law;
        law = row.head->law;
        names.push_back(short_name(rows, *row.head, opens, width));
    }
    return names;
}

std::string short_column(const ScenarioHead& head, size_t width) {
    if (display_width(head.label) <= width)
        return head.label;
    for (const Abbreviation& abbreviation : abbreviations)
        if (abbreviation.label == head.label)
            return std::string(abbreviation.four);
    return cut(head.label, width);
}

} // namespace halfopen
