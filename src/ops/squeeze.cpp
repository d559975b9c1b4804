// SQUEEZE
//   y = x without the axes `squeeze_dims`, whose extent is 1; without all axes of extent 1 where the list is empty.
#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/remap.h"

namespace pestle::ops {
namespace {

constexpr IntsOption kSqueezeDims{"squeeze_dims"};

Result<std::vector<bool>> removed_axes(const ir::Node& node, const Shape& x) {
  const std::vector<int64_t> listed = kSqueezeDims(node);
  std::vector<bool> removed(x.rank(), false);
  for (int64_t listed_axis : listed) {
    const auto axis = resolve_axis(listed_axis, x.rank());
    if (!axis) return fail(ErrorCode::kInvalidModel, "axis " + std::to_string(listed_axis) + " is out of range");
    if (x[*axis] != 1 && x[*axis] != kUnknown) {
      return fail(ErrorCode::kInvalidModel, "axis " + std::to_string(*axis) + " of " + to_string(x) + " is not 1");
    }
    removed[*axis] = true;
  }
  for (int axis = 0; listed.empty() && axis < x.rank(); ++axis) {
    if (x[axis] == kUnknown) return fail(ErrorCode::kUnsupported, "the rank of the result is not known");
    removed[axis] = x[axis] == 1;
  }
  return removed;
}

Status infer(Inference& in) {
  PESTLE_ASSIGN(const auto removed, removed_axes(in.node(), in.shape(0)));
  Shape y;
  for (int axis = 0; axis < in.shape(0).rank(); ++axis) {
    if (!removed[axis]) y.push_back(in.shape(0)[axis]);
  }
  in.set(0, in.dtype(0), y);
  return {};
}

Status evaluate(const Evaluation& e) {
  copy_bytes(e.inputs[0], e.outputs[0]);
  return {};
}

bool remap(LayoutEdit& edit) {
  const auto removed = removed_axes(edit.node(), edit.input_type(0).shape);
  if (!removed) return false;
  edit.set_output_permutation(0, without_axes(edit.permutation(), *removed));
  if (kSqueezeDims(edit.node()).empty()) return true;
  const std::vector<bool> now = moved(edit.permutation(), *removed);
  std::vector<int64_t> dims;
  for (size_t axis = 0; axis < now.size(); ++axis) {
    if (now[axis]) dims.push_back(static_cast<int64_t>(axis));
  }
  kSqueezeDims.set(edit.node(), dims);
  return true;
}

}  // namespace

const OpDef& op_squeeze() {
  static const OpDef def = {
      .name = "SQUEEZE",
      .code = 43,
      .options_record = "SqueezeOptions",
      .summary = "y = x without axes of extent 1",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {kSqueezeDims.info()},
      .types = {{"any", {kAnyWhole | kI4}, {kAnyWhole | kI4}, 1}},
      .traits = {.is_copy = true},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {0}, remap},
  };
  return def;
}

}  // namespace pestle::ops
