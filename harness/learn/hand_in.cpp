#include "harness/learn/hand_in.h"

#include <cstdlib>
#include <fstream>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/learn/theory_of.h"
#include "harness/trial/json_object.h"

namespace halfopen {

namespace fs = std::filesystem;

namespace {

Json number_or_null(const std::optional<int>& number) { return number ? Json(*number) : Json{}; }

Json write(const DoneRound& r) {
    Json noticed = Json::array();
    for (const auto& after : r.noticed_after) noticed.push_back(after ? Json(after->count()) : Json{});
    return {{"scenario", r.scenario}, {"traffic", r.traffic}, {"detector", r.detector}, {"question", r.question}, {"answers", r.answers},
            {"chosen", number_or_null(r.chosen)}, {"reason", r.reason}, {"sure", r.sure}, {"where", r.where}, {"recorded", r.recorded},
            {"noticed_after_ns", noticed}, {"signal", r.signal}, {"horizon_ns", r.horizon.count()}, {"predicted", r.predicted},
            {"right", number_or_null(r.right)}, {"explanation", r.explanation}, {"mark", r.mark}};
}

std::optional<int> read_place(const Object& o, const char* key, size_t many) {
    if (!o.has(key)) return std::nullopt;
    const int place = o.small<int>(key);
    if (place < 0 || static_cast<size_t>(place) >= many) throw BadInput(fmt::format("\"{}\" is {}, and there are {} answers", key, place, many));
    return place;
}

DoneRound read_round(const Object& o) {
    DoneRound r;
    r.scenario = o.text("scenario");
    r.traffic = o.text("traffic");
    r.detector = o.text("detector");
    r.question = o.text("question");
    r.answers = o.texts("answers");
    r.chosen = read_place(o, "chosen", r.answers.size());
    r.reason = o.text("reason");
    r.sure = o.small<int>("sure");
    if (r.sure < 0 || r.sure > 3) throw BadInput(fmt::format("\"sure\" is {}, and goes from 1 to 3", r.sure));
    r.where = o.text("where");
    r.recorded = o.flag("recorded");
    const Json& noticed = o.at("noticed_after_ns");
    if (!noticed.is_array()) throw BadInput("\"noticed_after_ns\" is no list");
    for (const Json& after : noticed) {
        if (!after.is_null() && !after.is_number_integer()) throw BadInput("\"noticed_after_ns\" holds something that is no time");
        r.noticed_after.push_back(after.is_null() ? std::nullopt : std::optional{Duration{after.get<int64_t>()}});
    }
    r.signal = o.text("signal");
    r.horizon = o.time("horizon_ns");
    r.predicted = o.text("predicted");
    r.right = read_place(o, "right", r.answers.size());
    r.explanation = o.text("explanation");
    r.mark = o.text("mark");
    return r;
}

/// FNV-1a, so that a seed draws the same on every machine.
uint64_t number_of(const std::string& text) {
    uint64_t number = 14695981039346656037ULL;
    for (const char c : text) number = (number ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return number ^ (number >> 32);
}

} // namespace

std::string to_json(const HandIn& h) {
    Json rounds = Json::array();
    for (const DoneRound& round : h.rounds) rounds.push_back(write(round));
    return Json{{"type", "hand-in"}, {"version", HandIn::version}, {"halfopen", h.halfopen}, {"lesson", h.lesson}, {"number", h.number},
                {"title", h.title}, {"seed", h.seed}, {"started", h.started}, {"finished", h.finished}, {"step", h.step},
                {"rounds", rounds}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

HandIn parse_hand_in(const std::string& json, const std::string& file) {
    const Json parsed = Json::parse(json, nullptr, false);
    if (parsed.is_discarded()) throw BadInput(fmt::format("{}: is no JSON; ask for the file once more", file));
    if (!parsed.is_object() || parsed.value("type", "") != "hand-in") throw BadInput(fmt::format("{}: is no hand-in of halfopen learn", file));
    try {
        const Object o(parsed, "");
        if (const int version = o.small<int>("version"); version != HandIn::version)
            throw BadInput(fmt::format("is of version {}, and this halfopen reads {}; use the same halfopen for a class", version, HandIn::version));
        HandIn h;
        h.halfopen = o.text("halfopen");
        h.lesson = o.text("lesson");
        h.number = o.small<int>("number");
        h.title = o.text("title");
        h.seed = o.text("seed");
        h.started = o.text("started");
        h.finished = o.text("finished");
        h.step = o.small<int>("step");
        o.each("rounds", [&](const Object& round) { h.rounds.push_back(read_round(round)); });
        return h;
    } catch (const BadInput& e) {
        throw BadInput(fmt::format("{}: {}", file, e.what()));
    }
}

fs::path learners_folder() {
    const auto variable = [](const char* name) { const char* value = std::getenv(name); return fs::path(value ? value : ""); };
    if (const fs::path state = variable("XDG_STATE_HOME"); state.is_absolute()) return state / "halfopen/learn";
    if (const fs::path home = variable("HOME"); home.is_absolute()) return home / ".local/state/halfopen/learn";
    throw CannotHere("there is no folder for your progress: HOME is not set; set XDG_STATE_HOME to a folder of yours");
}

fs::path hand_in_file(const Lesson& lesson) { return learners_folder() / fmt::format("{:02}-{}.json", lesson.number, lesson.name); }

std::optional<HandIn> kept_hand_in(const Lesson& lesson) {
    const fs::path file = hand_in_file(lesson);
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return std::nullopt;
    return parse_hand_in(read_text(file), file.string());
}

void keep(const HandIn& hand_in, const fs::path& file) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error) throw CannotHere(fmt::format("{}: cannot be made: {}; set XDG_STATE_HOME to a folder of yours", file.parent_path().string(), error.message()));
    const fs::path fresh = file.string() + ".new";
    std::ofstream out(fresh, std::ios::binary);
    out << to_json(hand_in);
    if (!out.flush()) throw SystemError("writing " + fresh.string(), errno);
    out.close();
    fs::rename(fresh, file);
}

std::string drawn_spec(const Round& round, const std::string& seed) {
    const auto specs = specs_of(round);
    if (seed.empty() || specs.size() == 1) return round.detector;
    return specs[1 + number_of(seed + "/" + round.scenario) % (specs.size() - 1)]; // The first is the round's own.
}

} // namespace halfopen
