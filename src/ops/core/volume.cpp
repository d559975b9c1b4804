#include "ops/core/volume.h"

namespace pestle::ops {

std::optional<VolumeGrid> volume_grid(const ir::Node& node, const Shape& volume, const Shape& filter) {
  const int64_t strides[] = {kStrideD(node), kStrideH(node), kStrideW(node)};
  const int64_t dilations[] = {kDilationD(node), kDilationH(node), kDilationW(node)};
  VolumeGrid grid;
  for (int axis = 0; axis < 3; ++axis) {
    const auto window = sliding_window(volume[axis + 1], filter[axis], strides[axis], dilations[axis], kPadding(node));
    if (!window) return std::nullopt;
    grid[axis] = {volume[axis + 1], filter[axis], strides[axis], dilations[axis], window->out, window->before};
  }
  return grid;
}

void finish_volume(const Evaluation& e, const InputOperand* bias) {
  const FloatRange range = float_range(kFusedActivation(e.node));
  const int64_t channels = e.outputs[0].shape().back(0);
  float* y = e.outputs[0].as<float>();
  for (int64_t i = 0; i < e.outputs[0].elements(); ++i)
    y[i] = clamp_to(bias ? y[i] + bias->as<float>()[i % channels] : y[i], range);
}

OpDef volume_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "Conv3DOptions",
      .summary = "",
      .inputs = {},
      .outputs = {{"output"}},
      .options = {kPadding.info(), kStrideD.info(), kStrideW.info(), kStrideH.info(), kFusedActivation.info(),
                  kDilationD.info(), kDilationW.info(), kDilationH.info()},
      .types = {},
      .traits = {.applies_activation = true},
      .layout = {LayoutKind::kBlocks},
  };
}

}  // namespace pestle::ops
