// Moving elements without looking at them: every operator that rearranges, repeats or cuts tensors is one or more
// strided copies. Works on whole elements of any size; packed int4 is widened on the way in and packed again on the
// way out (ElementReader, ElementWriter).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ops/core/operands.h"

namespace pestle::ops {

// out[to + sum i[a] * to_steps[a]] = in[from + sum i[a] * from_steps[a]] for all i below extents. Steps and offsets
// count elements; steps may be 0 (repeat) or negative (reverse).
struct StridedCopy {
  std::vector<int64_t> extents;
  std::vector<int64_t> from_steps;
  std::vector<int64_t> to_steps;
  int64_t from = 0;
  int64_t to = 0;
};
void copy_strided(const StridedCopy& copy, const std::byte* in, std::byte* out, size_t element_bytes);

// Elements of an operand, one or more whole bytes each.
class ElementReader {
 public:
  explicit ElementReader(const InputOperand& operand);
  const std::byte* data() const { return data_; }

 private:
  std::vector<int8_t> widened_;
  const std::byte* data_ = nullptr;
};

class ElementWriter {
 public:
  explicit ElementWriter(const OutputOperand& operand);
  std::byte* data() { return data_; }
  size_t element_bytes() const { return element_bytes_; }
  void finish();  // packs what was written, if the type is packed

 private:
  const OutputOperand& operand_;
  std::vector<int8_t> widened_;
  std::byte* data_ = nullptr;
  size_t element_bytes_ = 1;
};

// One copy from a whole operand to a whole operand of the same type.
void copy_operand(const StridedCopy& copy, const InputOperand& in, const OutputOperand& out);
// The bytes as they are: same type, same number of elements; nothing to do where both lie in one place.
void copy_bytes(const InputOperand& in, const OutputOperand& out);

// `count` copies of one element.
void fill_elements(const std::byte* element, size_t element_bytes, int64_t count, std::byte* out);

}  // namespace pestle::ops
