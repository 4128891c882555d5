#pragma once
// Records whose names mean something to Markdown, HTML, a table of text or a terminal.

#include "harness/trial/record.h"
#include "support/source_tree.h"

namespace halfopen::testing {

inline const std::vector<std::string> odd_names{
    "a|b",    "*a*",         "_a_",         "~~a~~",      "`a`",         "<i>a</i>",  "</script>", "<!-- a",  "R&D &lt; &amp;", "[a](b)",
    "a\\",    "\"a\", 'b'", "a,b;c",       "$a$ {b} #c", "line\nbreak", "\x1b[2Ja",  "日本",      "🔥 é e\u0301",
    "\u05e9\u05dc\u05d5\u05dd", "-a --b", "a very long name that has no end and goes on and on, over the edge of every table that there is"};

/// The golden records of that name, with this one before every name, label, signal, rule and whatever else of theirs is text.
inline Records with_odd_names(const std::string& stem, const std::string& odd) {
    Records records = read_records(source_tree() + "/tests/golden/" + stem + ".jsonl");
    records.file = "trials.jsonl";
    const auto named = [&](const std::string& old) { return old.empty() ? old : odd + " " + old; };
    for (RunLine& run : records.runs) {
        for (std::string* text : {&run.plan, &run.plan_digest, &run.kernel, &run.halfopen, &run.executable, &run.started, &run.lab})
            *text = named(*text);
        for (auto& [key, value] : run.sysctl) key = named(key), value = named(value.value_or(""));
        if (run.guest)
            for (std::string* text : {&run.guest->qemu, &run.guest->machine, &run.guest->cpu, &run.guest->qemu_digest}) *text = named(*text);
        for (std::string& word : run.command) word = named(word);
        for (ScenarioHead& head : run.scenarios)
            for (std::string* text : {&head.name, &head.label, &head.summary}) *text = named(*text);
        for (DetectorHead& head : run.detectors)
            for (std::string* text : {&head.name, &head.label, &head.spec, &head.summary, &head.form}) *text = named(*text);
        if (!run.server) continue;
        for (std::string& word : run.server->command) word = named(word);
        for (std::string& line : run.server->advice) line = named(line);
        for (WouldNoticeLine& other : run.server->others)
            for (std::string* text : {&other.scenario, &other.label, &other.traffic}) *text = named(*text);
    }
    for (TrialLine& t : records.trials) {
        for (std::string* text : {&t.id, &t.scenario, &t.traffic, &t.detector, &t.spec, &t.signal, &t.why, &t.predicted.rule, &t.planned.rule,
                                  &t.predicted.signal, &t.planned.signal, &t.situation.anchor, &t.traffic_saw})
            *text = named(*text);
        if (t.socket)
            for (std::string* text : {&t.socket->last, &t.socket->before, &t.socket->end}) *text = named(*text);
    }
    return records;
}

} // namespace halfopen::testing
