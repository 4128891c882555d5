#pragma once
#include "harness/trial/record.h"
namespace halfopen { inline std::string side_by_side(const std::vector<Records>&) { return "soon\n"; } }
