// How to repeat a run, and what its words mean.

#include "reports/sections.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/clock.h"
#include "reports/code.h"
#include "reports/text.h"

namespace halfopen {

namespace {

/// What was typed, with the seed, which must not go to the command of a server.
std::string command_with_seed(const RunLine& run) {
    std::vector<std::string> words;
    for (const std::string& word : run.command)
        words.push_back(shell_word(word));
    if (std::find_if(words.begin(), words.end(), [](const auto& w) { return w.starts_with("--seed"); }) ==
        words.end()) {
        const auto at = std::find(words.begin(), words.end(), "--");
        words.insert(words.insert(at, "--seed") + 1, std::to_string(run.seed));
    }
    return joined(words, " ");
}

} // namespace

std::string repeat_section(const Cells& cells) {
    const RunLine& run = cells.run();
    return "## How to repeat it\n\n" + code_block("sh", "halfopen " + command_with_seed(run)) +
           fmt::format("Plan {} ({}), seed {}, halfopen {} ({}).\n\n", md_code(run.plan), md_code(run.plan_digest), run.seed, md(run.halfopen),
                       md_code(run.executable));
}

std::string glossary_section(const Cells& cells) {
    const bool is_virtual = in_virtual_time(cells);
    return fmt::format(R"(## Words

| truth \ verdict | nothing in the time watched | `eof` | `gone` |
|:--|:--|:--|:--|
| alive, or said before the fault | quiet | false alarm | false alarm |
| half-closed | missed | noticed | misread |
| stuck, unreachable, gone | missed | noticed | noticed |

- **Truth** is about the connection, seen from the server, when the watch ends: *alive*; *half-closed*, the
  client sends no more and still reads; *stuck*, its process exists and will never answer; *unreachable*, it
  is alive and no byte will pass; *gone*, process, host or socket is no longer there.
- **Verdict** is what a method says: `eof`, the client will send no more (all that a FIN tells), or `gone`.
- *Skipped*: the cell does not apply. *Invalid*: the fault did not bite{}; never
  because of the answer.
- **Noticed after** is the detection time T_D of Chen, Toueg and Aguilera (2002): from the fault to the
  verdict. A cell shows its slowest trial, and the class of its worst.
- **Predicted** is a window computed from the kernel's rules and the socket's state just before the fault,
  stored before the outcome was known, and never fitted to it.
- **Floor** is how soon {} showed anything in this run, in the median: a single notice can be sooner.
)",
                       is_virtual ? "" : " or the machine was too noisy",
                       is_virtual ? "the guest" : "this machine");
}

std::string own_glossary_section(const Cells& cells) {
    return fmt::format(R"(## Words

- **The kernel gave up**: the server's kernel had ended the connection, or had the client's FIN. From then on
  recv() tells the program, and poll() wakes it.
- **The server let go**: it has called close(), or has ended; no descriptor refers to the connection any more.
- **ESTAB**: the kernel holds the connection for alive. **CLOSE-WAIT**: the client's FIN has come, and the
  program has not closed. **UNCONN**: the kernel has ended it, and the program still holds the descriptor.
- **By its options**: a window computed from the kernel's rules, the options of the server's socket and its
  state just before the fault; stored before the outcome was known, and never fitted to it.
- **At once**: in under 10 ms. *Not in* a time: it was watched so long, and no longer.
- **Floor** is how soon {} showed anything in this run, in the median: a single notice can be sooner.
)",
                       in_virtual_time(cells) ? "the guest" : "this machine");
}

} // namespace halfopen
