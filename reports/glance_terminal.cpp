// Dozens of methods at a glance, in a terminal.

#include "reports/terminal.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/glance.h"
#include "reports/glyphs.h"
#include "reports/rowlabels.h"
#include "reports/text.h"

namespace halfopen {

namespace {

constexpr size_t share_width = 6; // " 60/71"
constexpr size_t least_name = 24;

std::string_view short_truth(Truth truth) {
    switch (truth) {
    case Truth::half_closed: return "half";
    case Truth::unreachable: return "unreach";
    default: return name(truth);
    }
}

class GlancePainter {
public:
    GlancePainter(const Matrix& matrix, const Glance& glance, const TerminalStyle& style) : glance_(glance), style_(style) {
        for (size_t i = 0; i < glance.classes.size(); ++i)
            widths_.push_back(width_of(i));
        const size_t used = sum_of_widths() + share_width;
        name_width_ = columns() > used ? std::min<size_t>(columns() - used, 40) : 0;
        choose_names(matrix);
    }

    std::string text() const { return name_width_ < least_name ? blocks() : table(); }

private:
    size_t columns() const { return static_cast<size_t>(std::max(style_.columns, 20)); }

    size_t sum_of_widths() const {
        size_t sum = 0;
        for (const size_t width : widths_)
            sum += width;
        return sum;
    }

    bool ends_group(size_t i) const {
        return i + 1 == glance_.classes.size() || glance_.classes[i + 1].group != glance_.classes[i].group;
    }

    /// The last column of a group leaves room for the group's name.
    size_t width_of(size_t i) const {
        size_t width = std::max(short_truth(glance_.classes[i].truth).size(), count_of(i).size());
        for (const GlanceRow& row : glance_.rows)
            width = std::max(width, display_width(spelled(i, row.cells[i])));
        if (!ends_group(i))
            return width + 1;
        size_t group = 0;
        for (size_t before = i; before > 0 && glance_.classes[before - 1].group == glance_.classes[i].group; --before)
            group += widths_[before - 1];
        const size_t title = display_width(glance_.classes[i].group);
        return std::max(width, title > group ? title - group : 0) + 1;
    }

    std::string count_of(size_t i) const { return fmt::format("({})", glance_.classes[i].columns.size()); }

    /// A name must not be that of another row either, shown or not.
    void choose_names(const Matrix& matrix) {
        const auto of_laws = short_names(matrix.rows, room_after(2));
        const auto of_others = short_names(matrix.rows, room_after(12)); // "  worst ", " +12"
        for (const GlanceRow& row : glance_.rows) {
            const auto at = static_cast<size_t>(row.row - matrix.rows.data());
            names_.push_back((row.standing == Standing::law ? of_laws : of_others)[at]);
        }
    }

    size_t room_after(size_t used) const { return name_width_ < least_name ? 60 : name_width_ - used - 1; }

    /// "5.9s", "23/24", "X": whole classes by their mark, parts by their count.
    std::string spelled(size_t i, const ClassCell& cell) const {
        const bool alive = glance_.classes[i].truth == Truth::alive;
        if (cell.measured == 0)
            return style_.waiting_text ? "." : terminal_glyph(Mark::skipped, style_.ascii);
        if (is_all_right(cell) && !alive && cell.slowest > Duration::zero())
            return tiny_time(cell.slowest);
        if (is_all_right(cell))
            return terminal_glyph(alive ? Mark::quiet : Mark::prompt, style_.ascii);
        if (cell.right > 0)
            return fmt::format("{}/{}", cell.right, cell.measured);
        std::string marks;
        for (const Mark mark : cell.marks)
            marks += terminal_glyph(mark, style_.ascii);
        return marks;
    }

    std::string painted(size_t i, const ClassCell& cell) const {
        const std::string text = spelled(i, cell);
        const std::string padding(widths_[i] - std::min(widths_[i], display_width(text)), ' ');
        const Mark mark = !cell.marks.empty() ? *cell.marks.rbegin()
                          : cell.measured == 0 || glance_.classes[i].truth == Truth::alive ? Mark::quiet
                                                                                            : Mark::prompt;
        return style_.colour ? fmt::format("\x1b[{}m{}\x1b[0m{}", ansi_colour(mark), text, padding) : text + padding;
    }

