#pragma once
// Settings as people type them: the same timers in C, in servers' configuration files, in Go and in Python.

#include <string>
#include <vector>

#include "detectors/theory/socket_timers.h"

namespace halfopen {

/// Lines of C for a connected socket `fd`, each a whole statement of at most 80 columns; none where nothing
/// is to be set.
std::vector<std::string> setsockopt_lines(const SocketTimers&);

/// How one server or language is told the same.
struct Recipe {
    std::string who;                ///< "nginx"
    std::vector<std::string> lines; ///< of at most 70 columns; empty when it has no such setting
    std::string limits;             ///< what it cannot express and what follows; empty when nothing
};

/// nginx, redis, postgres, sshd, Go, Python.
std::vector<Recipe> recipes(const SocketTimers&);

/// The same for a server that must ask its clients every `interval`, and give up after `limit` without an
/// answer.
std::vector<Recipe> asking_recipes(Duration interval, Duration limit);

} // namespace halfopen
