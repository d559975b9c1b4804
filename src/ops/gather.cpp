// GATHER
//   y[a.., i.., b..] = x[a.., indices[i..], b..]: the axis `axis` of x is replaced by the axes of indices. The first
// batch_dims axes belong to x and indices alike. Of int4, TFLite copies whole bytes: it is defined where the axes after
// `axis` hold an even number of elements; here every number is.
#include <algorithm>
#include <cstring>

#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/remap.h"

namespace pestle::ops {
namespace {

constexpr IntOption kAxis{"axis", 0};
constexpr IntOption kBatchDims{"batch_dims", 0};

enum Operand { kInput, kIndices };

struct Axes {
  int axis = 0;
  int batch = 0;
};

Result<Axes> axes_of(const ir::Node& node, int rank, int index_rank) {
  const auto axis = resolve_axis(kAxis(node), rank);
  const int64_t batch = kBatchDims(node) < 0 ? kBatchDims(node) + index_rank : kBatchDims(node);
  if (!axis) return fail(ErrorCode::kInvalidModel, "axis " + std::to_string(kAxis(node)) + " is out of range");
  if (batch < 0 || batch > index_rank || batch > *axis) {
    return fail(ErrorCode::kInvalidModel, "batch_dims " + std::to_string(kBatchDims(node)) + " is out of range");
  }
  return Axes{*axis, static_cast<int>(batch)};
}

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  const Shape& indices = in.shape(kIndices);
  PESTLE_ASSIGN(const Axes axes, axes_of(in.node(), x.rank(), indices.rank()));
  for (int a = 0; a < axes.batch; ++a) {
    if (x[a] != indices[a] && x[a] != kUnknown && indices[a] != kUnknown) {
      return fail(ErrorCode::kInvalidModel, "batch axes of " + to_string(x) + " and " + to_string(indices) + " differ");
    }
  }
  Shape y;
  for (int a = 0; a < axes.axis; ++a) y.push_back(x[a] == kUnknown && a < axes.batch ? indices[a] : x[a]);
  for (int a = axes.batch; a < indices.rank(); ++a) y.push_back(indices[a]);
  for (int a = axes.axis + 1; a < x.rank(); ++a) y.push_back(x[a]);
  in.set(0, in.dtype(kInput), y);
  return {};
}

int64_t product(const Shape& shape, int from, int to) {
  int64_t count = 1;
  for (int axis = from; axis < to; ++axis) count *= shape[axis];
  return count;
}

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const Shape& shape = e.inputs[kIndices].shape();
  PESTLE_ASSIGN(const Axes axes, axes_of(e.node, x.rank(), shape.rank()));
  const std::vector<int64_t> indices = to_int64s(e.inputs[kIndices].view());
  for (int64_t index : indices) {
    if (index < 0 || index >= x[axes.axis]) {
      return fail(ErrorCode::kInvalidArgument,
                  "index " + std::to_string(index) + " is outside an axis of " + std::to_string(x[axes.axis]));
    }
  }
  const int64_t batches = product(x, 0, axes.batch);
  const int64_t outer = product(x, axes.batch, axes.axis);
  const int64_t inner = product(x, axes.axis + 1, x.rank());
  const int64_t count = product(shape, axes.batch, shape.rank());
  const ElementReader reader(e.inputs[kInput]);
  ElementWriter writer(e.outputs[0]);
  const size_t run = static_cast<size_t>(inner) * writer.element_bytes();
  std::byte* to = writer.data();
  for (int64_t row = 0; run > 0 && row < batches * outer; ++row) {
    const int64_t* chosen = indices.data() + row / outer * count;
    for (int64_t i = 0; i < count; ++i, to += run) {
      std::memcpy(to, reader.data() + static_cast<size_t>(row * x[axes.axis] + chosen[i]) * run, run);
    }
  }
  writer.finish();
  return {};
}

// The axes of indices take the place of the gathered axis in both orders.
bool remap(LayoutEdit& edit) {
  const Permutation& p = edit.permutation();
  const int rank = static_cast<int>(p.size());
  const int index_rank = edit.input_type(kIndices).shape.rank();
  const auto axes = axes_of(edit.node(), rank, index_rank);
  if (!axes) return false;
  for (int a = 0; a < axes->batch; ++a) {
    if (p[a] != a) return false;
  }
  const int added = index_rank - axes->batch;
  const int now = p[axes->axis];
  Permutation result;
  for (int a = 0; a < rank; ++a) {
    if (a != axes->axis) {
      result.push_back(p[a] < now ? p[a] : p[a] + added - 1);
      continue;
    }
    for (int i = 0; i < added; ++i) result.push_back(now + i);
  }
  edit.set_output_permutation(0, result);
  kAxis.set(edit.node(), now);
  return true;
}

int version(const NodeView& view, int row_version) {
  if (view.input(kIndices).dtype == DType::kInt16) return std::max(row_version, 6);
  return kBatchDims(view.node()) != 0 ? std::max(row_version, 5) : row_version;
}

}  // namespace

const OpDef& op_gather() {
  static const DTypeSet kAnyIndex = kIndex | kI16;
  static const DTypeSet kBase = kF32 | kF16 | kBF16 | kU8 | kI32 | kI64;
  static const OpDef def = {
      .name = "GATHER",
      .code = 36,
      .options_record = "GatherOptions",
      .summary = "y[a..,i..,b..] = x[a..,indices[i..],b..]",
      .inputs = {{"params"}, {"indices"}},
      .outputs = {{"output"}},
      .options = {kAxis.info(), kBatchDims.info()},
      .types = {{"base", {kBase, kAnyIndex}, {kBase}, 1},
                {"int8", {kI8, kAnyIndex}, {kI8}, 2},
                {"bool", {kBool, kAnyIndex}, {kBool}, 3},
                {"int16", {kI16, kAnyIndex}, {kI16}, 4},
                {"int4", {kI4, kAnyIndex}, {kI4}, 7}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {kInput}, remap},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
