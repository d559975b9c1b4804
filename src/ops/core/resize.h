// Resizing of images [B,H,W,C]: what RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR share. Operand 1 is the new height
// and width (int32).
#pragma once

#include "ops/core/op_def.h"

namespace pestle::ops {

inline constexpr BoolOption kAlignCorners{"align_corners", false};
inline constexpr BoolOption kHalfPixelCenters{"half_pixel_centers", false};

Status infer_resize(Inference& in);
// What the two have in common; the caller adds the record of options, summary and reference.
OpDef resize_operator(const char* name, int code);

// Input positions per output position along one axis, as float32: in / out, or (in-1) / (out-1) with align_corners.
float resize_scale(int64_t in, int64_t out, bool align_corners);

}  // namespace pestle::ops
