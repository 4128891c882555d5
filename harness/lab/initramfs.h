#pragma once
// What a guest starts from: this executable with the libraries that it has loaded, the data files, and the kernel
// modules of faults and detectors, in one archive. It depends on these files alone, so that equal files are equal
// bytes.

#include <string>
#include <vector>

#include "harness/base/time.h"
#include "harness/lab/guest_kernel.h"

namespace halfopen {

/// Where things stand in the guest.
namespace guest_path {
inline constexpr const char* modules = "/modules"; ///< 00-name.ko, 01-name.ko, ..., in the order of loading
inline constexpr const char* portion = "/portion.json";
inline constexpr const char* idle = "/idle_ns"; ///< instead of a portion: how long the guest only sleeps
} // namespace guest_path

/// What a guest that only sleeps says before and after.
namespace guest_word {
inline constexpr const char* idle = "idle\n";
} // namespace guest_word

/// The archive that every guest of this kernel begins with. `modules` are names; their closure is put in. CannotHere
/// when a module that the lab itself needs is missing.
std::string base_initramfs(const GuestKernel&, const std::vector<std::string>& modules);

/// The archive behind it: the portion that this guest runs.
std::string portion_initramfs(const std::string& portion_json);
/// The archive behind it for a guest that only sleeps.
std::string idle_initramfs(Duration);

} // namespace halfopen
