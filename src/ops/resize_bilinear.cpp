// RESIZE_BILINEAR
//   y[b,i,j,c] = the bilinear interpolation of x[b,:,:,c] at (row(i), column(j)); row(i) = i*s, s = H / H', or
//   (i + 1/2) s - 1/2 with half_pixel_centers, or s = (H-1) / (H'-1) with align_corners. Positions outside the image
//   read its edge.
// int8 and int16 interpolate with weights of 10 bits; uint8 goes through float32 (docs/semantics.md#conversions).
#include <algorithm>
#include <cmath>

#include "ops/core/resize.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  if (kAlignCorners(in.node()) && kHalfPixelCenters(in.node())) {
    return fail(ErrorCode::kInvalidModel, "align_corners and half_pixel_centers exclude each other");
  }
  return infer_resize(in);
}

// Between which inputs an output lies, and how far from the lower one.
template <typename Weight>
struct Between {
  int64_t lower = 0;
  int64_t upper = 0;
  Weight weight{};
};

std::vector<Between<float>> float_positions(const ir::Node& node, int64_t in, int64_t out) {
  const float scale = resize_scale(in, out, kAlignCorners(node));
  std::vector<Between<float>> positions;
  for (int64_t i = 0; i < out; ++i) {
    const auto at = static_cast<float>(i);
    const float position = kHalfPixelCenters(node) ? (at + 0.5f) * scale - 0.5f : at * scale;
    const int64_t lower = std::max<int64_t>(static_cast<int64_t>(std::floor(position)), 0);
    const int64_t upper = std::min<int64_t>(static_cast<int64_t>(std::ceil(position)), in - 1);
    positions.push_back({std::min(lower, in - 1), upper, position - static_cast<float>(lower)});
  }
  return positions;
}

constexpr int64_t kOne = 1 << 10;

std::vector<Between<int64_t>> fixed_positions(const ir::Node& node, int64_t in, int64_t out) {
  int64_t scale = (kOne * in + out / 2) / out;
  if (kAlignCorners(node) && out > 1) scale = (kOne * (in - 1) + (out - 1) / 2) / (out - 1);
  std::vector<Between<int64_t>> positions;
  for (int64_t i = 0; i < out; ++i) {
    const int64_t position = kHalfPixelCenters(node) ? i * scale + scale / 2 - kOne / 2 : i * scale;
    const int64_t lower = std::clamp<int64_t>(position / kOne, 0, in - 1);
    const int64_t upper = std::min((position + kOne - 1) / kOne, in - 1);
    positions.push_back({lower, upper, position - kOne * lower});
  }
  return positions;
}

// y = mix(row weight, column weight, a, b, c, d) for every value, with its four neighbours: a b above, c d below.
template <typename T, typename Weight, typename Mix>
void interpolate(const Evaluation& e, const std::vector<Between<Weight>>& rows,
                 const std::vector<Between<Weight>>& columns, Mix mix) {
  const Shape& shape = e.inputs[0].shape();
  const T* x = e.inputs[0].as<T>();
  T* y = e.outputs[0].as<T>();
  const auto at = [&](int64_t b, int64_t i, int64_t j, int64_t c) {
    return x[((b * shape[1] + i) * shape[2] + j) * shape[3] + c];
  };
  for (int64_t b = 0; b < shape[0]; ++b) {
    for (const auto& row : rows) {
      for (const auto& column : columns) {
        for (int64_t c = 0; c < shape[3]; ++c) {
          *y++ = mix(row.weight, column.weight, at(b, row.lower, column.lower, c), at(b, row.lower, column.upper, c),
                     at(b, row.upper, column.lower, c), at(b, row.upper, column.upper, c));
        }
      }
    }
  }
}

// `offset` rounds the result where T is an integer.
template <typename T>
void resize_floats(const Evaluation& e, float offset) {
  const Shape& in = e.inputs[0].shape();
  const Shape& out = e.outputs[0].shape();
  interpolate<T>(e, float_positions(e.node, in[1], out[1]), float_positions(e.node, in[2], out[2]),
                 [offset](float dy, float dx, T a, T b, T c, T d) {
                   const float sum = static_cast<float>(a) * (1 - dy) * (1 - dx) +
                                     static_cast<float>(c) * dy * (1 - dx) + static_cast<float>(b) * (1 - dy) * dx +
                                     static_cast<float>(d) * dy * dx;
                   return static_cast<T>(sum + offset);
                 });
}

template <typename Code>
void resize_codes(const Evaluation& e) {
  const Shape& in = e.inputs[0].shape();
  const Shape& out = e.outputs[0].shape();
  interpolate<Code>(e, fixed_positions(e.node, in[1], out[1]), fixed_positions(e.node, in[2], out[2]),
                    [](int64_t dy, int64_t dx, Code a, Code b, Code c, Code d) {
                      const int64_t sum =
                          a * (kOne - dy) * (kOne - dx) + c * dy * (kOne - dx) + b * (kOne - dy) * dx + d * dy * dx;
                      const int64_t half = kOne * kOne / 2;
                      return static_cast<Code>((sum + (sum > 0 ? half : -half)) / (kOne * kOne));
                    });
}

Status evaluate(const Evaluation& e) {
  switch (e.inputs[0].dtype()) {
    case DType::kFloat32: resize_floats<float>(e, 0.0f); return {};
    case DType::kUInt8: resize_floats<uint8_t>(e, 0.5f); return {};
    case DType::kInt8: resize_codes<int8_t>(e); return {};
    case DType::kInt16: resize_codes<int16_t>(e); return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

}  // namespace

const OpDef& op_resize_bilinear() {
  static const OpDef def = [] {
    OpDef resize = resize_operator("RESIZE_BILINEAR", 23);
    resize.options_record = "ResizeBilinearOptions";
    resize.summary = "y[b,i,j,c] = x[b,:,:,c] interpolated at (i*H/H', j*W/W')";
    resize.infer = infer;
    resize.evaluate = evaluate;
    return resize;
  }();
  return def;
}

}  // namespace pestle::ops
