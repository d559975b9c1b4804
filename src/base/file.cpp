#include "base/file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pestle {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Failure io_error(const std::string& what, const std::string& path, int code) {
  return fail(code == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
              fmt::format("cannot {} {}: {}", what, path, std::strerror(code)));
}

class DescriptorSink final : public ByteSink {
 public:
  DescriptorSink(int fd, const std::string& path) : fd_(fd), path_(path) {}
  Status write(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t done = ::write(fd_, bytes.data(), bytes.size());
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return io_error("write", path_, errno);
      bytes = bytes.subspan(static_cast<size_t>(done));
    }
    return {};
  }

 private:
  int fd_;
  const std::string& path_;
};

// Devices and pipes are written to; renaming a file to their place would put it there instead of them.
bool is_special(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

Status write_special(const std::string& path, const std::function<Status(ByteSink&)>& produce) {
  const FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (fd.get() < 0) return io_error("open", path, errno);
  DescriptorSink sink(fd.get(), path);
  return produce(sink);
}

}  // namespace

Result<Bytes> map_file(const std::string& path) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return io_error("open", path, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return io_error("open", path, errno);
  if (!S_ISREG(info.st_mode))
    return fail(ErrorCode::kIo, fmt::format("cannot open {}: it is not a regular file", path));
  const size_t size = static_cast<size_t>(info.st_size);
  if (size == 0) return Bytes{};
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (data == MAP_FAILED) return io_error("map", path, errno);
  std::shared_ptr<const void> owner(data, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return Bytes({static_cast<const std::byte*>(data), size}, std::move(owner));
}

Status write_file(const std::string& path, const std::function<Status(ByteSink&)>& produce) {
  if (is_special(path)) return write_special(path, produce);
  const std::string temporary = fmt::format("{}.partial.{}", path, ::getpid());
  const FileDescriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (fd.get() < 0) return io_error("create", path, errno);
  DescriptorSink sink(fd.get(), path);
  Status status = produce(sink);
  if (status && ::rename(temporary.c_str(), path.c_str()) != 0) status = io_error("create", path, errno);
  if (!status) ::unlink(temporary.c_str());
  return status;
}

Status write_file(const std::string& path, std::span<const std::byte> bytes) {
  return write_file(path, [bytes](ByteSink& sink) { return sink.write(bytes); });
}

bool is_directory(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool file_exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

bool same_file(const std::string& a, const std::string& b) {
  struct stat x {};
  struct stat y {};
  return ::stat(a.c_str(), &x) == 0 && ::stat(b.c_str(), &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

}  // namespace pestle
