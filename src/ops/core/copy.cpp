#include "ops/core/copy.h"

#include <cstring>

#include "base/packing.h"

namespace pestle::ops {
namespace {

// A row of `count` elements of `Bytes` bytes each, at steps given in bytes.
template <size_t Bytes>
void copy_row(const std::byte* in, int64_t in_step, std::byte* out, int64_t out_step, int64_t count) {
  for (int64_t i = 0; i < count; ++i) std::memcpy(out + i * out_step, in + i * in_step, Bytes);
}

struct Row {
  int64_t count = 1;
  int64_t in_step = 0;   // bytes
  int64_t out_step = 0;  // bytes
  size_t bytes = 1;      // of one element, or of a run that is contiguous on both sides
};

void copy_row(const Row& row, const std::byte* in, std::byte* out) {
  switch (row.bytes) {
    case 1: return copy_row<1>(in, row.in_step, out, row.out_step, row.count);
    case 2: return copy_row<2>(in, row.in_step, out, row.out_step, row.count);
    case 4: return copy_row<4>(in, row.in_step, out, row.out_step, row.count);
    case 8: return copy_row<8>(in, row.in_step, out, row.out_step, row.count);
    default:
      for (int64_t i = 0; i < row.count; ++i) std::memcpy(out + i * row.out_step, in + i * row.in_step, row.bytes);
  }
}

// Number of trailing axes that are contiguous on both sides, and how many elements they hold.
int64_t contiguous_tail(const StridedCopy& copy, int& axes_left) {
  int64_t run = 1;
  while (axes_left > 0) {
    const int axis = axes_left - 1;
    if (copy.extents[axis] != 1 && (copy.from_steps[axis] != run || copy.to_steps[axis] != run)) break;
    run *= copy.extents[axis];
    --axes_left;
  }
  return run;
}

}  // namespace

void copy_strided(const StridedCopy& copy, const std::byte* in, std::byte* out, size_t element_bytes) {
  for (int64_t extent : copy.extents) {
    if (extent == 0) return;
  }
  const auto size = static_cast<int64_t>(element_bytes);
  int axes = static_cast<int>(copy.extents.size());
  Row row;
  row.bytes = static_cast<size_t>(contiguous_tail(copy, axes)) * element_bytes;
  if (axes > 0) {
    --axes;
    row.count = copy.extents[axes];
    row.in_step = copy.from_steps[axes] * size;
    row.out_step = copy.to_steps[axes] * size;
  }
  std::vector<int64_t> position(axes, 0);
  in += copy.from * size;
  out += copy.to * size;
  while (true) {
    copy_row(row, in, out);
    int axis = axes - 1;
    for (; axis >= 0; --axis) {
      in += copy.from_steps[axis] * size;
      out += copy.to_steps[axis] * size;
      if (++position[axis] < copy.extents[axis]) break;
      in -= copy.from_steps[axis] * size * copy.extents[axis];
      out -= copy.to_steps[axis] * size * copy.extents[axis];
      position[axis] = 0;
    }
    if (axis < 0) return;
  }
}

ElementReader::ElementReader(const InputOperand& operand) : data_(operand.data) {
  if (operand.dtype() != DType::kInt4) return;
  widened_ = unpack_int4(operand.view().bytes, static_cast<size_t>(operand.elements()));
  data_ = reinterpret_cast<const std::byte*>(widened_.data());
}

ElementWriter::ElementWriter(const OutputOperand& operand)
    : operand_(operand), data_(operand.data), element_bytes_(storage_bytes(operand.dtype(), 1)) {
  if (operand.dtype() != DType::kInt4) return;
  widened_.resize(static_cast<size_t>(operand.elements()));
  data_ = reinterpret_cast<std::byte*>(widened_.data());
}

void ElementWriter::finish() {
  if (operand_.dtype() != DType::kInt4) return;
  const std::vector<std::byte> packed = pack_int4(widened_);
  if (!packed.empty()) std::memcpy(operand_.data, packed.data(), packed.size());
}

void copy_operand(const StridedCopy& copy, const InputOperand& in, const OutputOperand& out) {
  const ElementReader reader(in);
  ElementWriter writer(out);
  copy_strided(copy, reader.data(), writer.data(), writer.element_bytes());
  writer.finish();
}

void copy_bytes(const InputOperand& in, const OutputOperand& out) {
  const size_t size = storage_bytes(out.dtype(), out.elements());
  if (size > 0 && out.data != in.data) std::memcpy(out.data, in.data, size);
}

void fill_elements(const std::byte* element, size_t element_bytes, int64_t count, std::byte* out) {
  copy_strided({{count, 1}, {0, 1}, {1, 1}}, element, out, element_bytes);
}

}  // namespace pestle::ops
