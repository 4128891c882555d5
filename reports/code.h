#pragma once
// Code in a report: what a reader copies.

#include <string>
#include <string_view>

namespace halfopen {

/// One word of a command line as a shell reads it: in quotes where it needs them.
std::string shell_word(const std::string& word);

/// A block of lines in Markdown that nothing in them can end, with an empty line behind it.
std::string code_block(std::string_view language, std::string lines);

} // namespace halfopen
