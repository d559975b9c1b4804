#include "ops/core/extremum.h"

namespace pestle::ops {
namespace {

int version(const NodeView& view, int row_version) {
  return view.input(0).dtype != DType::kInt16 && broadcasts_beyond(view, 4) ? 3 : row_version;
}

}  // namespace

OpDef extremum_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "MaximumMinimumOptions",
      .summary = "",
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"y"}},
      .options = {},
      .types = {{"float32", {kF32}, {kF32}, 1},
                {"int32", {kI32}, {kI32}, 1},
                {"int64", {kI64}, {kI64}, 1},
                {"uint8", {kU8}, {kU8}, 1},
                {"int8", {kI8}, {kI8}, 2},
                {"int16", {kI16}, {kI16}, 4}},
      .traits = {.output_may_share_input = true},
      .infer = infer_binary,
      .quantization = {.int8 = true, .int16 = true, .inputs = {kSharedRule, kSharedRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kBroadcast},
      .version = version,
  };
}

}  // namespace pestle::ops
