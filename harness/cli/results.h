#pragma once
// What every verb that measures does with its folder in the end, whatever it measured.

#include <filesystem>
#include <string>

#include "harness/trial/record.h"
#include "harness/trial/store.h"

namespace halfopen {

/// Writes a page; SystemError says that the records stay, and how to make the page again.
void write_page(const std::filesystem::path&, const std::string& text);
/// To the file of that name, or to stdout where there is no name.
void write_or_print(const std::string& file, const std::string& text);
/// The packets of every captured trial as pcapng, into a folder beside the report.
void write_captures(const std::filesystem::path& folder, const Records&);
/// report.md, its pictures in charts/, and report.html, into the folder of the records.
void write_reports(const std::filesystem::path& folder, const Records&);

/// False when the folder holds no line yet.
bool keeps_anything(const Store&);
/// Says so on stderr; the exit status. `signal` is what ended the run, 0 for an error.
int nothing_kept(const Store&, int signal);
/// Says on stderr what is kept and how it goes on; the exit status.
int say_interrupted(const Store&, const Records&, int signal);
/// Says on stderr that some trials are invalid; the exit status, 0 when none is.
int say_invalid(const Store&, const Records&);

} // namespace halfopen
