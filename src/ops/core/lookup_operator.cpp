#include "ops/core/lookup_operator.h"

namespace pestle::ops {
namespace {

template <typename Code>
void apply_8bit(const Evaluation& e, const RealFunction& function) {
  const auto table = lookup_table_8bit(function, *e.inputs[0].type, *e.outputs[0].type);
  apply_lookup(table, e.inputs[0].as<Code>(), e.outputs[0].elements(), e.outputs[0].as<Code>());
}

}  // namespace

Status evaluate_by_table(const Evaluation& e, const RealFunction& function) {
  switch (e.inputs[0].dtype()) {
    case DType::kInt8: apply_8bit<int8_t>(e, function); return {};
    case DType::kUInt8: apply_8bit<uint8_t>(e, function); return {};
    case DType::kInt16: {
      const Lookup16 table = lookup_table_16bit(function, e.inputs[0].scale(), e.inputs[0].zero_point(),
                                                e.outputs[0].scale(), e.outputs[0].zero_point());
      map_unary<int16_t>(e, [&table](int16_t code) { return look_up(table, code); });
      return {};
    }
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

Status evaluate_function(const Evaluation& e, double (*function)(double), const RealFunction& table_entry) {
  if (e.inputs[0].dtype() != DType::kFloat32) return evaluate_by_table(e, table_entry);
  map_unary<float>(e, [function](float x) { return static_cast<float>(function(static_cast<double>(x))); });
  return {};
}

}  // namespace pestle::ops
