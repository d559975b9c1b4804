// LOGICAL_AND
//   y[i] = x0[i] and x1[i] with broadcasting.
#include "ops/core/broadcast.h"
#include "ops/core/compare.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  const bool* a = e.inputs[0].as<bool>();
  const bool* b = e.inputs[1].as<bool>();
  bool* y = e.outputs[0].as<bool>();
  for_each_broadcast(e.inputs[0].shape(), e.inputs[1].shape(), e.outputs[0].shape(),
                     [=](int64_t i, int64_t j, int64_t k) { y[i] = a[j] && b[k]; });
  return {};
}

}  // namespace

const OpDef& op_logical_and() {
  static const OpDef def = [] {
    OpDef both = comparison_operator("LOGICAL_AND", 86);
    both.options_record = "LogicalAndOptions";
    both.summary = "y = x0 and x1";
    both.evaluate = evaluate;
    return both;
  }();
  return def;
}

}  // namespace pestle::ops
