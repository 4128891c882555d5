#pragma once
// Every error says what was being done, to what, and how to mend it. The type alone decides the exit status;
// the one catch is in main.

#include <stdexcept>
#include <string>

#include <fmt/format.h>

namespace halfopen {

/// The exit statuses of the program; scripts depend on them.
enum class Exit {
    ok = 0,               ///< finished; a failure that nobody noticed is a result, not an error
    requirement = 1,      ///< a --require was broken
    usage = 2,            ///< wrong usage or bad input
    machine = 3,          ///< this machine cannot
    nothing_selected = 4, ///< the selection is empty
    incomplete = 5,       ///< invalid trials or an internal error; results are kept
};

class Error : public std::runtime_error {
public:
    Error(Exit exit, const std::string& message) : std::runtime_error(message), exit_(exit) {}
    Exit exit() const { return exit_; }

private:
    Exit exit_;
};

/// Wrong usage or bad input: one line that names the place, what is wrong and the mend.
struct BadInput : Error {
    explicit BadInput(const std::string& message) : Error(Exit::usage, message) {}
};

/// The machine lacks something: no user namespaces, no permission, no descriptors.
struct CannotHere : Error {
    explicit CannotHere(const std::string& message) : Error(Exit::machine, message) {}
};

/// A system call failed. The message is "<what was being done>: <errno's text>".
struct SystemError : Error {
    SystemError(const std::string& doing, int error_number);
    int error_number;
};

/// "ETIMEDOUT" for ETIMEDOUT; the number in words of errno(3) for one without a name.
std::string errno_name(int error_number);

/// "SIGPIPE" for SIGPIPE; the number for one without a name.
std::string signal_name(int number);

/// Passes a system call's result on, and throws SystemError with errno when it is -1.
template <typename Result, typename... Args>
Result check(Result result, fmt::format_string<Args...> doing, Args&&... args) {
    if (result == static_cast<Result>(-1)) {
        const int error_number = errno;
        throw SystemError(fmt::format(doing, std::forward<Args>(args)...), error_number);
    }
    return result;
}

} // namespace halfopen
