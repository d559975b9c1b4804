// For tests: runs a graph by fast kernels, with 1, 2 and 3 threads, and by references, on the same inputs.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "base/random.h"
#include "runtime/executor.h"

namespace pestle::runtime::testing {

// Random contents: floats in [-4, 4), integers over the whole range of their type, bool 0 or 1.
inline Tensor random_tensor(Random& random, const ir::Type& type) {
  Tensor tensor(type.dtype, type.shape);
  std::span<std::byte> bytes = tensor.view().bytes;
  if (type.dtype == DType::kFloat32) {
    for (float& value : tensor.view().values<float>()) value = static_cast<float>(random.real(-4, 4));
    return tensor;
  }
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.bits() & (type.dtype == DType::kBool ? 1 : 255));
  return tensor;
}

// The graph's outputs after one run, or the error as one line of text.
struct Outcome {
  std::string error;
  std::vector<Tensor> outputs;
  std::vector<std::string> kernels;  // one a node
};

// 1 <= threads <= 3.
inline Outcome run_plan(std::shared_ptr<const Plan> plan, std::span<const Tensor> inputs, int threads) {
  Outcome outcome;
  // Kept, because starting threads takes longer than most of these graphs.
  static ThreadPool pools[] = {ThreadPool(1), ThreadPool(2), ThreadPool(3)};
  Executor executor(plan, pools[threads - 1]);
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (Status status = executor.set_input(static_cast<int>(i), inputs[i].view()); !status)
      return {describe(status.error()), {}, {}};
  }
  if (Status status = executor.run(); !status) return {describe(status.error()), {}, {}};
  for (size_t i = 0; i < plan->graph().outputs.size(); ++i)
    outcome.outputs.push_back(Tensor::copy_of(executor.output(static_cast<int>(i))));
  for (const Step& step : plan->steps()) outcome.kernels.emplace_back(step.kernel);
  return outcome;
}

inline Outcome run_module(const ir::Module& module, std::span<const Tensor> inputs, bool fast, int threads) {
  auto plan = Plan::make(module, {.fast_kernels = fast});
  if (!plan) return {describe(plan.error()), {}, {}};
  return run_plan(*plan, inputs, threads);
}

// Empty if both agree, else what differs first.
inline std::string difference(const Outcome& a, const Outcome& b) {
  if (a.error != b.error) return "error \"" + a.error + "\" against \"" + b.error + "\"";
  for (size_t i = 0; i < a.outputs.size(); ++i) {
    const auto x = a.outputs[i].view().bytes, y = b.outputs[i].view().bytes;
    if (x.size() != y.size()) return "output " + std::to_string(i) + " differs in size";
    for (size_t k = 0; k < x.size(); ++k) {
      if (x[k] != y[k])
        return "output " + std::to_string(i) + " differs from byte " + std::to_string(k) + " of " +
               std::to_string(x.size());
    }
  }
  return {};
}

// Fast against reference; empty if all thread counts give the bits of the reference.
inline std::string compare_both_ways(const ir::Module& module, std::span<const Tensor> inputs) {
  const Outcome expected = run_module(module, inputs, false, 1);
  for (int threads = 1; threads <= 3; ++threads) {
    const std::string text = difference(run_module(module, inputs, true, threads), expected);
    if (!text.empty()) return std::to_string(threads) + " threads: " + text;
  }
  return {};
}

// A module of one node: operands are inputs or constants.
struct NodeCase {
  ir::Node node;
  std::vector<ir::Type> inputs;
  std::vector<Tensor> constants;  // the last operands
  std::vector<ir::Type> constant_types;
  ir::Type output;

  ir::Module module() const {
    ir::Module result;
    ir::Graph& graph = result.graphs.emplace_back();
    ir::Node own = node;
    own.sources = {"test"};
    for (const ir::Type& type : inputs) {
      ir::Value value;
      value.type = type;
      graph.inputs.push_back(graph.add_value(std::move(value)));
      own.inputs.push_back(graph.inputs.back());
    }
    for (size_t i = 0; i < constants.size(); ++i) {
      own.inputs.push_back(graph.add_constant("constant", constants[i].view()));
      graph.values[own.inputs.back()].type.quantization = constant_types[i].quantization;
    }
    ir::Value value;
    value.type = output;
    graph.outputs.push_back(graph.add_value(std::move(value)));
    own.outputs = {graph.outputs[0]};
    graph.nodes.push_back(std::move(own));
    return result;
  }

  void add_constant(Tensor tensor, std::shared_ptr<const ir::Quantization> quantization = nullptr) {
    constant_types.push_back({tensor.dtype(), tensor.shape(), std::move(quantization)});
    constants.push_back(std::move(tensor));
  }
};

// Compares on random inputs. `kernel` receives the name of the fast kernel that ran.
inline std::string compare_case(const NodeCase& c, Random& random, std::string* kernel = nullptr) {
  const ir::Module module = c.module();
  std::vector<Tensor> inputs;
  for (const ir::Type& type : c.inputs) inputs.push_back(random_tensor(random, type));
  auto plan = Plan::make(module);
  if (!plan) return describe(plan.error());
  if (kernel != nullptr) *kernel = (*plan)->steps()[0].kernel;
  return compare_both_ways(module, inputs);
}

}  // namespace pestle::runtime::testing
