#include "formats/core/spatial.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "ops/core/registry.h"

namespace pestle::formats {
namespace {

// Extents beyond this are nonsense and would overflow below.
constexpr int64_t kLargest = int64_t{1} << 31;

std::vector<int64_t> paddings(const PaddedAxis& rows, const PaddedAxis& columns) {
  return {0, 0, rows.begin, rows.end, columns.begin, columns.end, 0, 0};
}

ir::ValueId paddings_constant(Emitter& emit, const PaddedAxis& rows, const PaddedAxis& columns) {
  std::vector<int32_t> values;
  for (int64_t cells : paddings(rows, columns)) values.push_back(static_cast<int32_t>(cells));
  return emit.constant({DType::kInt32, Shape{4, 2}, std::as_bytes(std::span<const int32_t>(values))});
}

}  // namespace

Result<PaddedAxis> resolve_window(const WindowAxis& axis) {
  for (int64_t extent : {axis.in, axis.kernel, axis.stride, axis.dilation}) {
    if (extent < 1 || extent > kLargest)
      return fail(ErrorCode::kInvalidModel, "the window has an extent that is not positive");
  }
  if (axis.begin > kLargest || axis.end > kLargest)
    return fail(ErrorCode::kInvalidModel, "the padding is absurdly large");
  if (axis.begin < 0 || axis.end < 0) return fail(ErrorCode::kUnsupported, "negative padding");
  const int64_t free = axis.in + axis.begin + axis.end - axis.reach();
  if (free < 0)
    return fail(ErrorCode::kInvalidModel, fmt::format("a window of {} does not fit {} padded elements", axis.reach(),
                                                      axis.in + axis.begin + axis.end));
  PaddedAxis result;
  result.out = (axis.ceil ? free + axis.stride - 1 : free) / axis.stride + 1;
  if (axis.ceil && (result.out - 1) * axis.stride >= axis.in + axis.begin) --result.out;
  result.begin = axis.begin;
  result.end = std::max<int64_t>((result.out - 1) * axis.stride + axis.reach() - axis.in - axis.begin, 0);
  result.is_valid = result.begin == 0 && result.end == 0;
  const int64_t same_out = (axis.in + axis.stride - 1) / axis.stride;
  const int64_t same_total = std::max<int64_t>((same_out - 1) * axis.stride + axis.reach() - axis.in, 0);
  result.is_same = result.out == same_out && result.begin == same_total / 2;
  return result;
}

const char* padding_name(const PaddedAxis& rows, const PaddedAxis& columns) {
  if (rows.is_valid && columns.is_valid) return "VALID";
  return rows.is_same && columns.is_same ? "SAME" : "";
}

Result<ir::ValueId> pad_spatial(Emitter& emit, ir::ValueId value, const PaddedAxis& rows, const PaddedAxis& columns) {
  return emit.emit("PAD", {value, paddings_constant(emit, rows, columns)});
}

Result<ir::ValueId> pad_spatial_lowest(Emitter& emit, ir::ValueId value, const PaddedAxis& rows,
                                       const PaddedAxis& columns) {
  // Zero cells cannot win either, and leave the range of the values as it is.
  if (is_nonnegative(emit.graph(), value)) return pad_spatial(emit, value, rows, columns);
  const ir::ValueId lowest = emit.number(std::numeric_limits<float>::lowest());
  return emit.emit("PADV2", {value, paddings_constant(emit, rows, columns), lowest});
}

bool is_nonnegative(const ir::Graph& graph, ir::ValueId value) {
  constexpr int kSteps = 8;  // how far to look back
  auto node = graph.nodes.rbegin();
  for (int step = 0; step < kSteps; ++step) {
    const auto computes = [&](const ir::Node& n) {
      return std::find(n.outputs.begin(), n.outputs.end(), value) != n.outputs.end();
    };
    node = std::find_if(node, graph.nodes.rend(), computes);
    if (node == graph.nodes.rend()) return false;
    const ops::Traits& traits = ops::traits_of(*node);
    if (traits.is_nonnegative) return true;
    if (!traits.keeps_nonnegative) return false;
    value = node->inputs[0];
  }
  return false;
}

}  // namespace pestle::formats
