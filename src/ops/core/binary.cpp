#include "ops/core/binary.h"

#include <algorithm>

namespace pestle::ops {

Result<Shape> broadcast_operands(const Inference& in) {
  const Shape& a = in.shape(0);
  const Shape& b = in.shape(1);
  const std::optional<Shape> shape = broadcast(a, b);
  if (!shape) {
    return fail(ErrorCode::kInvalidModel, "shapes " + to_string(a) + " and " + to_string(b) + " do not broadcast");
  }
  if (!(a == b) && shape->rank() > kMaxBroadcastRank) {
    return fail(ErrorCode::kUnsupported, "broadcasting to " + std::to_string(shape->rank()) + " axes has no kernel");
  }
  return *shape;
}

Status infer_binary(Inference& in) {
  if (in.dtype(0) != in.dtype(1)) {
    return fail(ErrorCode::kInvalidModel,
                std::string("operands have the types ") + dtype_name(in.dtype(0)) + " and " + dtype_name(in.dtype(1)));
  }
  PESTLE_ASSIGN(Shape shape, broadcast_operands(in));
  in.set(0, in.dtype(0), std::move(shape));
  return {};
}

OpDef arithmetic_operator(const char* name, int code, Arithmetic arithmetic) {
  return {
      .name = name,
      .code = code,
      .options_record = "",
      .summary = "",
      .inputs = {{"a"}, {"b"}},
      .outputs = {{"y"}},
      .options = {kFusedActivation.info()},
      .types = {},
      .traits = {.output_may_share_input = true, .arithmetic = arithmetic, .applies_activation = true},
      .infer = infer_binary,
      .layout = {LayoutKind::kBroadcast},
  };
}

QuantRule arithmetic_quantization() {
  return {.int8 = true,
          .int16 = true,
          .symmetric_int16 = true,
          .inputs = {kActivationRule, kActivationRule},
          .outputs = {kActivationRule}};
}

bool broadcasts_beyond(const NodeView& view, int rank) {
  const Shape& a = view.input(0).shape;
  const Shape& b = view.input(1).shape;
  return !(a == b) && std::max(a.rank(), b.rank()) > rank;
}

}  // namespace pestle::ops
