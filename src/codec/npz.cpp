#include "codec/npz.h"

#include <fmt/core.h>

#include <set>

#include "codec/zip.h"
#include "codec/zip_stored.h"

namespace pestle::codec {
namespace {

constexpr std::string_view kSuffix = ".npy";

Result<Bytes> member_bytes(ZipReader& zip, const std::map<std::string, Bytes>& stored, const std::string& name) {
  const auto found = stored.find(name);
  if (found != stored.end()) return found->second;
  PESTLE_ASSIGN(auto bytes, zip.read(name));
  return Bytes::own(std::move(bytes));
}

}  // namespace

Result<std::vector<NamedArray>> read_npz_unaligned(const Bytes& file) {
  PESTLE_ASSIGN(ZipReader zip, ZipReader::open(file));
  const auto stored = stored_members(file);
  std::vector<NamedArray> arrays;
  std::set<std::string> seen;
  for (const std::string& member : zip.names()) {
    if (!member.ends_with(kSuffix)) continue;
    if (!seen.insert(member).second) {
      return fail(ErrorCode::kInvalidFile, fmt::format("the archive holds {} twice", member));
    }
    PESTLE_ASSIGN(const Bytes bytes, member_bytes(zip, stored, member));
    auto array = read_npy_unaligned(bytes);
    if (!array) return in_context(std::move(array).error(), member);
    arrays.push_back({member.substr(0, member.size() - kSuffix.size()), std::move(*array)});
  }
  return arrays;
}

Result<std::vector<NamedArray>> read_npz(const Bytes& file) {
  PESTLE_ASSIGN(auto arrays, read_npz_unaligned(file));
  for (NamedArray& named : arrays) {
    if (!is_aligned(named.array.view())) named.array.bytes = Bytes::copy_of(named.array.bytes.view());
  }
  return arrays;
}

Result<std::vector<std::byte>> write_npz(std::span<const NamedView> arrays) {
  std::vector<ZipMember> members;
  for (const NamedView& array : arrays) {
    auto bytes = write_npy(array.tensor);
    if (!bytes) return in_context(std::move(bytes).error(), array.name);
    members.push_back({array.name + std::string(kSuffix), std::move(*bytes)});
  }
  return write_zip(members);
}

}  // namespace pestle::codec
