// Folders as sorted lists, so that the order of samples never depends on the file system. Hidden entries are left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace pestle::data {

struct Listing {
  std::vector<std::string> files;    // names, sorted bytewise
  std::vector<std::string> folders;  // likewise
};
Result<Listing> list_folder(const std::string& path);

// By the ending of the name, in any case; what a file holds is decided by its content when it is read.
bool has_ending(std::string_view name, std::string_view ending);
bool is_media_name(std::string_view name);  // pictures (readable here or not) and sounds

std::string join_path(const std::string& folder, const std::string& name);
std::string parent_folder(const std::string& path);

}  // namespace pestle::data
