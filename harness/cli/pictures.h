#pragma once
// The pictures of a report: gnuplot draws them all in one go, and their files come to lie beside the report.

#include <filesystem>
#include <string>

#include "reports/pictures.h"

namespace halfopen {

/// What gnuplot draws of these records. Without gnuplot none, and the reason with its mend, which the report repeats.
Pictures draw_pictures(const Records&);

/// Writes the pictures' files into a folder, which is made, and gives back the pictures as a report beside it links them.
/// Where that cannot be done: none, and why. Files that are there already, and the same, are left alone; pictures of an
/// earlier report that this one does not have are removed, unless the reason is that nothing could be drawn.
Pictures put_pictures(const std::filesystem::path& folder, const Pictures&);

/// The folder for the pictures of a Markdown report: charts beside report.md, NAME-charts beside another NAME.md.
std::filesystem::path pictures_folder(const std::filesystem::path& report);

} // namespace halfopen
