#include "quant/refine/bias.h"

#include <algorithm>

#include "ops/core/fused_activation.h"
#include "ops/core/registry.h"
#include "quant/apply.h"
#include "runtime/executor.h"

namespace pestle::quant {
namespace {

ops::LinearOperands operands_of(const ir::Node& node) { return *ops::linear_operands(*ops::find(node)); }

// A layer alone, without bias and activation, as a module of its own: mean outputs are one run of it.
class LinearPart {
 public:
  static Result<LinearPart> make(const ir::Graph& graph, const ir::Node& source, const ir::Type& weights_type,
                                 Bytes weights) {
    ir::Module module;
    ir::Graph alone;
    alone.name = "linear part";
    const ops::LinearOperands operands = operands_of(source);
    ir::Value input = graph.values[source.inputs[operands.input]];
    input.type = {DType::kFloat32, input.type.shape, nullptr};
    input.data = nullptr;
    const ir::ValueId x = alone.add_value(std::move(input));
    ir::Value w;
    w.type = {DType::kFloat32, weights_type.shape, nullptr};
    w.data = std::make_shared<const Bytes>(std::move(weights));
    const ir::ValueId filter = alone.add_value(std::move(w));
    const std::vector<float> zeros(
        static_cast<size_t>(graph.values[source.inputs[operands.bias]].type.shape.elements()), 0.0f);
    const Shape channels{static_cast<int64_t>(zeros.size())};
    const ir::ValueId bias = alone.add_constant("", {DType::kFloat32, channels, std::as_bytes(std::span(zeros))});
    ir::Value y;
    y.type = {DType::kFloat32, graph.values[source.outputs[0]].type.shape, nullptr};
    const ir::ValueId out = alone.add_value(std::move(y));
    ir::Node node = source;
    ops::kFusedActivation.set(node, ops::FusedActivation::kNone);
    for (int i = 0; i < static_cast<int>(node.inputs.size()); ++i) {
      if (i == operands.input || i == operands.weights || i == operands.bias) continue;
      node.inputs[i] = alone.add_constant("", graph.constant(source.inputs[i]));  // shapes and the like
    }
    node.inputs[operands.input] = x;
    node.inputs[operands.weights] = filter;
    node.inputs[operands.bias] = bias;
    node.outputs = {out};
    alone.inputs = {x};
    alone.outputs = {out};
    alone.nodes.push_back(std::move(node));
    module.graphs.push_back(std::move(alone));
    LinearPart part;
    PESTLE_ASSIGN(part.plan_, runtime::Plan::make(module));
    return part;
  }

  // Mean output of each channel (the last axis) over all positions, for the given mean input.
  Result<std::vector<double>> mean_output(const std::vector<float>& mean_input, ThreadPool& pool) const {
    runtime::Executor executor(plan_, pool);
    const Shape& shape = plan_->graph().values[plan_->graph().inputs[0]].type.shape;
    PESTLE_TRY(executor.set_input(0, {DType::kFloat32, shape, std::as_bytes(std::span(mean_input))}));
    PESTLE_TRY(executor.run());
    const ConstTensorView out = executor.output(0);
    const auto channels = static_cast<size_t>(out.shape.back(0));
    std::vector<double> sums(channels, 0.0);
    const auto values = out.values<float>();
    for (size_t i = 0; i < values.size(); ++i) sums[i % channels] += static_cast<double>(values[i]);
    for (double& sum : sums) sum /= static_cast<double>(values.size() / channels);
    return sums;
  }

 private:
  std::shared_ptr<const runtime::Plan> plan_;
};

// What weights are once they were stored: integers times their scales.
std::vector<float> rounded_weights(const ConstTensorView& weights, const Storage& storage) {
  const std::vector<std::byte> codes = store(weights, storage);
  std::vector<float> values = to_floats({storage.dtype, weights.shape, codes});
  const auto channels = static_cast<int64_t>(storage.scale.size());
  int64_t inner = 1;
  for (int axis = storage.axis + 1; channels > 1 && axis < weights.shape.rank(); ++axis) inner *= weights.shape[axis];
  for (size_t i = 0; i < values.size(); ++i) {
    const auto channel = static_cast<size_t>(static_cast<int64_t>(i) / inner % channels);
    values[i] = storage.scale[channel] * (values[i] - static_cast<float>(storage.zero_point[channel]));
  }
  return values;
}

// Weights that rounding has moved, whatever the node computes with.
bool has_rounded_weights(const NodePlan& plan, const ops::LinearOperands& operands) {
  const auto weights = plan.operands.find(operands.weights);
  return weights != plan.operands.end() && weights->second.is_quantized();
}

// Runs the quantized model on all samples side by side, one node at a time, correcting biases on the way.
class Corrector {
 public:
  Corrector(const BiasInputs& inputs, Applied applied, ThreadPool& pool)
      : inputs_(inputs), applied_(std::move(applied)), pool_(pool), alone_(1) {}

