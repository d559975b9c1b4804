// SVDF
//   s[b,f,:] moves by one, its last becomes sum over i of W[f,i] x[b,i]; s is state
//   y[b,u] = act(bias[u] + sum over r,m of T[u*rank+r,m] s[b,u*rank+r,m])
//   x [B,I], W [F,I], T [F,M], bias [F/rank], s [B,F*M], y [B,F/rank].
// int8: s and T are int16. TFLite's kernel refuses all activations but RELU, and then clamps to the range of codes.
// Arithmetic: docs/semantics.md#recurrent
#include <algorithm>
#include <cmath>

#include "base/fixed_point.h"
#include "ops/core/recurrent.h"

namespace pestle::ops {
namespace {

constexpr IntOption kRank{"rank", 0};

enum Operand { kInput, kFeature, kTime, kBias, kState };

Status check_scales(const Inference& in) {
  for (const int i : {int{kInput}, int{kFeature}, int{kTime}}) PESTLE_TRY(check_one_scale(in.type(i), "an operand"));
  if (in.dtype(kInput) != DType::kInt8) return {};
  if (kFusedActivation(in.node()) != FusedActivation::kRelu)
    return fail(ErrorCode::kUnsupported, "TFLite's int8 kernel wants the activation RELU");
  PESTLE_TRY(check_one_scale(in.type(kState), "the state"));
  PESTLE_TRY(check_one_scale(in.declared(0), "the output"));
  if (in.type(kState).zero_point() == 0 && in.type(kTime).zero_point() == 0) return {};
  return fail(ErrorCode::kInvalidModel, "state and time weights must have zero points 0");
}

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  const Shape& w = in.shape(kFeature);
  const Shape& t = in.shape(kTime);
  const int64_t rank = kRank(in.node());
  if (x.rank() != 2 || w.rank() != 2 || t.rank() != 2)
    return fail(ErrorCode::kInvalidModel, "input and weights must have two axes");
  if (rank <= 0 || w[0] <= 0 || w[1] <= 0 || w[0] % rank != 0 || t[1] <= 0)
    return fail(ErrorCode::kInvalidModel,
                "a rank of " + std::to_string(rank) + " does not fit filters " + to_string(w));
  PESTLE_TRY(check_cell_activation(kFusedActivation(in.node())));
  PESTLE_TRY(check_operand_shape(in, kFeature, {w[0], x[1]}));
  PESTLE_TRY(check_operand_shape(in, kTime, {w[0], t[1]}));
  if (in.has(kBias)) PESTLE_TRY(check_operand_shape(in, kBias, {w[0] / rank}));
  const auto states = checked_elements(Shape{w[0], t[1]});
  if (!states) return fail(ErrorCode::kInvalidModel, "there are too many filters");
  PESTLE_TRY(check_operand_shape(in, kState, {x[0], *states}));
  if (in.outputs() > 0 && in.declared(0).dtype != in.dtype(kInput) && in.dtype(kInput) == DType::kInt8)
    return fail(ErrorCode::kInvalidModel, "the output must be int8");
  PESTLE_TRY(check_scales(in));
  in.set(0, in.dtype(kInput), {x[0], w[0] / rank});
  return {};
}

struct Extents {
  int64_t filters, memory, rank;

  explicit Extents(const Evaluation& e)
      : filters(e.inputs[kTime].shape()[0]), memory(e.inputs[kTime].shape()[1]), rank(kRank(e.node)) {}
};

void evaluate_float(const Evaluation& e) {
  const Extents n(e);
  const int64_t inputs = e.inputs[kInput].shape()[1];
  const InputOperand& time = e.inputs[kTime];
  std::vector<float> weights = to_floats(time.view());
  if (time.dtype() == DType::kInt8) {
    for (float& w : weights) w *= time.scale();
  }
  const FusedActivation activation = kFusedActivation(e.node);
  float* y = e.outputs[0].as<float>();
  for (int64_t b = 0; b < e.inputs[kInput].shape()[0]; ++b) {
    float* state = e.inputs[kState].state<float>() + b * n.filters * n.memory;
    std::vector<float> newest(static_cast<size_t>(n.filters), 0.0f);
    add_product(e.inputs[kFeature], e.inputs[kInput].as<float>() + b * inputs, hybrid_range(e.node), newest.data());
    for (int64_t u = 0; u < n.filters / n.rank; ++u) {
      float sum = e.has(kBias) ? e.inputs[kBias].as<float>()[u] : 0.0f;
      for (int64_t f = u * n.rank; f < (u + 1) * n.rank; ++f) {
        float* s = state + f * n.memory;
        std::copy(s + 1, s + n.memory, s);
        s[n.memory - 1] = newest[static_cast<size_t>(f)];
        float filtered = 0;
        for (int64_t m = 0; m < n.memory; ++m) filtered = std::fma(weights[f * n.memory + m], s[m], filtered);
        sum += filtered;
      }
      *y++ = activate(sum, activation);
    }
  }
}

// Moves the state of one filter and appends the product with the input.
struct Feature {
  const int8_t* weights;
  int64_t inputs, memory;
  int32_t zero_point;
  FixedMultiplier multiplier;

