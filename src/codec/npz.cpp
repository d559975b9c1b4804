#include "codec/npz.h"

#include <fmt/core.h>

#include <set>

#include "codec/zip.h"

namespace pestle::codec {
namespace {

constexpr std::string_view kSuffix = ".npy";

Result<NpyArray> read_member(ZipReader& zip, const std::string& name) {
  PESTLE_ASSIGN(auto bytes, zip.read(name));
  auto array = read_npy(Bytes::own(std::move(bytes)));
  if (!array) return in_context(std::move(array).error(), name);
  return array;
}

}  // namespace

Result<std::vector<NamedArray>> read_npz(const Bytes& file) {
  PESTLE_ASSIGN(ZipReader zip, ZipReader::open(file));
  std::vector<NamedArray> arrays;
  std::set<std::string> seen;
  for (const std::string& member : zip.names()) {
    if (!member.ends_with(kSuffix)) continue;
    if (!seen.insert(member).second) {
      return fail(ErrorCode::kInvalidFile, fmt::format("the archive holds {} twice", member));
    }
    PESTLE_ASSIGN(NpyArray array, read_member(zip, member));
    arrays.push_back({member.substr(0, member.size() - kSuffix.size()), std::move(array)});
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
