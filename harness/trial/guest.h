#pragma once
// The guest's side of the virtual lab: this program as PID 1 of a virtual machine. It runs the namespaces lab as it
// runs anywhere, and passes on what that says.

namespace halfopen {

/// True in the process that a guest's kernel has started first.
bool is_guest_init(int argc, char** argv);

/// Prepares the guest, runs its portion, and powers off.
[[noreturn]] void run_guest();

} // namespace halfopen
