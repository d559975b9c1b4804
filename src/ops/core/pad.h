// What PAD, PADV2 and MIRROR_PAD share: operand 1 holds [before, after] for every axis of operand 0.
#pragma once

#include "ops/core/operands.h"
#include "ops/core/rules.h"

namespace pestle::ops {

struct AxisPadding {
  int64_t before = 0;
  int64_t after = 0;
};

// Checks operand 1 against operand 0 and sets the output. Paddings must not be negative.
Status infer_padding(Inference& in);
std::vector<AxisPadding> paddings_of(const Evaluation& e);
// Copies operand 0 into an output that is filled with `element` elsewhere.
void pad_with(const Evaluation& e, const std::byte* element);
bool remap_padding(LayoutEdit& edit);
// True if all paddings are known to be 0.
bool pads_nothing(const NodeView& view);
// The version that rank (more than 4 axes: 4) and row ask for.
int padding_version(const NodeView& view, int row_version);

}  // namespace pestle::ops
