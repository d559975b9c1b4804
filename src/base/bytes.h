// A read-only run of bytes together with whatever keeps it alive (a mapped file, a vector). Copying copies the
// view, never the bytes: weights stay views into the file they came from until something must change them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace pestle {

class Bytes {
 public:
  Bytes() = default;
  Bytes(std::span<const std::byte> view, std::shared_ptr<const void> owner) : view_(view), owner_(std::move(owner)) {}

  static Bytes own(std::vector<std::byte> bytes) {
    auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
    return Bytes({owner->data(), owner->size()}, owner);
  }
  static Bytes copy_of(std::span<const std::byte> bytes) { return own({bytes.begin(), bytes.end()}); }

  std::span<const std::byte> view() const { return view_; }
  const std::byte* data() const { return view_.data(); }
  size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  // A part of these bytes under the same owner. The caller has checked that it lies inside.
  Bytes slice(size_t offset, size_t size) const { return Bytes(view_.subspan(offset, size), owner_); }

 private:
  std::span<const std::byte> view_;
  std::shared_ptr<const void> owner_;
};

}  // namespace pestle
