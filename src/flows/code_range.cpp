#include "flows/code_range.h"

#include <algorithm>
#include <cmath>

#include "ops/core/registry.h"

namespace pestle::flows {

std::optional<CodeRange> code_range(const ir::Type& type) {
  if (!type.is_quantized() || !is_quantized_storage(type.dtype) || type.quantization->scale.size() != 1)
    return std::nullopt;
  const int bits = dtype_bits(type.dtype);
  const bool is_unsigned = type.dtype == DType::kUInt8;
  const double lowest = is_unsigned ? 0.0 : -std::ldexp(1.0, bits - 1);
  const double highest = std::ldexp(1.0, is_unsigned ? bits : bits - 1) - 1.0;
  const auto scale = static_cast<double>(type.scale());
  const auto zero = static_cast<double>(type.zero_point());
  return CodeRange{(lowest - zero) * scale, (highest - zero) * scale, scale};
}

size_t count_beyond(std::span<const float> values, const CodeRange& range) {
  return static_cast<size_t>(std::count_if(values.begin(), values.end(), [&](float value) {
    return static_cast<double>(value) < range.low - range.step / 2 ||
           static_cast<double>(value) > range.high + range.step / 2;
  }));
}

std::optional<CodeRange> input_range(const ir::Graph& graph, ir::ValueId input) {
  if (auto own = code_range(graph.values[input].type)) return own;
  for (const ir::Node& node : graph.nodes) {
    if (ops::traits_of(node).is_conversion && node.inputs[0] == input)
      return code_range(graph.values[node.outputs[0]].type);
  }
  return std::nullopt;
}

}  // namespace pestle::flows
