// End of the directory (22 bytes and a comment, found from the end): "PK\5\6", at 10 the number of members (2 bytes),
// at 16 the directory's offset (4). Directory entry: "PK\1\2", at 8 flags (2), 10 method (2, 0 = stored), 20 and 24
// packed and real size (4 each), 28, 30 and 32 lengths of name, extra and comment (2 each), 42 offset of the member
// (4), at 46 the name. Member: "PK\3\4", at 26 and 28 lengths of name and extra, at 30 name, extra, bytes.
// Fields of all ones stand for 64-bit values elsewhere; such members are left out.
#include "codec/zip_stored.h"

#include <cstring>
#include <optional>
#include <string_view>

#include "codec/little_endian.h"

namespace pestle::codec {
namespace {

using namespace std::string_view_literals;

constexpr size_t kEndBytes = 22, kEntryBytes = 46, kMemberBytes = 30;
constexpr size_t kMaxComment = 0xffff;
constexpr uint32_t kElsewhere = 0xffffffff;
constexpr uint16_t kEncrypted = 1;

bool signature_at(std::span<const std::byte> file, size_t at, size_t record, std::string_view signature) {
  return at <= file.size() && file.size() - at >= record && std::memcmp(file.data() + at, signature.data(), 4) == 0;
}

std::optional<size_t> find_end(std::span<const std::byte> file) {
  for (size_t back = kEndBytes; back <= file.size() && back <= kEndBytes + kMaxComment; ++back) {
    if (signature_at(file, file.size() - back, kEndBytes, "PK\5\6"sv)) return file.size() - back;
  }
  return std::nullopt;
}

std::optional<Bytes> member_bytes(const Bytes& file, size_t entry) {
  const auto view = file.view();
  const uint32_t packed = load_le<uint32_t>(view, entry + 20), size = load_le<uint32_t>(view, entry + 24);
  const uint32_t at = load_le<uint32_t>(view, entry + 42);
  const bool stored =
      load_le<uint16_t>(view, entry + 10) == 0 && (load_le<uint16_t>(view, entry + 8) & kEncrypted) == 0;
  if (!stored || packed != size || size == kElsewhere || at == kElsewhere) return std::nullopt;
  if (!signature_at(view, at, kMemberBytes, "PK\3\4"sv)) return std::nullopt;
  const size_t begin = size_t{at} + kMemberBytes + load_le<uint16_t>(view, at + 26) + load_le<uint16_t>(view, at + 28);
  if (begin > view.size() || view.size() - begin < size) return std::nullopt;
  return file.slice(begin, size);
}

}  // namespace

std::map<std::string, Bytes> stored_members(const Bytes& file) {
  std::map<std::string, Bytes> members;
  const auto view = file.view();
  const auto end = find_end(view);
  if (!end) return members;
  const size_t count = load_le<uint16_t>(view, *end + 10);
  size_t entry = load_le<uint32_t>(view, *end + 16);
  for (size_t i = 0; i < count; ++i) {
    if (!signature_at(view, entry, kEntryBytes, "PK\1\2"sv)) return members;
    const size_t name_bytes = load_le<uint16_t>(view, entry + 28);
    if (view.size() - entry - kEntryBytes < name_bytes) return members;
    const std::string name(reinterpret_cast<const char*>(view.data()) + entry + kEntryBytes, name_bytes);
    auto bytes = member_bytes(file, entry);
    if (bytes) members.emplace(name, std::move(*bytes));
    entry += kEntryBytes + name_bytes + load_le<uint16_t>(view, entry + 30) + load_le<uint16_t>(view, entry + 32);
  }
  return members;
}

}  // namespace pestle::codec
