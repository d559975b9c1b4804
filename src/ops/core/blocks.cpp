#include "ops/core/blocks.h"

namespace pestle::ops {

OpDef block_operator(const char* name, int code) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {kBlockSize.info()},
      .types = {{"base", {kF32 | kU8 | kI32 | kI64}, {kF32 | kU8 | kI32 | kI64}, 1}, {"int8", {kI8}, {kI8}, 2}},
      .quantization = {.int8 = true, .inputs = {kSharedRule}, .outputs = {kSharedRule}},
      .layout = {LayoutKind::kBlocks},
  };
}

}  // namespace pestle::ops
