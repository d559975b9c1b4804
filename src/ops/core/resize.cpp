#include "ops/core/resize.h"

#include <algorithm>

namespace pestle::ops {

namespace {

// Version 3 if one of the options is set, else that of the row.
int resize_version(const NodeView& view, int row_version) {
  const bool centred = kAlignCorners(view.node()) || kHalfPixelCenters(view.node());
  return centred ? std::max(3, row_version) : row_version;
}

}  // namespace

Status infer_resize(Inference& in) {
  const Shape& x = in.shape(0);
  if (x.rank() != 4) return fail(ErrorCode::kInvalidModel, "the input must have rank 4, it has shape " + to_string(x));
  if (x[1] == 0 || x[2] == 0) return fail(ErrorCode::kInvalidModel, "the input has no pixels");
  if (!(in.shape(1) == Shape{2})) return fail(ErrorCode::kInvalidModel, "the size must be two numbers");
  const auto size = in.ints(1).value_or(std::vector<int64_t>{kUnknown, kUnknown});
  if (in.is_known(1) && (size[0] <= 0 || size[1] <= 0))
    return fail(ErrorCode::kInvalidModel, "the size is not positive");
  in.set(0, in.dtype(0), {x[0], size[0], size[1], x[3]});
  return {};
}

OpDef resize_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {{"input"}, {"size"}},
      .outputs = {{"output"}},
      .options = {kAlignCorners.info(), kHalfPixelCenters.info()},
      .types = {{"float32", {kF32, kI32}, {kF32}, 1},
                {"uint8", {kU8, kI32}, {kU8}, 1},
                {"int8", {kI8, kI32}, {kI8}, 2},
                {"int16", {kI16, kI32}, {kI16}, 4}},
      .infer = infer_resize,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kBlocks},
      .version = resize_version,
  };
}

float resize_scale(int64_t in, int64_t out, bool align_corners) {
  if (align_corners && out > 1) return static_cast<float>(in - 1) / static_cast<float>(out - 1);
  return static_cast<float>(in) / static_cast<float>(out);
}

}  // namespace pestle::ops
