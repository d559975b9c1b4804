// BITCAST
//   y = the bytes of x read as another type: a wider one takes the last axis away, a narrower one adds one.
#include "ops/core/copy.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

Status infer(Inference& in) {
  const DType to = in.declared(0).dtype;
  const int64_t from_bits = dtype_bits(in.dtype(0)), to_bits = dtype_bits(to);
  Shape y = in.shape(0);
  if (to_bits < 8) return fail(ErrorCode::kUnsupported, std::string("no BITCAST to ") + dtype_name(to));
  if (from_bits > to_bits) y.push_back(from_bits / to_bits);
  if (from_bits < to_bits) {
    if (y.rank() == 0 || (y.back(0) != kUnknown && y.back(0) != to_bits / from_bits)) {
      return fail(ErrorCode::kInvalidModel,
                  "the last axis of " + to_string(y) + " does not make whole elements of " + dtype_name(to));
    }
    y = Shape(y.dims().first(y.rank() - 1));
  }
  in.set(0, to, std::move(y));
  return {};
}

Status evaluate(const Evaluation& e) {
  copy_bytes(e.inputs[0], e.outputs[0]);
  return {};
}

}  // namespace

const OpDef& op_bitcast() {
  static const OpDef def = {
      .name = "BITCAST",
      .code = 159,
      .options_record = "BitcastOptions",
      .summary = "y = the bytes of x as another type",
      .inputs = {{"input"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"any", {kAnyWhole}, {kAnyWhole}, 1}},
      .infer = infer,
      .evaluate = evaluate,
  };
  return def;
}

}  // namespace pestle::ops