  Result<BiasCorrection> run(const SampleSet& set, ProgressSink& progress) {
    PESTLE_ASSIGN(plan_, runtime::Plan::make(applied_.module));
    PESTLE_TRY(load(set));
    correction_.nodes = inputs_.nodes;
    std::vector<int> corrected_at(plan_->graph().nodes.size(), -1);
    for (size_t i = 0; i < inputs_.nodes.size(); ++i)
      corrected_at[applied_.node_of[0][inputs_.nodes[i]]] = static_cast<int>(i);
    const size_t steps = plan_->graph().nodes.size();
    for (size_t n = 0; n < steps; ++n) {
      if (progress.cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
      if (corrected_at[n] >= 0) PESTLE_TRY(correct(static_cast<size_t>(corrected_at[n]), n));
      std::vector<Status> statuses(executors_.size());
      pool_.parallel_for(static_cast<int64_t>(executors_.size()),
                         [&](int64_t s) { statuses[s] = executors_[s]->run_step(n); });
      for (Status& status : statuses) PESTLE_TRY(std::move(status));
      progress.update("correcting biases", static_cast<int64_t>(n + 1), static_cast<int64_t>(steps));
    }
    return std::move(correction_);
  }

 private:
  Status load(const SampleSet& set) {
    const ir::Graph& source = inputs_.module.graphs[0];
    return set.for_each(spread(set.size(), inputs_.samples), [&](size_t, std::span<const Tensor> tensors) -> Status {
      executors_.push_back(std::make_unique<runtime::Executor>(plan_, alone_));
      for (size_t i = 0; i < tensors.size(); ++i) {
        // The integer model's inputs may be integers; samples are in the float model's type.
        const Storage& storage = inputs_.plan.graphs[0].inputs[i];
        const Shape& shape = source.values[source.inputs[i]].type.shape;
        if (!storage.is_quantized()) {
          PESTLE_TRY(executors_.back()->set_input(static_cast<int>(i), tensors[i].view()));
        } else {
          const std::vector<std::byte> codes = store(tensors[i].view(), storage);
          PESTLE_TRY(executors_.back()->set_input(static_cast<int>(i), {storage.dtype, shape, codes}));
        }
      }
      return {};
    });
  }

  // Elementwise mean over the samples of the node's input in real numbers, summed in the order of samples.
  std::vector<float> mean_input(size_t n) const {
    const ir::ValueId id = plan_->graph().nodes[n].inputs[operands_of(plan_->graph().nodes[n]).input];
    const ir::Type& type = plan_->graph().values[id].type;
    return type.is_quantized() ? mean_of_codes(id, type) : mean_of_floats(id, type);
  }

  std::vector<float> mean_of_floats(ir::ValueId id, const ir::Type& type) const {
    std::vector<float> mean(static_cast<size_t>(type.shape.elements()));
    pool_.parallel_ranges(static_cast<int64_t>(mean.size()), 1024, [&](int64_t begin, int64_t end) {
      std::vector<double> sums(static_cast<size_t>(end - begin), 0.0);
      for (const auto& executor : executors_) {
        const auto values = executor->value(id).values<float>();
        for (int64_t i = begin; i < end; ++i) sums[i - begin] += static_cast<double>(values[i]);
      }
      for (int64_t i = begin; i < end; ++i)
        mean[i] = static_cast<float>(sums[i - begin] / static_cast<double>(executors_.size()));
    });
    return mean;
  }

  std::vector<float> mean_of_codes(ir::ValueId id, const ir::Type& type) const {
    const auto elements = static_cast<size_t>(type.shape.elements());
    std::vector<float> mean(elements);
    const double factor = static_cast<double>(type.scale()) / static_cast<double>(executors_.size());
    pool_.parallel_ranges(static_cast<int64_t>(elements), 1024, [&](int64_t begin, int64_t end) {
      std::vector<int64_t> sums(static_cast<size_t>(end - begin), 0);
      for (const auto& executor : executors_) {
        const ConstTensorView view = executor->value(id);
        for (int64_t i = begin; i < end; ++i) {
          sums[i - begin] += view.dtype == DType::kInt16 ? view.data<int16_t>()[i] : view.data<int8_t>()[i];
        }
      }
      const int64_t zero = int64_t{type.zero_point()} * static_cast<int64_t>(executors_.size());
      for (int64_t i = begin; i < end; ++i)
        mean[i] = static_cast<float>(static_cast<double>(sums[i - begin] - zero) * factor);
    });
    return mean;
  }

  Status correct(size_t index, size_t n) {
    const ir::Graph& source = inputs_.module.graphs[0];
    const ir::Node& node = source.nodes[inputs_.nodes[index]];
    const ir::Node& twin = plan_->graph().nodes[n];
    const int w = operands_of(node).weights;
    const ir::Value& weights = source.values[node.inputs[w]];
    PESTLE_ASSIGN(const LinearPart exact, LinearPart::make(source, node, weights.type, *weights.data));
    const Storage& storage = inputs_.plan.graphs[0].nodes[inputs_.nodes[index]].operands.at(w);
    const std::vector<float> rounded = rounded_weights(source.constant(node.inputs[w]), storage);
    PESTLE_ASSIGN(const LinearPart quantized,
                  LinearPart::make(source, node, weights.type, Bytes::copy_of(std::as_bytes(std::span(rounded)))));
    PESTLE_ASSIGN(const auto wanted, exact.mean_output(inputs_.averages[index], pool_));
    PESTLE_ASSIGN(const auto found, quantized.mean_output(mean_input(n), pool_));
    std::vector<float> delta(wanted.size());
    for (size_t c = 0; c < delta.size(); ++c) delta[c] = static_cast<float>(wanted[c] - found[c]);
    PESTLE_TRY(set_bias(node, twin, delta));
    correction_.deltas.push_back(std::move(delta));
    return {};
  }

  Status set_bias(const ir::Node& node, const ir::Node& twin, const std::vector<float>& delta) {
    const int b = operands_of(node).bias;
    const ConstTensorView old = inputs_.module.graphs[0].constant(node.inputs[b]);
    std::vector<float> bias(old.values<float>().begin(), old.values<float>().end());
    for (size_t c = 0; c < bias.size(); ++c) bias[c] += delta[c];
    const ir::Type& type = plan_->graph().values[twin.inputs[b]].type;
    if (!type.is_quantized())
      return plan_->set_constant(twin.inputs[b], Bytes::copy_of(std::as_bytes(std::span(bias))));
    const Storage storage{type.dtype, type.quantization->scale, type.quantization->zero_point, 0};
    const ConstTensorView view{DType::kFloat32, old.shape, std::as_bytes(std::span(bias))};
    return plan_->set_constant(twin.inputs[b], Bytes::own(store(view, storage)));
  }

  const BiasInputs& inputs_;
  Applied applied_;
  ThreadPool& pool_;
  ThreadPool alone_;
  std::shared_ptr<runtime::Plan> plan_;
  std::vector<std::unique_ptr<runtime::Executor>> executors_;
  BiasCorrection correction_;
};

}  // namespace

namespace {

// Operands beside input, weights and bias (the shape that TRANSPOSE_CONV is told) are known beforehand.
bool has_constant_sides(const ir::Graph& graph, const ir::Node& node, const ops::LinearOperands& operands) {
  for (int i = 0; i < static_cast<int>(node.inputs.size()); ++i) {
    const ir::ValueId id = node.inputs[i];
    if (i == operands.input || id == ir::kNoValue) continue;
    if (!graph.values[id].is_constant()) return false;
  }
  return true;
}

}  // namespace

std::vector<size_t> correctable_nodes(const ir::Module& module, const QuantPlan& plan) {
  std::vector<size_t> nodes;
  const ir::Graph& graph = module.graphs[0];
  const auto is_dynamic = runtime::Plan::has_run_time_shapes(module);
  if (!is_dynamic || *is_dynamic) return nodes;  // means over positions need their number
  const std::vector<int> uses = ir::count_uses(graph);
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const ir::Node& node = graph.nodes[n];
    const ops::OpDef* def = ops::find(node);
    const auto operands = def == nullptr ? std::nullopt : ops::linear_operands(*def);
    if (!operands || !has_rounded_weights(plan.graphs[0].nodes[n], *operands)) continue;
    if (operands->bias >= static_cast<int>(node.inputs.size())) continue;
    const ir::ValueId bias = node.inputs[operands->bias];
    if (bias == ir::kNoValue || !graph.values[bias].is_constant() || uses[bias] != 1) continue;
    if (graph.values[node.inputs[operands->input]].is_constant()) continue;
    if (!has_constant_sides(graph, node, *operands)) continue;
    nodes.push_back(n);
  }
  return nodes;
}

Result<size_t> affordable_samples(const ir::Module& module, const QuantPlan& plan, size_t limit) {
  PESTLE_ASSIGN(const Applied applied, apply(module, plan));
  PESTLE_ASSIGN(const auto runnable, runtime::Plan::make(applied.module));
  return std::max<size_t>(1, limit / std::max<size_t>(1, runnable->arena_bytes()));
}

Result<BiasCorrection> correct_biases(const BiasInputs& inputs, const SampleSet& set, ThreadPool& pool,
                                      ProgressSink& progress) {
  PESTLE_ASSIGN(Applied applied, apply(inputs.module, inputs.plan));
  return Corrector(inputs, std::move(applied), pool).run(set, progress);
}

ir::Module with_biases(const ir::Module& module, const BiasCorrection& correction) {
  ir::Module corrected = module;
  for (size_t i = 0; i < correction.nodes.size(); ++i) {
    ir::Graph& graph = corrected.graphs[0];
    const ir::Node& node = graph.nodes[correction.nodes[i]];
    const ir::ValueId id = node.inputs[operands_of(node).bias];
    const ConstTensorView old = graph.constant(id);
    std::vector<float> bias(old.values<float>().begin(), old.values<float>().end());
    for (size_t c = 0; c < bias.size(); ++c) bias[c] += correction.deltas[i][c];
    graph.values[id].data = std::make_shared<const Bytes>(Bytes::copy_of(std::as_bytes(std::span(bias))));
  }
  return corrected;
}

}  // namespace pestle::quant
