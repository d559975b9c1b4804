// Operators on codes (QLinearConv, QLinearMatMul, and those of com.microsoft) -> DEQUANTIZE, the operator on reals,
// QUANTIZE; what can be computed in integers then becomes an integer operator with the same scales (quant/stated.h).
#include "formats/onnx/codes.h"

namespace pestle::formats::onnx {
namespace {

constexpr int kNone = -1;

struct Row {
  const char* name;
  const char* real;    // the operator on reals, of the standard's own domain
  int operands;        // each: codes, scale, zero point
  int result;          // where scale and zero point of the result stand; from there on the result is optional
  int bias = kNone;    // int32 codes whose scale is the product of those of both operands
  int64_t opset = 13;  // of the operator on reals, for those that do not belong to the standard
};

constexpr Row kRows[] = {
    {"QLinearConv", "Conv", 2, 6, 8},
    {"QLinearMatMul", "MatMul", 2, 6},
    {"com.microsoft.QLinearAdd", "Add", 2, 6},
    {"com.microsoft.QLinearMul", "Mul", 2, 6},
    {"com.microsoft.QLinearAveragePool", "AveragePool", 1, 3},
    {"com.microsoft.QLinearGlobalAveragePool", "GlobalAveragePool", 1, 3},
    {"com.microsoft.QLinearSigmoid", "Sigmoid", 1, 3},
    {"com.microsoft.QLinearLeakyRelu", "LeakyRelu", 1, 3},
    {"com.microsoft.QLinearSoftmax", "Softmax", 1, 3},
    {"com.microsoft.QLinearReduceMean", "ReduceMean", 1, 3},
    {"com.microsoft.QGemm", "Gemm", 2, 7, 6},
};

const Row& row_of(const NodeContext& node) {
  for (const Row& row : kRows) {
    if (node.op_type() == std::string_view(row.name).substr(std::string_view(row.name).rfind('.') + 1)) return row;
  }
  return kRows[0];
}

Result<ValueId> real_bias(NodeContext& node, int position, const std::vector<CodeParameters>& operands) {
  CodeParameters parameters = {DType::kInt32, operands[1].scale, {}, 0};
  for (float& scale : parameters.scale) scale *= operands[0].scale[0];
  parameters.zero_point.assign(parameters.scale.size(), 0);
  return dequantize(node.emit(), node.input(position), parameters);
}

// Weights of a matrix product have a scale for each column, those of a convolution for each filter.
int scale_axis(NodeContext& node, int operand) {
  if (operand == 0 || node.op_type() == "QLinearConv") return 0;
  return node.integer("transB", 0) != 0 ? 0 : std::max(node.rank(3 * operand) - 1, 0);
}

Result<ValueIds> map(NodeContext& node) {
  const Row& row = row_of(node);
  std::vector<CodeParameters> parameters;
  ValueIds reals;
  for (int i = 0; i < row.operands; ++i) {
    PESTLE_ASSIGN(CodeParameters of, read_parameters(node, 3 * i + 1, 3 * i + 2, node.dtype(3 * i)));
    of.axis = scale_axis(node, i);
    PESTLE_ASSIGN(const ValueId real, dequantize(node.emit(), node.input(3 * i), of));
    reals.push_back(real);
    parameters.push_back(std::move(of));
  }
  if (row.bias != kNone && node.has(row.bias)) {
    PESTLE_ASSIGN(const ValueId bias, real_bias(node, row.bias, parameters));
    reals.push_back(bias);
  }
  const bool is_standard = std::string_view(row.name).find('.') == std::string_view::npos;
  const int64_t opset = is_standard ? node.opset() : node.integer("opset", row.opset);
  PESTLE_ASSIGN(const ValueIds results, node.map_as(row.real, std::move(reals), opset));
  if (!node.has(row.result)) return results;
  const DType codes = node.has(row.result + 1) ? node.dtype(row.result + 1) : node.dtype(0);
  PESTLE_ASSIGN(const CodeParameters of, read_parameters(node, row.result, row.result + 1, codes));
  return one(quantize(node.emit(), results[0], of));
}

}  // namespace

const Mapping& map_q_linear() {
  static const Mapping mapping = [] {
    Mapping all{{}, 3, map};
    for (const Row& row : kRows) all.names.push_back(row.name);
    return all;
  }();
  return mapping;
}

}  // namespace pestle::formats::onnx
