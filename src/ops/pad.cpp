// PAD
//   y[i] = x[i - before] inside, else 0; integers that stand for reals are filled with the output's zero point.
#include "ops/core/pad.h"

#include <cstring>

#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  // Little-endian: the low bytes of the zero point are the code; they are zero for types that are not quantized.
  const ir::Type& type = *e.outputs[0].type;
  const int64_t zero = type.is_quantized() && is_quantized_storage(type.dtype) ? type.zero_point() : 0;
  std::byte element[sizeof zero];
  std::memcpy(element, &zero, sizeof zero);
  pad_with(e, element);
  return {};
}

}  // namespace

const OpDef& op_pad() {
  static const DTypeSet kBase = kF32 | kF16 | kBF16 | kU8 | kI32 | kI64;
  static const OpDef def = {
      .name = "PAD",
      .code = 34,
      .options_record = "PadOptions",
      .summary = "y[i] = x[i - before] inside, else zero",
      .inputs = {{"input"}, {"paddings"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"base", {kBase, kIndex}, {kBase}, 1},
                {"int8", {kI8, kIndex}, {kI8}, 2},
                {"int16", {kI16, kIndex}, {kI16}, 3},
                {"bool", {kBool, kIndex}, {kBool}, 5}},
      .traits = {.keeps_nonnegative = true},
      .infer = infer_padding,
      .evaluate = evaluate,
      .passes_on = pads_nothing,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {0}, remap_padding},
      .version = padding_version,
  };
  return def;
}

}  // namespace pestle::ops
