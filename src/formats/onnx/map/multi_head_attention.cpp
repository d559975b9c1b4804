// MultiHeadAttention and Attention of com.microsoft: softmax(scale * Q K' + bias) V over heads that stand side by side
// in the last axis. Attention makes Q, K and V of one product. A mask of keys lowers the scores of those that it leaves
// out.
#include <cmath>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

struct Heads {
  ValueId query, key, value;        // [batch, length, heads * size]
  ValueId key_mask = ir::kNoValue;  // [batch, keys] of 0 and 1
  ValueId bias = ir::kNoValue;
};

class MultiHead {
 public:
  explicit MultiHead(NodeContext& node) : node_(node), f_(node.emit()), heads_(node.integer("num_heads", 0)) {}

  Formula& formula() { return f_; }

  Result<ValueIds> map(const Heads& h) {
    if (f_.failed()) return f_.result(h.query);
    const Shape q = f_.shape(h.query), k = f_.shape(h.key), v = f_.shape(h.value);
    const bool fits = heads_ > 0 && q.rank() == 3 && k.rank() == 3 && v.rank() == 3 && q[2] % heads_ == 0 &&
                      v[2] % heads_ == 0 && q[2] == k[2] && k[1] == v[1] && q[0] == k[0] && q[0] == v[0] && q[2] > 0;
    if (!fits) return fail(ErrorCode::kInvalidModel, "its operands do not fit its heads");
    const float given = node_.number("scale", 0);
    const float scale = given != 0 ? given : static_cast<float>(1 / std::sqrt(static_cast<double>(q[2] / heads_)));
    const ValueId keys = apart(h.key), values = apart(h.value);
    ValueId scores = f_.scale(f_.matmul(apart(h.query), keys, true), scale);
    if (h.bias != ir::kNoValue) scores = f_.add(scores, h.bias);
    if (h.key_mask != ir::kNoValue) scores = f_.add(scores, lowered(h.key_mask, {q[0], 1, 1, k[1]}));
    if (node_.integer("unidirectional", 0) != 0) scores = f_.add(scores, causal(q[1], k[1]));
    const ValueId y = f_.matmul(f_.op("SOFTMAX", {scores}, {{"beta", 1.0}}), values);
    return f_.result({f_.reshape(f_.transpose(y, {0, 2, 1, 3}), {q[0], q[1], v[2]}), keys, values});
  }

 private:
  // [batch, heads, length, size]
  ValueId apart(ValueId x) {
    const Shape shape = f_.shape(x);
    return f_.transpose(f_.reshape(x, {shape[0], shape[1], heads_, shape[2] / heads_}), {0, 2, 1, 3});
  }

  float lowest() { return node_.number("mask_filter_value", -10000.0f); }

  ValueId lowered(ValueId mask, const Shape& shape) {
    const ValueId left_out = f_.sub(f_.number(1), f_.cast(mask, DType::kFloat32));
    return f_.reshape(f_.scale(left_out, lowest()), shape);
  }

  ValueId causal(int64_t queries, int64_t keys) {
    for (int64_t extent : {queries, keys, queries * std::min<int64_t>(keys, 1 << 24)}) {
      if (const Status status = check_affordable(extent); !status) return f_.fail_with(status.error());
    }
    std::vector<float> bias;
    for (int64_t i = 0; i < queries * keys; ++i) bias.push_back(i % keys > i / keys ? lowest() : 0.0f);
    return f_.emit().floats({queries, keys}, bias);
  }

  NodeContext& node_;
  Formula f_;
  int64_t heads_;
};

Status check_mask(NodeContext& node, int operand, int64_t batch, int64_t keys) {
  if (!node.has(operand) || node.shape(operand) == Shape{batch, keys}) return {};
  return unsupported("a mask that is not one number a key");
}

Result<ValueIds> map_separate(NodeContext& node) {
  for (int past : {6, 7, 8, 9}) {
    if (node.has(past)) return unsupported("keys of earlier runs");
  }
  if (!node.has(1) || !node.has(2) || node.rank(0) != 3 || node.rank(1) != 3 || node.rank(2) != 3)
    return unsupported("queries, keys and values that are packed");
  PESTLE_TRY(check_mask(node, 4, node.shape(1)[0], node.shape(1)[1]));
  MultiHead attention(node);
  Formula& f = attention.formula();
  Heads h{node.input(0), node.input(1), node.input(2), node.input(4), node.input(5)};
  if (node.has(3)) {
    const int64_t q = node.shape(0)[2], k = node.shape(1)[2], v = node.shape(2)[2];
    if (!(node.shape(3) == Shape{q + k + v})) return fail(ErrorCode::kInvalidModel, "its bias is of another size");
    h.query = f.add(h.query, f.slice(node.input(3), 0, 0, q));
    h.key = f.add(h.key, f.slice(node.input(3), 0, q, k));
    h.value = f.add(h.value, f.slice(node.input(3), 0, q + k, v));
  }
  return attention.map(h);
}

Result<ValueIds> map_packed(NodeContext& node) {
  if (node.has(4) || node.has(6) || node.wants_output(1)) return unsupported("keys of earlier runs");
  if (node.has_attribute("qkv_hidden_sizes") || node.integer("do_rotary", 0) != 0)
    return unsupported("queries, keys and values of their own sizes, or turned");
  const Shape x = node.shape(0), weights = node.shape(1);
  if (x.rank() != 3 || weights.rank() != 2 || weights[0] != x[2] || weights[1] % 3 != 0)
    return fail(ErrorCode::kInvalidModel, "its weights do not fit its input");
  PESTLE_TRY(check_mask(node, 3, x[0], x[1]));
  PESTLE_ASSIGN(ValueIds products, node.map_as("MatMul", {node.input(0), node.input(1)}, 13));
  MultiHead attention(node);
  Formula& f = attention.formula();
  const ValueId all = node.has(2) ? f.add(products[0], node.input(2)) : products[0];
  const int64_t size = weights[1] / 3;
  return attention.map({f.slice(all, 2, 0, size), f.slice(all, 2, size, size), f.slice(all, 2, 2 * size, size),
                        node.input(3), node.input(5)});
}

Result<ValueIds> map(NodeContext& node) {
  return node.op_type() == "Attention" ? map_packed(node) : map_separate(node);
}

}  // namespace

const Mapping& map_multi_head_attention() {
  static const Mapping mapping = {{"com.microsoft.Attention", "com.microsoft.MultiHeadAttention"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
