// CALL_ONCE
//   Runs a graph the first time it is met.
#include "ops/core/control.h"

namespace pestle::ops {

const OpDef& op_call_once() {
  static const OpDef def = {
      .name = "CALL_ONCE",
      .code = 129,
      .options_record = "CallOnceOptions",
      .summary = "init_graph(), the first time",
      .inputs = {},
      .outputs = {},
      .options = {kInitGraph.info()},
      .types = {{"any", {}, {}, 1}},
      .traits = kControlTraits,
      .infer = infer_as_declared,
  };
  return def;
}

}  // namespace pestle::ops
