// LinearAttention: a state [N, heads, d_k, d_v] that every step decays (times exp(g)), corrects (values less what the
// state holds for the key, times beta), adds key times value to, and reads with the query. Steps are unrolled.
#include <cmath>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

constexpr int64_t kMostSteps = 64;

struct Sizes {
  int64_t batch, steps, heads, groups, key, value;  // groups: query heads to each of the heads
};

Result<Sizes> read_sizes(NodeContext& node) {
  const Shape q = node.shape(0), k = node.shape(1), v = node.shape(2);
  const int64_t q_heads = node.integer("q_num_heads", 0), heads = node.integer("kv_num_heads", 0);
  if (q.rank() != 3 || k.rank() != 3 || v.rank() != 3 || heads < 1 || q_heads < heads || q_heads % heads != 0)
    return fail(ErrorCode::kInvalidModel, "its heads do not fit its input");
  const Sizes s = {q[0], q[1], heads, q_heads / heads, k[2] / heads, v[2] / heads};
  const bool fits = q[2] == q_heads * s.key && k[2] == heads * s.key && v[2] == heads * s.value && k[0] == s.batch &&
                    v[0] == s.batch && k[1] == s.steps && v[1] == s.steps && s.key > 0 && s.value > 0;
  if (!fits) return fail(ErrorCode::kInvalidModel, "its operands do not fit each other");
  if (s.steps < 1 || s.steps > kMostSteps) return unsupported("more than 64 steps of linear attention");
  return s;
}

// What a step multiplies: query [N, heads, groups, d_k], key [N, heads, d_k, 1], value [N, heads, 1, d_v].
struct Step {
  ValueId query, key, value, decay = ir::kNoValue, beta = ir::kNoValue;
};

Result<Step> take_step(NodeContext& node, Formula& f, const Sizes& s, int64_t number) {
  const auto at = [&](int operand) { return f.slice(node.input(operand), 1, number, 1); };
  Step step{f.reshape(at(0), {s.batch, s.heads, s.groups, s.key}), f.reshape(at(1), {s.batch, s.heads, s.key, 1}),
            f.reshape(at(2), {s.batch, s.heads, 1, s.value})};
  const auto fits = [&](int operand) {
    const Shape shape = node.shape(operand);
    return shape.rank() == 3 && shape[0] == s.batch && shape[1] == s.steps;
  };
  if (node.has(4)) {
    if (!fits(4)) return fail(ErrorCode::kInvalidModel, "its decay does not fit its input");
    const int64_t extent = node.shape(4)[2];
    if (extent != s.heads && extent != s.heads * s.key)
      return fail(ErrorCode::kInvalidModel, "its decay is of another size");
    step.decay = f.op("EXP", {f.reshape(at(4), {s.batch, s.heads, extent / s.heads, 1})});
  }
  if (node.has(5)) {
    if (!fits(5)) return fail(ErrorCode::kInvalidModel, "its beta does not fit its input");
    const int64_t extent = node.shape(5)[2];
    if (extent != s.heads && extent != 1) return fail(ErrorCode::kInvalidModel, "its beta is of another size");
    step.beta = f.reshape(at(5), {s.batch, extent, 1, 1});
  }
  return step;
}

Status check_rule(NodeContext& node) {
  const std::string rule = node.text("update_rule", "gated_delta");
  const bool decays = rule == "gated" || rule == "gated_delta", corrects = rule == "delta" || rule == "gated_delta";
  if (rule != "linear" && !decays && !corrects) return unsupported("the update rule \"" + rule + "\"");
  if (decays != node.has(4) || corrects != node.has(5))
    return fail(ErrorCode::kInvalidModel, "its decay or beta does not go with its update rule");
  return {};
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_TRY(check_rule(node));
  PESTLE_ASSIGN(const Sizes s, read_sizes(node));
  const Shape held{s.batch, s.heads, s.key, s.value};
  if (node.has(3) && !(node.shape(3) == held))
    return fail(ErrorCode::kInvalidModel, "its state does not fit its input");
  const float given = node.number("scale", 0);
  const float scale = given != 0 ? given : static_cast<float>(1 / std::sqrt(static_cast<double>(s.key)));
  Formula f(node.emit());
  ValueId state = node.input(3);
  ValueIds reads;
  for (int64_t number = 0; number < s.steps; ++number) {
    PESTLE_ASSIGN(const Step step, take_step(node, f, s, number));
    if (state != ir::kNoValue && step.decay != ir::kNoValue) state = f.mul(state, step.decay);
    ValueId value = step.value;
    if (step.beta != ir::kNoValue) {
      if (state != ir::kNoValue) value = f.sub(value, f.reduce("SUM", f.mul(state, step.key), {2}));
      value = f.mul(value, step.beta);
    }
    const ValueId written = f.mul(step.key, value);
    state = state == ir::kNoValue ? written : f.add(state, written);
    reads.push_back(f.reshape(f.matmul(step.query, state), {s.batch, 1, s.heads * s.groups * s.value}));
  }
  return f.result({f.scale(f.concat(reads, 1), scale), state});
}

}  // namespace

const Mapping& map_linear_attention() {
  static const Mapping mapping = {{"LinearAttention"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
