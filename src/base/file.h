// Files in and out. A file that is read is mapped; a file that is written appears whole or not at all.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace pestle {

// Maps a regular file; an empty file gives empty bytes. The mapping lives as long as the bytes do.
Result<Bytes> map_file(const std::string& path);

// Receives the bytes of a file in order. write() may be called many times.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Status write(std::span<const std::byte> bytes) = 0;
};

// Calls `produce` with a sink on a temporary file beside `path` and renames it to `path` when that succeeded, else
// removes it: an existing file is untouched. A device or pipe at `path` is written to directly.
Status write_file(const std::string& path, const std::function<Status(ByteSink&)>& produce);
Status write_file(const std::string& path, std::span<const std::byte> bytes);

bool is_directory(const std::string& path);
bool file_exists(const std::string& path);
// True if both paths lead to the same existing file.
bool same_file(const std::string& a, const std::string& b);

}  // namespace pestle
