// Attention: softmax(softcap(scale * Q K') + bias) V over heads. Masks, causality and the number of keys that are no
// padding become a bias of 0 and kMasked; keys and values of earlier runs come before those of this one. Operands of
// rank 3 hold their heads side by side; each head of keys and values serves as many heads of queries as there are more.
#include <cmath>
#include <limits>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

enum Operand { kQ, kK, kV, kMask, kPastKey, kPastValue, kKeys };

// Low enough that its exponential is 0; finite, so that no sum with it is a NaN.
constexpr float kMasked = -1e9f;

class Attention {
 public:
  Attention(NodeContext& node) : node_(node), f_(node.emit()) {}

  Result<ValueIds> map() {
    if (node_.rank(kQ) == 3 && (node_.integer("q_num_heads", 0) < 1 || node_.integer("kv_num_heads", 0) < 1))
      return fail(ErrorCode::kInvalidModel, "does not say how many heads it has");
    const ValueId q = heads(kQ, "q_num_heads");
    const ValueId keys = with_past(heads(kK, "kv_num_heads"), kPastKey);
    const ValueId values = with_past(heads(kV, "kv_num_heads"), kPastValue);
    if (f_.failed()) return f_.result(q);
    if (f_.shape(q)[1] % f_.shape(keys)[1] != 0)
      return fail(ErrorCode::kInvalidModel, "its heads of queries are no multiple of those of keys");
    const int64_t repeats = f_.shape(q)[1] / f_.shape(keys)[1];
    const float fallback = 1.0f / std::sqrt(static_cast<float>(f_.shape(q)[3]));
    // Half of the scale on either side, as the standard's body of the function has it.
    const float root = std::sqrt(node_.number("scale", fallback));
    const ValueId scores = softcap(f_.matmul(f_.scale(q, root), f_.scale(repeated(keys, repeats), root), true));
    const ValueId biased = with_bias(scores);
    const ValueId shares = f_.op("SOFTMAX", {biased}, {{"beta", 1.0}});
    const ValueId y = f_.matmul(shares, repeated(values, repeats));
    const int64_t mode = node_.integer("qk_matmul_output_mode", 0);
    ValueId shown = biased;
    if (mode == 2 && node_.wants_output(3)) {
      masked_ = -std::numeric_limits<float>::infinity();  // as the standard has it
      shown = with_bias(scores);
    }
    const ValueId seen[] = {scores, scores, shown, shares};
    if (mode < 0 || mode > 3) return fail(ErrorCode::kInvalidModel, "has an unknown qk_matmul_output_mode");
    return f_.result({merged(y), keys, values, seen[mode]});
  }

 private:
  // [batch, heads, length, size]
  ValueId heads(int operand, const char* count) {
    const ValueId x = node_.input(operand);
    if (node_.rank(operand) == 4) return x;
    const Shape& shape = node_.shape(operand);
    const int64_t number = node_.integer(count, 1);
    if (shape.rank() != 3 || shape[2] % number != 0)
      return f_.fail_with({ErrorCode::kInvalidModel, "its heads do not divide its last axis", {}, {}});
    return f_.transpose(f_.reshape(x, {shape[0], shape[1], number, shape[2] / number}), {0, 2, 1, 3});
  }

  ValueId merged(ValueId y) {
    if (node_.rank(kQ) == 4 || f_.failed()) return y;
    const Shape shape = f_.shape(y);
    return f_.reshape(f_.transpose(y, {0, 2, 1, 3}), {shape[0], shape[2], shape[1] * shape[3]});
  }

  ValueId with_past(ValueId x, int past) { return node_.has(past) ? f_.concat({node_.input(past), x}, 2) : x; }

  ValueId repeated(ValueId x, int64_t times) {
    if (times == 1 || f_.failed()) return x;
    const Shape s = f_.shape(x);
    const ValueId each = f_.broadcast_to(f_.reshape(x, {s[0], s[1], 1, s[2], s[3]}), {s[0], s[1], times, s[2], s[3]});
    return f_.reshape(each, {s[0], s[1] * times, s[2], s[3]});
  }

