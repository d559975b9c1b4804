// STFT: frames of the signal [N, length, parts], a step apart, times a window, transformed. All frames are taken by one
// GATHER; a constant window is part of the matrix.
#include "formats/onnx/dft.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  const Shape signal = node.shape(0);
  if (signal.rank() != 2 && signal.rank() != 3) return fail(ErrorCode::kInvalidModel, "its signal is of another rank");
  const int64_t parts = signal.rank() == 3 ? signal[2] : 1, batch = signal[0], length = signal[1];
  PESTLE_ASSIGN(const int64_t step, node.positive(1, "step"));
  int64_t frame = length;
  if (node.has(2)) {
    if (node.rank(2) != 1) return fail(ErrorCode::kInvalidModel, "its window is of another rank");
    frame = node.shape(2)[0];
  }
  if (node.has(3)) {
    PESTLE_ASSIGN(frame, node.positive(3, "frame length"));
  }
  const bool fits = frame >= 1 && frame <= length && (!node.has(2) || node.shape(2)[0] == frame);
  if (!fits || (parts != 1 && parts != 2)) return fail(ErrorCode::kInvalidModel, "its frames do not fit its signal");
  const int64_t frames = (length - frame) / step + 1;
  PESTLE_TRY(check_affordable(frames));
  PESTLE_TRY(check_affordable(frames * frame));
  Transform t;
  t.in = t.length = frame;
  t.in_parts = parts;
  t.out = node.integer("onesided", 1) != 0 ? frame / 2 + 1 : frame;
  std::vector<float> window;
  if (node.is_constant(2)) {
    PESTLE_ASSIGN(window, node.floats(2, "window"));
  }
  Formula f(node.emit());
  PESTLE_ASSIGN(const ValueId matrix, transform_matrix(f, t, window));
  std::vector<int32_t> places;
  for (int64_t i = 0; i < frames * frame; ++i) places.push_back(static_cast<int32_t>(i / frame * step + i % frame));
  const ValueId indices = f.emit().constant({DType::kInt32, {frames * frame}, std::as_bytes(std::span(places))});
  ValueId x = f.reshape(node.input(0), {batch, length, parts});
  x = f.reshape(f.op("GATHER", {x, indices}, {{"axis", int64_t{1}}}), {batch * frames, frame, parts});
  if (node.has(2) && !node.is_constant(2)) x = f.mul(x, f.reshape(node.input(2), {frame, 1}));
  const ValueId y = f.matmul(f.reshape(x, {batch * frames, frame * parts}), matrix);
  return f.result(f.reshape(y, {batch, frames, t.out, t.out_parts}));
}

}  // namespace

const Mapping& map_stft() {
  static const Mapping mapping = {{"STFT"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
