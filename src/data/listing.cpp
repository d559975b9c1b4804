#include "data/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace pestle::data {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Result<Listing> list_folder(const std::string& path) {
  Listing listing;
  std::error_code error;
  std::filesystem::directory_iterator at(path, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    std::string name = at->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code ignored;
    (at->is_directory(ignored) ? listing.folders : listing.files).push_back(std::move(name));
  }
  if (error) return fail(ErrorCode::kIo, fmt::format("cannot list {}: {}", path, error.message()));
  std::ranges::sort(listing.files);
  std::ranges::sort(listing.folders);
  return listing;
}

bool has_ending(std::string_view name, std::string_view ending) {
  if (name.size() < ending.size()) return false;
  return std::ranges::equal(name.substr(name.size() - ending.size()), ending, {}, lower, lower);
}

bool is_media_name(std::string_view name) {
  // Pictures that are not decoded here are listed too: a sample that is skipped is counted, one that is not seen is
  // not.
  constexpr std::string_view kEndings[] = {".jpg", ".jpeg", ".png",  ".webp", ".wav", ".bmp",
                                           ".gif", ".tif",  ".tiff", ".heic", ".avif"};
  return std::ranges::any_of(kEndings, [&](std::string_view ending) { return has_ending(name, ending); });
}

std::string join_path(const std::string& folder, const std::string& name) {
  if (folder.empty() || name.starts_with('/')) return name;
  return folder.ends_with('/') ? folder + name : folder + "/" + name;
}

std::string parent_folder(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

}  // namespace pestle::data