  ValueId softcap(ValueId scores) {
    const float cap = node_.number("softcap", 0);
    return cap == 0 ? scores : f_.scale(f_.op("TANH", {f_.scale(scores, 1 / cap)}), cap);
  }

  ValueId with_bias(ValueId scores) {
    if (f_.failed()) return scores;
    const int64_t queries = f_.shape(scores)[2], keys = f_.shape(scores)[3];
    if (node_.has(kMask)) scores = f_.add(scores, mask(keys));
    if (node_.integer("is_causal", 0) != 0) scores = f_.add(scores, causal(queries, keys));
    return node_.has(kKeys) ? f_.add(scores, padding(keys)) : scores;
  }

  // What stands in no mask is masked.
  ValueId mask(int64_t keys) {
    ValueId given = node_.input(kMask);
    if (node_.dtype(kMask) == DType::kBool) given = f_.select(given, f_.number(0), f_.number(masked_));
    const int64_t missing = keys - node_.shape(kMask).back(0);
    if (missing <= 0) return given;
    std::vector<int64_t> sides(2 * static_cast<size_t>(node_.rank(kMask)), 0);
    sides.back() = missing;
    const std::vector<int32_t> narrow(sides.begin(), sides.end());
    const ValueId amounts =
        f_.emit().constant({DType::kInt32, {node_.rank(kMask), 2}, std::as_bytes(std::span(narrow))});
    return f_.op("PADV2", {given, amounts, f_.number(masked_)});
  }

  ValueId causal(int64_t queries, int64_t keys) {
    if (const Status status =
            check_affordable(queries > 0 && keys > (int64_t{1} << 31) / queries ? -1 : queries * keys);
        !status)
      return f_.fail_with(status.error());
    const int64_t past = node_.has(kPastKey) ? node_.shape(kPastKey)[2] : 0;
    std::vector<float> bias;
    for (int64_t query = 0; query < queries; ++query) {
      for (int64_t key = 0; key < keys; ++key) bias.push_back(key > query + past ? masked_ : 0.0f);
    }
    return f_.emit().floats({queries, keys}, bias);
  }

  // Keys from nonpad_kv_seqlen[batch] on are padding.
  ValueId padding(int64_t keys) {
    if (const Status status = check_affordable(keys); !status) return f_.fail_with(status.error());
    std::vector<int32_t> positions;
    for (int32_t key = 0; key < keys; ++key) positions.push_back(key);
    const ValueId key = f_.emit().constant({DType::kInt32, {keys}, std::as_bytes(std::span(positions))});
    const ValueId lengths = f_.reshape(f_.cast(node_.input(kKeys), DType::kInt32), {node_.shape(kKeys)[0], 1, 1, 1});
    return f_.select(f_.op("LESS", {key, lengths}), f_.number(0), f_.number(masked_));
  }

  NodeContext& node_;
  Formula f_;
  float masked_ = kMasked;
};

// Operands that may be left out, and their ranks.
Status check_ranks(NodeContext& node) {
  const bool fits = (!node.has(kMask) || node.rank(kMask) >= 1) && (!node.has(kPastKey) || node.rank(kPastKey) == 4) &&
                    (!node.has(kPastValue) || node.rank(kPastValue) == 4) &&
                    (!node.has(kKeys) || node.rank(kKeys) == 1);
  if (fits) return {};
  return fail(ErrorCode::kInvalidModel, "an operand is of the wrong rank");
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_TRY(check_ranks(node));
  for (int i : {kQ, kK, kV}) {
    if (node.rank(i) != node.rank(kQ) || (node.rank(i) != 3 && node.rank(i) != 4) || node.shape(i).elements() < 1)
      return unsupported("its operands are not all of rank 3 or all of rank 4, or empty");
  }
  return Attention(node).map();
}

}  // namespace

const Mapping& map_attention() {
  static const Mapping mapping = {{"Attention"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
