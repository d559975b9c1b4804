// Elu -> ELU, which has alpha = 1: max(x, 0) + min(alpha * (exp(x) - 1), 0) otherwise.
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

Result<ValueIds> map(NodeContext& node) {
  Emitter& emit = node.emit();
  const ValueId x = node.input(0);
  const float alpha = node.number("alpha", 1.0f);
  if (alpha == 1.0f) return one(emit.emit("ELU", {x}));
  // ELU(min(x, 0)) = exp(min(x, 0)) - 1 <= 0
  PESTLE_ASSIGN(const ValueId negative, emit.emit("MINIMUM", {x, emit.number(0)}));
  PESTLE_ASSIGN(const ValueId curve, emit.emit("ELU", {negative}));
  PESTLE_ASSIGN(const ValueId scaled, emit.emit("MUL", {curve, emit.number(alpha)}));
  PESTLE_ASSIGN(const ValueId positive, emit.emit("RELU", {x}));
  return one(emit.emit("ADD", {positive, scaled}));
}

}  // namespace

const Mapping& map_elu() {
  static const Mapping mapping = {{"Elu"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
