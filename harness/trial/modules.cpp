#include "harness/trial/modules.h"

#include <array>
#include <set>

#include "scenarios/faults/fault.h"

namespace halfopen {

namespace {

/// What the namespaces lab itself needs of a kernel; the sockets of a server of the user's are seen by sock_diag.
constexpr std::array<const char*, 4> lab_modules{"veth", "nf_tables", "inet_diag", "tcp_diag"};

/// A detector says "module nf_conntrack" among its other needs.
void add_modules_of(const Description& about, std::set<std::string>& names) {
    constexpr std::string_view prefix = "module ";
    for (const std::string_view need : about.needs)
        if (need.starts_with(prefix)) names.emplace(need.substr(prefix.size()));
}

std::vector<std::string> list(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

} // namespace

std::vector<std::string> all_modules() {
    std::set<std::string> names(lab_modules.begin(), lab_modules.end());
    for (const FaultKind* fault : fault_kinds()) names.insert(fault->about.needs.begin(), fault->about.needs.end());
    for (const Method* method : methods()) add_modules_of(method->about, names);
    return list(names);
}

std::vector<std::string> modules_of(const PlannedTrial& trial) {
    std::set<std::string> names;
    for (const std::string_view need : trial.scenario->needs()) names.emplace(need);
    add_modules_of(trial.detector->describe(), names);
    return list(names);
}

} // namespace halfopen
