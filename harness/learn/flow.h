#pragma once
// How a lesson goes: a scene, a guess that is locked, the failure seen, the guess beside it, the reason; then a knob is turned
// and it begins anew; in the end a question to carry over and the law, mended.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/learn/console.h"
#include "harness/learn/hand_in.h"
#include "harness/learn/lesson.h"
#include "harness/learn/theory_of.h"
#include "harness/trial/record.h"

namespace halfopen {

/// What a round's trials showed, and where.
struct Showing {
    std::vector<TrialLine> trials;  ///< valid ones, at least one
    std::string where;              ///< "virtual lab, kernel 6.1.0-52"
    std::string how_long;           ///< "2 h 11 min of virtual time took 3.2 s"; may be empty
    bool recorded = false;          ///< on another machine, some time ago
    std::filesystem::path folder;   ///< of the records; empty when there are no own ones
};
using ShowRound = std::function<Showing(size_t round, const std::string& spec)>;

class Flow {
public:
    /// Goes on where `hand_in` stands; it is kept in `file` after every step.
    Flow(Console&, const Lesson&, HandIn& hand_in, std::filesystem::path file, ShowRound);
    /// True when the lesson was gone through to its end; false when it was left before. Throws Interrupted.
    bool run();

private:
    enum class Move { next, back, quit };
    /// What somebody typed, when it was none of the keys.
    struct Typed {
        std::string text;
        std::optional<Move> move;
    };

    /// The place of "3" among so many, from 0.
    static std::optional<size_t> place(const std::string& text, size_t many);
    std::vector<std::string> specs() const;
    size_t steps() const;
    Move step(size_t number);
    void head(size_t number);
    Typed ask(const std::string& prompt, size_t round);
    Move press_enter(size_t round, const std::string& what = "go on");
    void hint(size_t round);

    Move scene(size_t round);
    Move predict(size_t round);
    Move ask_reason(size_t round);
    Move observe(size_t round);
    Move compare(size_t round);
    std::string once_it_was_known(size_t round) const;
    Move explain(size_t round);
    Move carry_over();

    const Showing& measured(size_t round);
    void keep_what_was_seen(size_t round);
    std::string filled(const std::string& text, size_t round) const;
    void say_answers(const Round&);
    void save();

    Console& console_;
    const Lesson& lesson_;
    HandIn& hand_in_;
    std::filesystem::path file_;
    ShowRound measure_;
    std::vector<RoundFacts> facts_;
    std::vector<std::optional<Showing>> measured_;
    std::vector<size_t> hints_given_;
};

} // namespace halfopen
