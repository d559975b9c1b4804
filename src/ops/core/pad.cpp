#include "ops/core/pad.h"

#include <algorithm>

#include "base/checked.h"
#include "ops/core/copy.h"
#include "ops/core/remap.h"

namespace pestle::ops {

Status infer_padding(Inference& in) {
  const Shape& x = in.shape(0);
  const Shape& pads = in.shape(1);
  if (pads.rank() != 2 || (pads[1] != 2 && pads[1] != kUnknown) || (pads[0] != x.rank() && pads[0] != kUnknown)) {
    return fail(ErrorCode::kInvalidModel,
                "paddings of shape " + to_string(pads) + " do not fit an input of rank " + std::to_string(x.rank()));
  }
  Shape y(std::vector<int64_t>(x.rank(), kUnknown));
  if (const auto known = in.ints(1)) {
    for (int axis = 0; axis < x.rank(); ++axis) {
      const int64_t before = (*known)[2 * axis], after = (*known)[2 * axis + 1];
      if (before < 0 || after < 0) return fail(ErrorCode::kInvalidModel, "paddings must not be negative");
      if (x[axis] == kUnknown) continue;
      const auto both = checked_add(before, after);
      const auto extent = both ? checked_add(*both, x[axis]) : std::nullopt;
      if (!extent) return fail(ErrorCode::kInvalidModel, "paddings are too large");
      y[axis] = *extent;
    }
  }
  in.set(0, in.dtype(0), y);
  return {};
}

std::vector<AxisPadding> paddings_of(const Evaluation& e) {
  const std::vector<int64_t> values = to_int64s(e.inputs[1].view());
  std::vector<AxisPadding> paddings;
  for (size_t i = 0; i + 1 < values.size(); i += 2) paddings.push_back({values[i], values[i + 1]});
  return paddings;
}

void pad_with(const Evaluation& e, const std::byte* element) {
  const Shape& x = e.inputs[0].shape();
  const OutputOperand& y = e.outputs[0];
  const std::vector<AxisPadding> paddings = paddings_of(e);
  StridedCopy copy{{x.begin(), x.end()}, row_major_strides(x), row_major_strides(y.shape())};
  for (int axis = 0; axis < x.rank(); ++axis) copy.to += paddings[axis].before * copy.to_steps[axis];
  const size_t element_bytes = storage_bytes(y.dtype(), 1);
  fill_elements(element, element_bytes, y.elements(), y.data);
  copy_strided(copy, e.inputs[0].data, y.data, element_bytes);
}

bool remap_padding(LayoutEdit& edit) { return remap_list_operand(edit, 1, 2); }

bool pads_nothing(const NodeView& view) {
  const auto pads = view.ints(1);
  return pads && std::all_of(pads->begin(), pads->end(), [](int64_t cells) { return cells == 0; });
}

int padding_version(const NodeView& view, int row_version) {
  return view.input(0).shape.rank() > 4 ? std::max(row_version, 4) : row_version;
}

}  // namespace pestle::ops
