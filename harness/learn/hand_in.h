#pragma once
// What a learner did in a lesson: kept while it goes on, so that it can be gone on with, and handed in when it is over. One
// JSON file a lesson.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/learn/lesson.h"

namespace halfopen {

/// A round as somebody went through it.
struct DoneRound {
    std::string scenario, traffic, detector; ///< the detector as it was run
    std::string question;
    std::vector<std::string> answers;   ///< those that were offered
    std::optional<int> chosen;          ///< from 0; nothing when it was skipped. It is locked before anything is seen
    std::string reason;                 ///< why
    int sure = 0;                       ///< 1 to 3; 0: not said
    std::string where;                  ///< "virtual lab, kernel 6.1.0-52"; empty before it was seen
    bool recorded = false;              ///< seen as a recording, not measured there and then
    std::vector<std::optional<Duration>> noticed_after; ///< one for each trial; nothing: not within `horizon`
    std::string signal;
    Duration horizon{0};
    std::string predicted;              ///< by theory, in words
    std::optional<int> right;           ///< which answer the run showed to be right
    std::string explanation;            ///< the learner's own
    std::string mark;                   ///< the learner's own: "same", "partly", "different"
    bool operator==(const DoneRound&) const = default;
};

struct HandIn {
    static constexpr int version = 1;
    std::string halfopen; ///< version of the program
    std::string lesson;
    int number = 0;
    std::string title;
    std::string seed;     ///< who it is, where the parameters were drawn for somebody
    std::string started, finished; ///< UTC; `finished` is empty while it is not
    int step = 0;         ///< how far it has come
    std::vector<DoneRound> rounds;
    bool operator==(const HandIn&) const = default;
};

std::string to_json(const HandIn&);
/// BadInput names `file` and the mistake: no JSON, no hand-in, one of another version, a key that is missing.
HandIn parse_hand_in(const std::string& json, const std::string& file);

/// $XDG_STATE_HOME/halfopen/learn, or its default below $HOME. CannotHere when there is neither.
std::filesystem::path learners_folder();
/// Where a lesson's hand-in is kept: "05-pulled-plug.json" in that folder.
std::filesystem::path hand_in_file(const Lesson&);
/// Nothing when the lesson was not begun.
std::optional<HandIn> kept_hand_in(const Lesson&);
/// Writes it in one piece: a crash leaves the old or the new one.
void keep(const HandIn&, const std::filesystem::path&);

/// The detector of a round for this seed: the same seed always draws the same values. The round's own without a seed.
std::string drawn_spec(const Round&, const std::string& seed);

} // namespace halfopen
