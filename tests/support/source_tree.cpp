#include "support/source_tree.h"

namespace halfopen {

std::string source_tree() { return HALFOPEN_SOURCE_DIR; }

} // namespace halfopen
