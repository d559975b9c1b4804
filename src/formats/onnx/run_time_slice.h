// Slice whose starts or ends only a run tells, as loops have them: x[i : i + 1].
#pragma once

#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {

// The node's operands are starts, ends and, constant, axes and steps (opset 10 on). One place along one axis keeps a
// known shape; other sizes stay open.
Result<ValueIds> slice_at_run_time(NodeContext& node);

}  // namespace pestle::formats::onnx
