#pragma once
// One verb, one file. Each adds its subcommand and, when it was chosen, is run by its callback.

#include <string>
#include <vector>

#include <CLI/App.hpp>

namespace halfopen {

void add_doctor(CLI::App&);
void add_run(CLI::App&);
void add_try(CLI::App&);
void add_explain(CLI::App&);
void add_predict(CLI::App&);
void add_list(CLI::App&);
void add_report(CLI::App&);
void add_compare(CLI::App&);
void add_kernels(CLI::App&);
void add_merge(CLI::App&);
void add_advise(CLI::App&);
void add_script(CLI::App&);
void add_learn(CLI::App&);
void add_class(CLI::App&);

/// The verb and the options that were given to it, as they are typed again: what only concerns the eye, or where the
/// results go, is no part of how to repeat a run. Positional words are the verb's own to add.
std::vector<std::string> repeatable(const CLI::App& verb, const std::string& name);

/// The exit status of a verb that ended without an exception but not with success.
void set_exit_status(int status);

} // namespace halfopen
