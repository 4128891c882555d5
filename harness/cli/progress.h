#pragma once
// What a person sees while a run goes on: the matrix filling up, or a line for each finished cell.

#include <memory>
#include <optional>
#include <string>

#include "harness/cli/terminal.h"
#include "harness/trial/plan.h"
#include "harness/trial/record.h"
#include "harness/trial/session.h"
#include "reports/cell_news.h"

namespace halfopen {

class ProgressView {
public:
    /// `mode` is "auto", "bar", "lines" or "none".
    ProgressView(const std::string& mode, const Terminal&, const Plan&, bool is_virtual);

    /// What it holds already is over.
    void begin(const Records& soon_filled);
    void show(const Progress&);
    void show(const TrialLine&);
    /// Now and then, when nothing else happened: a sign of life every minute.
    void tick();
    /// Leaves the terminal as it was.
    void end();

private:
    void draw();
    void line(const std::string& text);
    std::string status() const;

    enum class Mode { bar, lines, none } mode_ = Mode::none;
    Terminal terminal_;
    bool is_virtual_;
    const Records* records_ = nullptr;
    CellNews news_;
    Progress progress_;
    int trials_ = 0, over_ = 0; ///< of the whole run
    Instant last_drawn_{}, last_line_{};
    Duration cost_of_drawing_{0}; ///< of the last picture: of a large run it is tens of milliseconds
    std::optional<StatusBlock> block_;
};

} // namespace halfopen
