#include "support/scripted_lab.h"

#include "harness/base/error.h"

namespace halfopen::testing {

namespace {

class ScriptedTrial final : public LiveTrial {
public:
    ScriptedTrial(ScriptedLab& lab, const PlannedTrial& planned, Script script)
        : lab_(lab), planned_(planned), script_(std::move(script)) {
        lab_.most_alive = std::max(lab_.most_alive, ++lab_.alive);
    }
    ~ScriptedTrial() override { --lab_.alive; }

    void start() override {
        lab_.note("start", planned_.id);
        started_ = lab_.now();
        lab_.spend(lab_.starting_takes);
    }
    bool is_settled() override { return lab_.now() >= started_ + script_.settles_after; }
    std::string fire() override {
        lab_.note("fire", planned_.id);
        fired_ = lab_.now();
        return planned_.attempt <= script_.noisy_attempts ? "noisy: the script says so" : "";
    }
    void write_at(Instant t) override { lab_.happened.push_back({"write", planned_.id, t}); }
    std::string verify() override {
        lab_.note("verify", planned_.id);
        return planned_.attempt <= script_.slow_attempts ? "noisy: the script says that it took too long" : "";
    }
    void heal() override { lab_.note("heal", planned_.id); }
    bool has_noticed() override { return script_.notices_after && lab_.now() >= fired_ + *script_.notices_after; }
    TrialLine finish(const std::string& invalid) override {
        lab_.note("finish", planned_.id);
        TrialLine line = not_run(planned_, Outcome::invalid, invalid);
        line.fault = {fired_, fired_ + script_.bracket};
        if (!invalid.empty()) return line;
        if (planned_.attempt <= script_.late_attempts) {
            line.why = "noisy: the script says that it was healed too late";
            return line;
        }
        if (has_noticed()) {
            line.noticed_after = script_.notices_after;
            line.verdict = script_.verdict;
        }
        line.outcome = judge(line.truth, line.verdict, line.noticed_after && *line.noticed_after < Duration{0});
        return line;
    }

private:
    ScriptedLab& lab_;
    PlannedTrial planned_;
    Script script_;
    Instant started_{}, fired_{};
};

} // namespace

std::unique_ptr<LiveTrial> ScriptedLab::build(const PlannedTrial& planned) {
    note("build", planned.id);
    now_ += building_takes;
    const Script script = script_(planned);
    if (!script.cannot.empty()) throw CannotHere(script.cannot);
    if (!script.build_error.empty()) throw Error(Exit::incomplete, script.build_error);
    return std::make_unique<ScriptedTrial>(*this, planned, script);
}

std::map<std::string, Instant> ScriptedLab::when(const std::string& what) const {
    std::map<std::string, Instant> all;
    for (const Happened& h : happened)
        if (h.what == what) all[h.id] = h.at;
    return all;
}

} // namespace halfopen::testing
