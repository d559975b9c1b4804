// The extents of a tensor, outermost first. An extent that is not known is kUnknown.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pestle {

inline constexpr int64_t kUnknown = -1;

class Shape {
 public:
  Shape() = default;  // a scalar
  Shape(std::initializer_list<int64_t> dims) : dims_(dims) {}
  explicit Shape(std::vector<int64_t> dims) : dims_(std::move(dims)) {}
  explicit Shape(std::span<const int64_t> dims) : dims_(dims.begin(), dims.end()) {}

  int rank() const { return static_cast<int>(dims_.size()); }
  int64_t operator[](int axis) const { return dims_[axis]; }
  int64_t& operator[](int axis) { return dims_[axis]; }
  // The extent counted from the innermost axis: back(0) is the last one.
  int64_t back(int axis) const { return dims_[dims_.size() - 1 - axis]; }
  std::span<const int64_t> dims() const { return dims_; }
  auto begin() const { return dims_.begin(); }
  auto end() const { return dims_.end(); }
  void push_back(int64_t dim) { dims_.push_back(dim); }

  bool is_static() const;
  // Number of elements. Only for static shapes whose product was checked at the door (checked_elements).
  int64_t elements() const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<int64_t> dims_;
};

// Number of elements, or nothing if an extent is unknown or negative or the product leaves 2^56.
std::optional<int64_t> checked_elements(const Shape& shape);

// "1x224x224x3", unknown extents as "?", a scalar as "scalar".
std::string to_string(const Shape& shape);
// Reads what to_string writes (and 'x' separated "-1" for unknown); nothing if it is not a shape.
std::optional<Shape> parse_shape(std::string_view text);

// NumPy broadcasting, right-aligned. Unknown extents give unknown extents; nothing if the shapes do not fit.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

// Row-major strides in elements.
std::vector<int64_t> row_major_strides(const Shape& shape);

// An axis counted from the end if negative; nothing if out of range.
std::optional<int> resolve_axis(int64_t axis, int rank);

}  // namespace pestle