  void operator()(const int8_t* x, int64_t f, int16_t* s) const {
    int64_t sum = 0;
    for (int64_t i = 0; i < inputs; ++i) sum += int64_t{weights[f * inputs + i]} * (x[i] - zero_point);
    std::copy(s + 1, s + memory, s);
    s[memory - 1] = saturate<int16_t>(multiply(static_cast<int32_t>(sum), multiplier));
  }
};

void evaluate_int8(const Evaluation& e) {
  const Extents n(e);
  const InputOperand &x = e.inputs[kInput], &state = e.inputs[kState], &time = e.inputs[kTime];
  const int64_t inputs = x.shape()[1];
  const float feature_scale = x.scale() * e.inputs[kFeature].scale() / state.scale();
  const float time_scale = state.scale() * time.scale() / e.outputs[0].scale();
  const Feature feature{e.inputs[kFeature].as<int8_t>(), inputs, n.memory, x.zero_point(),
                        quantize_multiplier(static_cast<double>(feature_scale))};
  const FixedMultiplier multiplier = quantize_multiplier(static_cast<double>(time_scale));
  const int16_t* w = time.as<int16_t>();
  int8_t* y = e.outputs[0].as<int8_t>();
  for (int64_t b = 0; b < x.shape()[0]; ++b) {
    int16_t* rows = state.state<int16_t>() + b * n.filters * n.memory;
    for (int64_t u = 0; u < n.filters / n.rank; ++u) {
      int64_t sum = e.has(kBias) ? e.inputs[kBias].as<int32_t>()[u] : 0;
      for (int64_t f = u * n.rank; f < (u + 1) * n.rank; ++f) {
        int16_t* s = rows + f * n.memory;
        feature(x.as<int8_t>() + b * inputs, f, s);
        for (int64_t m = 0; m < n.memory; ++m) sum += int64_t{w[f * n.memory + m]} * s[m];
      }
      const int64_t code = int64_t{multiply(static_cast<int32_t>(sum), multiplier)} + e.outputs[0].zero_point();
      *y++ = saturate<int8_t>(code);
    }
  }
}

Status evaluate(const Evaluation& e) {
  e.inputs[kInput].dtype() == DType::kInt8 ? evaluate_int8(e) : evaluate_float(e);
  return {};
}

int64_t macs(const NodeView& view) {
  return view.input(kInput).shape[0] * (view.input(kFeature).shape.elements() + view.input(kTime).shape.elements());
}

int version(const NodeView& view, int row_version) {
  return row_version == 2 && kAsymmetricInputs(view.node()) ? 4 : row_version;
}

// Nine bits, so that sums over the memory fit into 32.
constexpr OperandRule kTimeRule{.role = Role::kWeight, .axis = -1, .dtype = DType::kInt16, .magnitude_bits = 9};

const char* obstacle(const ir::Node& node) {
  return kFusedActivation(node) == FusedActivation::kRelu ? nullptr : "its integer kernel has the activation RELU only";
}

}  // namespace

const OpDef& op_svdf() {
  static const OpDef def = {
      .name = "SVDF",
      .code = 27,
      .options_record = "SVDFOptions",
      .summary = "s[b,f] moves by one and takes W x[b]; y[b,u] = act(bias[u] + sum T[f,m] s[b,f,m] over the rank)",
      .inputs = {{"input"},
                 {"feature_weights"},
                 {"time_weights"},
                 {"bias", OperandDef::kOptional},
                 {"activation_state", OperandDef::kRequired, true}},
      .outputs = {{"output"}},
      .options = {kRank.info(), kFusedActivation.info(), kAsymmetricInputs.info()},
      .types = {{"float32", {kF32, kF32, kF32, kF32, kF32}, {kF32}, 1},
                {"hybrid", {kF32, kI8, kI8, kF32, kF32}, {kF32}, 2},
                {"int8", {kI8, kI8, kI16, kI32, kI16}, {kI8}, 3}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .inputs = {kActivationRule, weight_rule(-1), kTimeRule,
                                  bias_rule({.data = kState, .weights = kTime}), state_rule(DType::kInt16)},
                       .outputs = {kActivationRule},
                       .obstacle = obstacle,
                       .hybrid_weight = kFeature,
                       .hybrid_together = true,
                       .hybrid_asymmetric_inputs = true},
      .macs = macs,
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
