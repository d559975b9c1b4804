// Zip archives in memory. Reading unpacks one member at a time and is bounded: an archive may unpack to
// kZipFreeBytes plus kZipMaxRatio times its own size, all members together, whatever its headers claim.
// Writing stores members unpacked with a fixed date, so equal members make equal bytes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace pestle::codec {

inline constexpr size_t kZipFreeBytes = size_t{64} << 20;
inline constexpr size_t kZipMaxRatio = 256;

class ZipReader {
 public:
  static Result<ZipReader> open(Bytes file);
  ZipReader(ZipReader&&) noexcept;
  ZipReader& operator=(ZipReader&&) noexcept;
  ~ZipReader();

  // In the archive's order; folders are left out.
  const std::vector<std::string>& names() const;
  // Unpacks the member and checks its checksum.
  Result<std::vector<std::byte>> read(const std::string& name);

 private:
  struct Impl;
  explicit ZipReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct ZipMember {
  std::string name;
  std::vector<std::byte> bytes;
};
Result<std::vector<std::byte>> write_zip(std::span<const ZipMember> members);

}  // namespace pestle::codec
