// MIRROR_PAD
//   Outside its range x is mirrored at its ends: REFLECT leaves the end itself out (3 2 | 1 2 3), SYMMETRIC repeats
// it (2 1 | 1 2 3).
#include <algorithm>
#include <cstring>

#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/pad.h"

namespace pestle::ops {
namespace {

enum class Mode : uint8_t { kReflect, kSymmetric };
constexpr const char* kModeNames[] = {"REFLECT", "SYMMETRIC"};
constexpr EnumOption<Mode> kMode{"mode", kModeNames};

int64_t left_out(const ir::Node& node) { return kMode(node) == Mode::kReflect ? 1 : 0; }

Status check_paddings(const Shape& x, const std::vector<int64_t>& paddings, int64_t left_out) {
  for (int axis = 0; axis < x.rank(); ++axis) {
    const int64_t largest = std::max(paddings[2 * axis], paddings[2 * axis + 1]);
    if (x[axis] != kUnknown && largest > x[axis] - left_out) {
      return fail(ErrorCode::kInvalidModel,
                  "an axis of " + std::to_string(x[axis]) + " has nothing to mirror at " + std::to_string(largest));
    }
  }
  return {};
}

Status infer(Inference& in) {
  PESTLE_TRY(infer_padding(in));
  const auto paddings = in.ints(1);
  return paddings ? check_paddings(in.shape(0), *paddings, left_out(in.node())) : Status{};
}

// For every place along an axis of the output, the offset of what it shows, in elements.
std::vector<int64_t> sources(int64_t in, int64_t out, int64_t before, int64_t left_out) {
  std::vector<int64_t> source(static_cast<size_t>(out));
  for (int64_t i = 0; i < out; ++i) {
    int64_t at = i - before;
    if (at < 0) at = -at - 1 + left_out;
    if (at >= in) at = 2 * in - 1 - left_out - at;
    source[static_cast<size_t>(i)] = at;
  }
  return source;
}

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[0].shape();
  const OutputOperand& y = e.outputs[0];
  PESTLE_TRY(check_paddings(x, to_int64s(e.inputs[1].view()), left_out(e.node)));
  const std::vector<AxisPadding> paddings = paddings_of(e);
  const std::vector<int64_t> steps = row_major_strides(x);
  std::vector<std::vector<int64_t>> source;
  for (int axis = 0; axis < x.rank(); ++axis) {
    source.push_back(sources(x[axis], y.shape()[axis], paddings[axis].before, left_out(e.node)));
  }
  const size_t size = storage_bytes(y.dtype(), 1);
  std::vector<int64_t> position(x.rank(), 0);
  for (int64_t i = 0; i < y.elements(); ++i) {
    int64_t from = 0;
    for (int axis = 0; axis < x.rank(); ++axis) from += source[axis][position[axis]] * steps[axis];
    std::memcpy(y.data + static_cast<size_t>(i) * size, e.inputs[0].data + static_cast<size_t>(from) * size, size);
    for (int axis = x.rank() - 1; axis >= 0 && ++position[axis] == y.shape()[axis]; --axis) position[axis] = 0;
  }
  return {};
}

}  // namespace

const OpDef& op_mirror_pad() {
  static const DTypeSet kBase = kF32 | kF16 | kU8 | kI32 | kI64 | kU32 | kBool;
  static const OpDef def = {
      .name = "MIRROR_PAD",
      .code = 100,
      .options_record = "MirrorPadOptions",
      .summary = "y[i] = x mirrored at its ends",
      .inputs = {{"input"}, {"paddings"}},
      .outputs = {{"output"}},
      .options = {kMode.info()},
      .types = {{"base", {kBase, kIndex}, {kBase}, 1},
                {"int8", {kI8, kIndex}, {kI8}, 2},
                {"int16", {kI16, kIndex}, {kI16}, 3}},
      .infer = infer,
      .evaluate = evaluate,
      .passes_on = pads_nothing,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {0}, remap_padding},
  };
  return def;
}

}  // namespace pestle::ops
