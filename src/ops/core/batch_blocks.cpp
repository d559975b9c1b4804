#include "ops/core/batch_blocks.h"

#include <algorithm>

namespace pestle::ops {
namespace {

enum Operand { kInput, kBlock, kEdges };

Failure misfit(const Shape& x) {
  return fail(ErrorCode::kInvalidModel, "the blocks do not fit the input " + to_string(x));
}

// An extent after padding and cutting into blocks, or before blocks are put together and cropped; -1: does not come
// out.
int64_t moved_extent(int64_t extent, int64_t block, int64_t edges, bool into_batch) {
  if (!into_batch) return extent * block - edges;
  return (extent + edges) % block == 0 ? (extent + edges) / block : -1;
}

int version(const NodeView& view, int row_version) {
  if (view.input(kInput).dtype == DType::kInt16) return row_version;
  return view.input(kInput).shape.rank() == 3 ? std::max(3, row_version) : row_version;
}

}  // namespace

BatchBlocks batch_blocks(const Evaluation& e, const Shape& space, const Shape& deep) {
  const std::vector<int64_t> block = to_int64s(e.inputs[kBlock].view()), edges = to_int64s(e.inputs[kEdges].view());
  const bool plane = space.rank() == 4;
  return {.batches = space[0],
          .height = space[1],
          .width = plane ? space[2] : 1,
          .channels = space.back(0),
          .block_h = block[0],
          .block_w = plane ? block[1] : 1,
          .before_h = edges[0],
          .before_w = plane ? edges[2] : 0,
          .deep_h = deep[1],
          .deep_w = plane ? deep[2] : 1};
}

Status infer_batch_blocks(Inference& in, bool into_batch) {
  const Shape& x = in.shape(kInput);
  const int spatial = x.rank() - 2;
  if (spatial != 1 && spatial != 2) return fail(ErrorCode::kInvalidModel, "the input must have rank 3 or 4");
  if (!(in.shape(kBlock) == Shape{spatial}) || !(in.shape(kEdges) == Shape{spatial, 2})) return misfit(x);
  Shape y = x;
  for (int axis = 0; axis <= spatial; ++axis) y[axis] = kUnknown;
  const auto block = in.ints(kBlock), edges = in.ints(kEdges);
  if (block && edges) {
    int64_t places = 1;
    for (int i = 0; i < spatial; ++i) {
      const int64_t size = (*block)[i], before = (*edges)[2 * i], after = (*edges)[2 * i + 1];
      constexpr int64_t kMost = 1 << 24;
      if (size < 1 || size > kMost || before < 0 || after < 0 || before > kMost || after > kMost) return misfit(x);
      places *= size;
      if (x[1 + i] == kUnknown) continue;
      y[1 + i] = moved_extent(x[1 + i], size, before + after, into_batch);
      if (y[1 + i] < 0) return misfit(x);
    }
    if (x[0] != kUnknown && !into_batch && x[0] % places != 0) return misfit(x);
    if (x[0] != kUnknown) y[0] = into_batch ? x[0] * places : x[0] / places;
  }
  in.set(0, in.dtype(kInput), std::move(y));
  return {};
}

OpDef batch_block_operator(const char* name, int code) {
  constexpr DTypeSet kBase = kF32 | kU8 | kI32 | kI64;
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBase, kI32, kI32}, {kBase}, 1},
                {"int8", {kI8, kI32, kI32}, {kI8}, 2},
                {"int16", {kI16, kI32, kI32}, {kI16}, 4}},
      .quantization = {.int8 = true,
                       .int16 = true,
                       .inputs = {kSharedRule, kNoRule, kNoRule},
                       .outputs = {kSharedRule}},
      .layout = {LayoutKind::kBlocks},
      .version = version,
  };
}

}  // namespace pestle::ops
