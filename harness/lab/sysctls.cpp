#include "harness/lab/sysctls.h"

#include <toml++/toml.h>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/linux/namespace.h"
#include "harness/linux/sysctl.h"

namespace halfopen {

Sysctls Sysctls::load() {
    const auto path = data_folder() / "harness/lab/sysctls.toml";
    std::vector<SysctlRule> rules;
    try {
        const toml::table file = toml::parse_file(path.string());
        const toml::array* parameters = file["parameters"].as_array();
        if (!parameters) throw BadInput(fmt::format("{}: there is no list \"parameters\"", path.string()));
        for (const toml::node& node : *parameters) {
            const toml::table& entry = *node.as_table();
            const std::string scope = entry["scope"].value_or("namespace");
            rules.push_back({entry["name"].value_or(""), entry["value"].value_or(""),
                             scope == "machine"  ? SysctlRule::Scope::machine
                             : scope == "router" ? SysctlRule::Scope::router
                                                 : SysctlRule::Scope::namespaced});
        }
    } catch (const toml::parse_error& e) {
        throw BadInput(fmt::format("{}:{}:{}: {}", path.string(), e.source().begin.line, e.source().begin.column,
                                   e.description()));
    }
    return Sysctls(std::move(rules));
}

Sysctls Sysctls::for_new_worlds() {
    Sysctls sysctls = load();
    NetNamespace::create();
    sysctls.learn();
    return sysctls;
}

void Sysctls::learn() {
    to_set_.clear();
    for (const SysctlRule& rule : rules_) {
        if (rule.scope == SysctlRule::Scope::machine) continue;
        const auto now = read_sysctl(rule.name);
        if (now && *now != rule.value) to_set_.push_back(rule);
    }
}

void Sysctls::apply(bool router) const {
    for (const SysctlRule& rule : to_set_)
        if (router || rule.scope == SysctlRule::Scope::namespaced) write_sysctl(rule.name, rule.value);
}

std::vector<std::pair<std::string, std::optional<std::string>>> Sysctls::read_back() const {
    std::vector<std::pair<std::string, std::optional<std::string>>> all;
    for (const SysctlRule& rule : rules_) all.emplace_back(rule.name, read_sysctl(rule.name));
    return all;
}

} // namespace halfopen
