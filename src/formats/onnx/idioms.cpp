#include "formats/onnx/idioms.h"

#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_map>

namespace pestle::formats::onnx {
namespace {

using codec::OnnxNode;

constexpr float kTolerance = 1e-3f;  // constants are often rounded to float16

class Idioms {
 public:
  Idioms(const codec::OnnxGraph& graph, const std::vector<const OnnxNode*>& nodes) {
    for (const codec::OnnxTensor& tensor : graph.initializers) constants_[tensor.name] = &tensor;
    for (const OnnxNode* node : nodes) {
      for (const std::string& output : node->outputs) makers_[output] = node;
      if (node->op_type != "Constant") continue;
      for (const codec::OnnxAttribute& attribute : node->attributes) {
        if (attribute.name == "value" && attribute.tensors.size() == 1)
          constants_[node->outputs[0]] = &attribute.tensors[0];
      }
    }
  }

  // The x of a node that computes Gelu of x; "" where it does not. Its factors x, 0.5 and 1 + erf come in any order.
  std::string gelu_of(const OnnxNode& last) const {
    if (!is(last, "Mul", 2)) return {};
    for (const int i : {0, 1}) {
      if (is_number(last.inputs[1 - i], 0.5f)) {
        const std::string x = gate_of(last.inputs[i]);
        if (!x.empty()) return x;
      }
      // (0.5 x) (1 + erf), or x (0.5 (1 + erf)).
      const OnnxNode* half = maker(last.inputs[i], "Mul", 2);
      if (half == nullptr) continue;
      for (const int k : {0, 1}) {
        if (!is_number(half->inputs[1 - k], 0.5f)) continue;
        if (erf_plus_one_of(last.inputs[1 - i]) == half->inputs[k]) return half->inputs[k];
        if (erf_plus_one_of(half->inputs[k]) == last.inputs[1 - i]) return last.inputs[1 - i];
      }
    }
    return {};
  }

 private:
  static bool is(const OnnxNode& node, const char* op, size_t inputs) {
    return node.domain.empty() && node.op_type == op && node.inputs.size() == inputs;
  }
  const OnnxNode* maker(const std::string& name, const char* op, size_t inputs) const {
    const auto at = makers_.find(name);
    return at != makers_.end() && is(*at->second, op, inputs) ? at->second : nullptr;
  }
  bool is_number(const std::string& name, float wanted) const {
    const auto at = constants_.find(name);
    if (at == constants_.end()) return false;
    const codec::OnnxTensor& tensor = *at->second;
    float value = 0;
    if (tensor.type != codec::OnnxType::kFloat || tensor.data.size() != sizeof value) return false;
    std::memcpy(&value, tensor.data.data(), sizeof value);
    return std::fabs(value - wanted) <= kTolerance;
  }

  // x of x * (1 + erf(x / sqrt 2)).
  std::string gate_of(const std::string& name) const {
    const OnnxNode* product = maker(name, "Mul", 2);
    if (product == nullptr) return {};
    for (const int i : {0, 1}) {
      if (erf_plus_one_of(product->inputs[1 - i]) == product->inputs[i]) return product->inputs[i];
    }
    return {};
  }

  // x of 1 + erf(x / sqrt 2).
  std::string erf_plus_one_of(const std::string& name) const {
    const OnnxNode* sum = maker(name, "Add", 2);
    for (const int i : {0, 1}) {
      if (sum == nullptr || !is_number(sum->inputs[1 - i], 1.0f)) continue;
      const OnnxNode* erf = maker(sum->inputs[i], "Erf", 1);
      if (erf != nullptr) return scaled_of(erf->inputs[0]);
    }
    return {};
  }

  std::string scaled_of(const std::string& name) const {
    constexpr float kRoot = 1.41421356f;
    if (const OnnxNode* quotient = maker(name, "Div", 2))
      return is_number(quotient->inputs[1], kRoot) ? quotient->inputs[0] : std::string();
    if (const OnnxNode* product = maker(name, "Mul", 2)) {
      for (const int i : {0, 1}) {
        if (is_number(product->inputs[1 - i], 1 / kRoot)) return product->inputs[i];
      }
    }
    return {};
  }

  std::unordered_map<std::string, const OnnxNode*> makers_;
  std::unordered_map<std::string, const codec::OnnxTensor*> constants_;
};

}  // namespace

void name_idioms(const codec::OnnxGraph& graph, std::vector<const OnnxNode*>& nodes, std::deque<OnnxNode>& made) {
  const Idioms idioms(graph, nodes);
  for (const OnnxNode*& node : nodes) {
    const std::string x = idioms.gelu_of(*node);
    if (x.empty()) continue;
    made.push_back({node->name, "Gelu", {}, {}, {x}, node->outputs, {}});
    node = &made.back();
  }
}

}  // namespace pestle::formats::onnx
