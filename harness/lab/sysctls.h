#pragma once
// The list of kernel parameters that matter (sysctls.toml), set in every world and recorded.

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace halfopen {

struct SysctlRule {
    enum class Scope { namespaced, router, machine };
    std::string name;
    std::string value; ///< empty for one that is only read
    Scope scope = Scope::namespaced;
};

/// Sets parameters in new namespaces, and only those that a new namespace does not have already: the first
/// namespace shows which these are.
class Sysctls {
public:
    static Sysctls load();
    /// Loads the list and learns from a fresh namespace, which the calling thread is left in.
    static Sysctls for_new_worlds();
    explicit Sysctls(std::vector<SysctlRule> rules) : rules_(std::move(rules)) {}

    /// Looks at the namespace that the thread is in, a fresh one, and remembers what has to be set in such a one.
    void learn();
    /// Sets what has to be set in the namespace that the thread is in.
    void apply(bool router) const;
    /// Reads all of them back.
    std::vector<std::pair<std::string, std::optional<std::string>>> read_back() const;

private:
    std::vector<SysctlRule> rules_;
    std::vector<SysctlRule> to_set_;
};

} // namespace halfopen