    static std::string title_of(const GlanceRow& row) {
        return fmt::format("{}{}{}", row.family, row.members > 1 ? fmt::format(", {} methods", row.members) : "",
                           row.members > 1 && row.not_run ? fmt::format(", {} not run", row.not_run) : "");
    }

    std::string name_of(size_t r) const {
        const GlanceRow& row = glance_.rows[r];
        const std::string others = row.alike ? fmt::format(" +{}", row.alike) : "";
        switch (row.standing) {
        case Standing::best: return "  best  " + names_[r] + others;
        case Standing::worst: return "  worst " + names_[r] + others;
        case Standing::only: return "  " + names_[r] + others;
        case Standing::law: break;
        }
        const bool opens = r == 0 || glance_.rows[r - 1].law != row.law;
        return (opens ? fmt::format("{} ", row.law) : "  ") + names_[r];
    }

    std::string heads() const {
        std::string groups(name_width_, ' '), truths = pad_right("law", name_width_), counts(name_width_, ' ');
        for (size_t i = 0; i < glance_.classes.size();) {
            size_t room = 0;
            const std::string& group = glance_.classes[i].group;
            for (bool more = true; more; ++i) {
                more = !ends_group(i);
                room += widths_[i];
                truths += pad_right(std::string(short_truth(glance_.classes[i].truth)), widths_[i]);
                counts += pad_right(count_of(i), widths_[i]);
            }
            groups += pad_right(group, room);
        }
        return trimmed(groups) + trimmed(truths + " right") + trimmed(counts);
    }

    std::string table() const {
        std::string out = heads();
        for (size_t r = 0; r < glance_.rows.size(); ++r) {
            const GlanceRow& row = glance_.rows[r];
            if (row.standing == Standing::best || row.standing == Standing::only)
                out += title_of(row) + "\n";
            out += pad_right(cut(name_of(r), name_width_ - 1), name_width_);
            for (size_t i = 0; i < row.cells.size(); ++i)
                out += painted(i, row.cells[i]);
            out = trimmed(out + pad_left(right_of(*row.row), share_width));
        }
        return out;
    }

    /// A method, then what it did, class by class.
    std::string blocks() const {
        std::string out;
        for (size_t r = 0; r < glance_.rows.size(); ++r) {
            const GlanceRow& row = glance_.rows[r];
            if (row.standing == Standing::best || row.standing == Standing::only)
                out += wrapped(title_of(row), columns(), "  ") + "\n";
            std::vector<std::string> cells;
            for (size_t i = 0; i < row.cells.size(); ++i)
                cells.push_back(fmt::format("{} {}", short_truth(glance_.classes[i].truth), spelled(i, row.cells[i])));
            out += wrapped(fmt::format("{} ({})", name_of(r), right_of(*row.row)), columns(), "  ") + "\n";
            out += "  " + wrapped(joined(cells, ", "), columns() - 2, "  ") + "\n";
        }
        return out;
    }

    static std::string right_of(const MatrixRow& row) {
        return row.measured ? fmt::format("{}/{}", row.right, row.measured) : "n/a";
    }

    static std::string trimmed(std::string text) {
        while (text.ends_with(' '))
            text.pop_back();
        return text + "\n";
    }

    const Glance& glance_;
    const TerminalStyle& style_;
    std::vector<size_t> widths_;
    std::vector<std::string> names_;
    size_t name_width_ = 0;
};

} // namespace

std::string terminal_glance(const Cells& cells, const Matrix& matrix, const TerminalStyle& style) {
    const Glance glance = glance_of(cells, matrix);
    const auto width = static_cast<size_t>(std::max(style.columns, 20));
    std::vector<std::string> claims =
        glance_legend(matrix, glance, [&](Mark mark) { return terminal_glyph(mark, style.ascii); });
    if (std::any_of(glance.rows.begin(), glance.rows.end(), [](const GlanceRow& row) { return row.alike > 0; }))
        claims.emplace_back("+N and N more with the same answers");
    const size_t others = cells.traffics().size() > 1 ? cells.traffics().size() - 1 : 0;
    const std::string more = fmt::format("All {} methods and {} scenarios, one by one{}: in the report.", matrix.rows.size(),
                                         matrix.columns.size(),
                                         others ? fmt::format(", and {}", counted(static_cast<int>(others), "more traffic profile")) : "");
    return GlancePainter(matrix, glance, style).text() + filled(claims, width) + (style.waiting_text ? "" : wrapped(more, width) + "\n");
}

} // namespace halfopen
