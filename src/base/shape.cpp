#include "base/shape.h"

#include <algorithm>
#include <charconv>

#include "base/checked.h"

namespace pestle {
namespace {

// The bits of so many elements of the widest type (128) fit 64 bits, so sizes need no further check.
constexpr int64_t kMostElements = int64_t{1} << 56;

}  // namespace

bool Shape::is_static() const {
  return std::all_of(dims_.begin(), dims_.end(), [](int64_t dim) { return dim >= 0; });
}

int64_t Shape::elements() const {
  int64_t count = 1;
  for (int64_t dim : dims_) count *= dim;
  return count;
}

std::optional<int64_t> checked_elements(const Shape& shape) {
  // A zero extent makes the product 0, but the others must still be sane: skip nothing.
  int64_t count = 1;
  bool empty = false;
  for (int64_t dim : shape) {
    if (dim < 0) return std::nullopt;
    if (dim == 0) {
      empty = true;
      continue;
    }
    const auto product = checked_mul(count, dim);
    if (!product || *product > kMostElements) return std::nullopt;
    count = *product;
  }
  return empty ? 0 : count;
}

std::string to_string(const Shape& shape) {
  if (shape.rank() == 0) return "scalar";
  std::string text;
  for (int64_t dim : shape) {
    if (!text.empty()) text += 'x';
    text += dim < 0 ? std::string("?") : std::to_string(dim);
  }
  return text;
}

std::optional<Shape> parse_shape(std::string_view text) {
  if (text == "scalar") return Shape{};
  Shape shape;
  while (true) {
    const size_t cut = text.find('x');
    const std::string_view part = text.substr(0, cut);
    int64_t dim = kUnknown;
    if (part != "?") {
      const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), dim);
      if (error != std::errc() || end != part.data() + part.size() || dim < -1) return std::nullopt;
    }
    shape.push_back(dim);
    if (cut == std::string_view::npos) return shape;
    text.remove_prefix(cut + 1);
  }
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  std::vector<int64_t> dims(rank);
  for (int i = 0; i < rank; ++i) {
    const int64_t x = i < a.rank() ? a.back(i) : 1;
    const int64_t y = i < b.rank() ? b.back(i) : 1;
    int64_t& out = dims[rank - 1 - i];
    if (x == y || y == 1) {
      out = x;
    } else if (x == 1) {
      out = y;
    } else if (x == kUnknown || y == kUnknown) {
      out = std::max(x, y);  // the known one is larger than 1, so the other must equal it or be 1
    } else {
      return std::nullopt;
    }
  }
  return Shape(std::move(dims));
}

std::vector<int64_t> row_major_strides(const Shape& shape) {
  std::vector<int64_t> strides(shape.rank());
  int64_t step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

std::optional<int> resolve_axis(int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) return std::nullopt;
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

}  // namespace pestle
