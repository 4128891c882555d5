#pragma once
// One [[fault]] of a scenario file: which fault, and what the file says of it.

#include <memory>

#include "harness/trial/toml_file.h"
#include "scenarios/faults/fault.h"

namespace halfopen {

struct FaultEntry {
    const FaultKind* kind = nullptr;
    FaultSettings settings;

    std::unique_ptr<Fault> make() const { return kind->make(kind->about, settings); }
};

/// BadInput names file, line, column, and the mend: an unknown fault or key with the nearest name, a missing key, a
/// number or a duration that makes no sense.
FaultEntry read_fault(const TomlFile&, const toml::table& entry);

/// A duration between two bounds, with its unit.
Duration read_duration(const TomlFile&, const toml::table&, std::string_view key, Duration least, Duration most);

} // namespace halfopen
