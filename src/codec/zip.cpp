#include "codec/zip.h"

#include <fmt/core.h>
#include <zip.h>

#include <algorithm>
#include <cstring>

namespace pestle::codec {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 20;
constexpr uint16_t kFixedDosDate = (0 << 9) | (1 << 5) | 1;  // 1980-01-01, the first day a zip file can name

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using OpenFile = std::unique_ptr<zip_file_t, CloseFile>;
using Source = std::unique_ptr<zip_source_t, FreeSource>;

Failure zip_failure(const std::string& what, const char* why) {
  return fail(ErrorCode::kInvalidFile, fmt::format("{}: {}", what, why));
}

std::string message_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

}  // namespace

struct ZipReader::Impl {
  Bytes file;
  Archive archive;
  std::vector<std::string> names;
  size_t budget = 0;
};

ZipReader::ZipReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader& ZipReader::operator=(ZipReader&&) noexcept = default;
ZipReader::~ZipReader() = default;

Result<ZipReader> ZipReader::open(Bytes file) {
  if (file.empty()) return zip_failure("not a readable zip archive", "the file is empty");  // libzip would allow it
  auto impl = std::make_unique<Impl>();
  impl->file = std::move(file);
  impl->budget = kZipFreeBytes + kZipMaxRatio * impl->file.size();
  zip_error_t error;
  zip_error_init(&error);
  Source source(zip_source_buffer_create(impl->file.data(), impl->file.size(), 0, &error));
  if (!source) return zip_failure("not a readable zip archive", message_of(error).c_str());
  impl->archive.reset(zip_open_from_source(source.get(), ZIP_RDONLY | ZIP_CHECKCONS, &error));
  if (!impl->archive) return zip_failure("not a readable zip archive", message_of(error).c_str());
  static_cast<void>(source.release());  // the archive owns it now
  zip_error_fini(&error);
  const zip_int64_t count = zip_get_num_entries(impl->archive.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* name = zip_get_name(impl->archive.get(), static_cast<zip_uint64_t>(i), 0);
    if (name == nullptr) return zip_failure("not a readable zip archive", "a member has no name");
    if (!std::string_view(name).ends_with('/')) impl->names.emplace_back(name);
  }
  return ZipReader(std::move(impl));
}

const std::vector<std::string>& ZipReader::names() const { return impl_->names; }

Result<std::vector<std::byte>> ZipReader::read(const std::string& name) {
  const OpenFile member(zip_fopen(impl_->archive.get(), name.c_str(), 0));
  if (!member) return zip_failure(name, zip_strerror(impl_->archive.get()));
  std::vector<std::byte> bytes;
  while (true) {
    // Grown by what really comes out, never by what a header promises.
    const size_t used = bytes.size();
    bytes.resize(used + kPieceBytes);
    const zip_int64_t got = zip_fread(member.get(), bytes.data() + used, kPieceBytes);
    if (got < 0) return zip_failure(name, zip_file_strerror(member.get()));
    bytes.resize(used + static_cast<size_t>(got));
    if (got == 0) return bytes;
    if (static_cast<size_t>(got) > impl_->budget) {
      return fail(ErrorCode::kInvalidFile,
                  fmt::format("{}: the archive unpacks to more than {} times its size", name, kZipMaxRatio));
    }
    impl_->budget -= static_cast<size_t>(got);
  }
}

namespace {

// The archive takes the source over where adding succeeds.
Status add_member(zip_t* archive, const ZipMember& member) {
  Source source(zip_source_buffer(archive, member.bytes.data(), member.bytes.size(), 0));
  if (!source) return fail(ErrorCode::kInternal, "no memory for a zip member");
  const zip_int64_t at = zip_file_add(archive, member.name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  if (at < 0) return fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", member.name, zip_strerror(archive)));
  static_cast<void>(source.release());
  const auto index = static_cast<zip_uint64_t>(at);
  if (zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, index, 0, kFixedDosDate, 0) != 0) {
    return fail(ErrorCode::kInternal, fmt::format("{}: {}", member.name, zip_strerror(archive)));
  }
  return {};
}

// libzip removes an archive without members instead of writing it: its end record, all counts 0.
std::vector<std::byte> empty_zip() {
  std::vector<std::byte> bytes(22);
  constexpr unsigned char kSignature[] = {'P', 'K', 5, 6};
  std::memcpy(bytes.data(), kSignature, sizeof(kSignature));
  return bytes;
}

Result<std::vector<std::byte>> read_back(zip_source_t* source) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_open(source) != 0 || zip_source_stat(source, &stat) != 0) {
    return fail(ErrorCode::kInternal, "the zip archive that was written cannot be read back");
  }
  std::vector<std::byte> bytes(stat.size);
  const zip_int64_t got = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (got != static_cast<zip_int64_t>(bytes.size())) {
    return fail(ErrorCode::kInternal, "the zip archive that was written cannot be read back");
  }
  return bytes;
}

}  // namespace

Result<std::vector<std::byte>> write_zip(std::span<const ZipMember> members) {
  if (members.empty()) return empty_zip();
  zip_error_t error;
  zip_error_init(&error);
  const Source source(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!source) return fail(ErrorCode::kInternal, message_of(error));
  Archive archive(zip_open_from_source(source.get(), ZIP_TRUNCATE, &error));
  if (!archive) return fail(ErrorCode::kInternal, message_of(error));
  zip_error_fini(&error);
  zip_source_keep(source.get());
  for (const ZipMember& member : members) PESTLE_TRY(add_member(archive.get(), member));
  if (zip_close(archive.get()) != 0) return fail(ErrorCode::kInternal, zip_strerror(archive.get()));
  static_cast<void>(archive.release());
  return read_back(source.get());
}

}  // namespace pestle::codec
