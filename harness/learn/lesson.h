#pragma once
// A lesson: one failure, guessed at before it is seen, then explained; and one knob to turn. A text file each in
// scenarios/lessons/: TOML between two lines of +++ says what is run and asked, Markdown below it says the rest. No right answer
// is written in it: the right one is what theory says and the run shows.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.h"
#include "harness/base/traffic.h"

namespace halfopen {

/// What a detector did in a trial, measured or predicted.
struct Observed {
    std::optional<Window> after; ///< from the fault to the notice; one instant where it was measured; nothing: it was silent
    std::string signal;          ///< "recv: 0"; empty where theory leaves it open
};

/// One answer that a learner may give.
struct Answer {
    std::string says;
    bool silent = false;       ///< nothing is noticed while it is watched
    std::optional<Window> when{}; ///< noticed later than `from`, and not later than `to`
    std::string signal{};      ///< what is said; empty: whatever it is
    std::string belief{};      ///< what somebody thinks who chooses it wrongly; may be empty

    bool is_right(const Observed&) const;
};

/// A setting of the detector that differs from learner to learner.
struct Varied {
    std::string setting;
    std::vector<std::string> values;
};

/// One failure to be predicted and seen.
struct Round {
    std::string scenario, detector; ///< the detector as it is typed: "keepalive:idle=60s,interval=5s,count=3"
    Traffic traffic = Traffic::idle;
    Duration horizon{0};
    std::string press;              ///< what Enter does: "cut the cable"
    std::string question;
    std::vector<Answer> choices;    ///< at least two
    std::vector<Varied> vary;
    std::string scene;              ///< Markdown: what there is, before the question
    std::vector<std::string> hints; ///< may be empty
    std::string explained;          ///< Markdown: the model answer

    /// The one choice that is right; nothing when none is, or more than one.
    std::optional<size_t> right(const Observed&) const;
};

struct Lesson {
    int number = 0; ///< its place, from 1
    std::string name, title, law;
    std::vector<Round> rounds; ///< the lesson's own, then one for each turn of a knob
    std::string carry_over;    ///< a question about another failure
    std::string law_mended;    ///< the last word
    std::filesystem::path file;
};

/// Reads one lesson. BadInput names the file, the line, the mistake and the mend.
Lesson read_lesson(const std::filesystem::path&);
/// The same from text; `file` names it in messages.
Lesson parse_lesson(std::string_view text, const std::string& file);

/// What comes with the program, in order.
const std::vector<Lesson>& lessons();
/// By name or number. BadInput with the nearest name when there is none.
const Lesson& find_lesson(std::string_view name);
/// The lessons of "3", "3-6" or "pulled-plug". BadInput when it is none of them.
std::vector<Lesson> lessons_of(std::string_view range);

} // namespace halfopen
