#include "ir/sparsity.h"

#include <algorithm>
#include <cstring>

namespace pestle::ir {
namespace {

// Dense constants beyond this are not made.
constexpr size_t kMostBytes = size_t{1} << 31;

Failure broken(const Value& value, const char* what) {
  return fail(ErrorCode::kInvalidModel, "the sparse constant \"" + value.name + "\" " + what);
}

// Walks the levels of a constant and copies its elements.
class Densifier {
 public:
  Densifier(const Value& value, std::vector<std::byte>& out) : value_(value), sparsity_(*value.sparsity), out_(out) {}

  Status run() {
    PESTLE_TRY(place_levels());
    return walk(0, 0, 0);
  }

 private:
  const Sparsity::Dimension& level(size_t l) const { return sparsity_.dimensions[l]; }

  // The level that walks each axis: those of the shape, then those of blocks.
  Result<std::vector<size_t>> find_levels() const {
    const size_t levels = sparsity_.dimensions.size();
    if (levels != static_cast<size_t>(value_.type.shape.rank()) + sparsity_.block_map.size() ||
        sparsity_.traversal_order.size() != levels)
      return broken(value_, "has another number of axes than its shape");
    std::vector<size_t> level_of(levels, levels);
    for (size_t l = 0; l < levels; ++l) {
      const int32_t axis = sparsity_.traversal_order[l];
      if (axis < 0 || static_cast<size_t>(axis) >= levels || level_of[axis] != levels)
        return broken(value_, "walks its axes in no order");
      level_of[axis] = l;
    }
    return level_of;
  }

  // How far one step of each level moves in the dense constant.
  Status place_levels() {
    PESTLE_ASSIGN(const std::vector<size_t> level_of, find_levels());
    const Shape& shape = value_.type.shape;
    const auto rank = static_cast<size_t>(shape.rank()), levels = level_of.size();
    std::vector<int64_t> block(rank, 1);
    steps_.resize(levels);
    extents_.resize(levels);
    const std::vector<int64_t> strides = row_major_strides(shape);
    for (size_t b = 0; b < sparsity_.block_map.size(); ++b) {
      const int32_t axis = sparsity_.block_map[b];
      const size_t l = level_of[rank + b];
      if (axis < 0 || static_cast<size_t>(axis) >= rank || level(l).sparse || level(l).dense_size <= 0 ||
          block[axis] != 1)
        return broken(value_, "has blocks that do not fit");
      block[axis] = extents_[l] = level(l).dense_size;
      steps_[l] = strides[axis];
    }
    for (size_t axis = 0; axis < rank; ++axis) {
      const size_t l = level_of[axis];
      if (shape[static_cast<int>(axis)] % block[axis] != 0) return broken(value_, "has blocks that do not fit");
      extents_[l] = shape[static_cast<int>(axis)] / block[axis];
      steps_[l] = strides[axis] * block[axis];
      if (!level(l).sparse && level(l).dense_size != extents_[l])
        return broken(value_, "has an axis of another extent");
    }
    return {};
  }

  // `stored` counts the places of the levels above, `dense` is where they lead to.
  Status walk(size_t l, int64_t stored, int64_t dense) {
    if (l == sparsity_.dimensions.size()) return copy(stored, dense);
    if (!level(l).sparse) {
      for (int64_t i = 0; i < extents_[l]; ++i)
        PESTLE_TRY(walk(l + 1, stored * extents_[l] + i, dense + i * steps_[l]));
      return {};
    }
    const std::vector<int32_t>& segments = level(l).segments;
    const std::vector<int32_t>& indices = level(l).indices;
    if (stored + 1 >= static_cast<int64_t>(segments.size())) return broken(value_, "has too few segments");
    const int32_t first = segments[stored], last = segments[stored + 1];
    if (first < 0 || last < first || last > static_cast<int64_t>(indices.size()))
      return broken(value_, "has a segment outside its indices");
    for (int64_t i = first; i < last; ++i) {
      if (indices[i] < 0 || indices[i] >= extents_[l]) return broken(value_, "has an index outside its axis");
      PESTLE_TRY(walk(l + 1, i, dense + indices[i] * steps_[l]));
    }
    return {};
  }

  Status copy(int64_t stored, int64_t dense) {
    const size_t size = storage_bytes(value_.type.dtype, 1);
    if (static_cast<size_t>(stored) >= value_.data->size() / size) return broken(value_, "holds too few elements");
    std::memcpy(out_.data() + static_cast<size_t>(dense) * size,
                value_.data->data() + static_cast<size_t>(stored) * size, size);
    return {};
  }

  const Value& value_;
  const Sparsity& sparsity_;
  std::vector<std::byte>& out_;
  std::vector<int64_t> steps_, extents_;
};

}  // namespace

Result<Bytes> densify(const Value& value) {
  const auto elements = checked_elements(value.type.shape);
  if (!elements || is_packed(value.type.dtype) || storage_bytes(value.type.dtype, 1) == 0)
    return fail(ErrorCode::kUnsupported, "the constant \"" + value.name + "\" cannot be stored sparse");
  const size_t size = storage_bytes(value.type.dtype, *elements);
  if (size > kMostBytes) return broken(value, "is too large in full");
  std::vector<std::byte> dense(size, std::byte{0});
  PESTLE_TRY(Densifier(value, dense).run());
  return Bytes::own(std::move(dense));
}

}  // namespace pestle::ir
