#pragma once
// What a command of the user's takes with it into a guest: itself, the libraries that it is linked with, the scripts'
// interpreters, and the files that it was told to use.

#include <string>
#include <vector>

#include "harness/lab/command_log.h"

namespace halfopen {

/// An archive to stand behind the base one (initramfs.h). The command's own words that name files or folders are taken
/// along, and so are the paths in `with`; everything stands in the guest where it stands here. BadInput names a path
/// that does not exist, and what is too much for a guest's memory.
std::string program_initramfs(const Command&, const std::string& client, const std::vector<std::string>& with);

} // namespace halfopen
