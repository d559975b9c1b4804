// LOGICAL_OR
//   y[i] = x0[i] or x1[i] with broadcasting.
#include "ops/core/broadcast.h"
#include "ops/core/compare.h"

namespace pestle::ops {
namespace {

Status evaluate(const Evaluation& e) {
  const bool* a = e.inputs[0].as<bool>();
  const bool* b = e.inputs[1].as<bool>();
  bool* y = e.outputs[0].as<bool>();
  for_each_broadcast(e.inputs[0].shape(), e.inputs[1].shape(), e.outputs[0].shape(),
                     [=](int64_t i, int64_t j, int64_t k) { y[i] = a[j] || b[k]; });
  return {};
}

}  // namespace

const OpDef& op_logical_or() {
  static const OpDef def = [] {
    OpDef either = comparison_operator("LOGICAL_OR", 84);
    either.options_record = "LogicalOrOptions";
    either.summary = "y = x0 or x1";
    either.evaluate = evaluate;
    return either;
  }();
  return def;
}

}  // namespace pestle::ops
