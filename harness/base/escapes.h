#pragma once
// Bytes as people type them in a shell's quotes.

#include <string>
#include <string_view>

namespace halfopen {

/// Replaces C's escapes: \r \n \t \0 \e \a \b \f \v \\ \" \' and \xHH. BadInput names the option and the escape that is
/// none.
std::string unescape(std::string_view option, std::string_view text);

/// The other way: what is no printable ASCII becomes an escape, so that the text can be typed again.
std::string escape(std::string_view bytes);

} // namespace halfopen
