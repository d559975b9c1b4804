// What tests of several rooms share: the collection of real models beside the project, and sinks in memory.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"

namespace pestle::testing {

// The folder of shared models and data: $PESTLE_SHARED, or ../shared beside the project; nothing if it is absent.
inline std::optional<std::filesystem::path> shared_folder() {
  const char* named = std::getenv("PESTLE_SHARED");
  const std::filesystem::path folder =
      named != nullptr ? named : std::filesystem::path(PESTLE_SOURCE_DIR) / ".." / "shared";
  if (std::filesystem::is_directory(folder / "models")) return folder;
  std::printf("skipped: no folder of shared models (set PESTLE_SHARED)\n");
  return std::nullopt;
}

// Files below `folder` that end in `suffix`, sorted.
inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder, const std::string& suffix) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().string().ends_with(suffix)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class MemorySink final : public ByteSink {
 public:
  Status write(std::span<const std::byte> more) override {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return {};
  }
  std::vector<std::byte> bytes;
};

}  // namespace pestle::testing
