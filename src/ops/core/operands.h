// What an operator sees of its surroundings: its node, the types of its operands and, where they are known, their
// contents. Inference asks with types (and constants), Evaluation with memory, NodeView with a whole graph.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "ir/graph.h"

namespace pestle::ops {

// A node of a graph, by the types of its operands.
class NodeView {
 public:
  NodeView(const ir::Graph& graph, const ir::Node& node) : graph_(graph), node_(node) {}
  const ir::Node& node() const { return node_; }
  int inputs() const { return static_cast<int>(node_.inputs.size()); }
  int outputs() const { return static_cast<int>(node_.outputs.size()); }
  bool has_input(int i) const { return i < inputs() && node_.inputs[i] != ir::kNoValue; }
  bool has_output(int i) const { return i < outputs() && node_.outputs[i] != ir::kNoValue; }
  const ir::Value& input_value(int i) const { return graph_.values[node_.inputs[i]]; }
  const ir::Type& input(int i) const { return input_value(i).type; }
  // The contents of a constant int32 or int64 operand; nothing if it is anything else.
  std::optional<std::vector<int64_t>> ints(int i) const;
  const ir::Type& output(int i) const { return graph_.values[node_.outputs[i]].type; }
  // Types of values inside the operator; empty ones where the file leaves them out.
  std::vector<ir::Type> intermediates() const;

 private:
  const ir::Graph& graph_;
  const ir::Node& node_;
};

// One operand of an Inference: null type = absent; empty bytes pointer = contents unknown.
struct KnownOperand {
  const ir::Type* type = nullptr;
  const std::byte* data = nullptr;
};

// Shape inference and checking in one walk: the operator reads its inputs and sets its outputs.
class Inference {
 public:
  // `declared` are the output types that stand in the graph already (a file's), or empty types for new nodes.
  Inference(const ir::Node& node, std::vector<KnownOperand> inputs, std::vector<ir::Type> declared)
      : node_(node), inputs_(std::move(inputs)), outputs_(std::move(declared)) {}

  const ir::Node& node() const { return node_; }
  int inputs() const { return static_cast<int>(inputs_.size()); }
  int outputs() const { return static_cast<int>(outputs_.size()); }
  bool has(int i) const { return i >= 0 && i < inputs() && inputs_[i].type != nullptr; }
  const ir::Type& type(int i) const { return *inputs_[i].type; }
  const Shape& shape(int i) const { return inputs_[i].type->shape; }
  DType dtype(int i) const { return inputs_[i].type->dtype; }

  // An operand without elements is always known: an empty constant has no bytes to point at.
  bool is_known(int i) const {
    return has(i) && (inputs_[i].data != nullptr || checked_elements(inputs_[i].type->shape) == int64_t{0});
  }
  // The contents of an integer operand, or nothing if they are not known yet.
  std::optional<std::vector<int64_t>> ints(int i) const;
  // The contents of any real operand as floats, or nothing.
  std::optional<std::vector<float>> floats(int i) const;

  // The types of values inside the operator, where the graph describes them.
  int intermediates() const { return static_cast<int>(intermediates_.size()); }
  const ir::Type& intermediate(int i) const { return intermediates_[i]; }
  void set_intermediates(std::vector<ir::Type> types) { intermediates_ = std::move(types); }

  // The type that the graph declares for an output: QUANTIZE, CAST and the like take their dtype from it.
  const ir::Type& declared(int i) const { return outputs_[i]; }
  void set(int i, DType dtype, Shape shape) {
    outputs_[i].dtype = dtype;
    outputs_[i].shape = std::move(shape);
  }
  std::vector<ir::Type> take_outputs() { return std::move(outputs_); }

 private:
  std::optional<ConstTensorView> contents(int i) const;

  const ir::Node& node_;
  std::vector<KnownOperand> inputs_;
  std::vector<ir::Type> outputs_;
  std::vector<ir::Type> intermediates_;
};

// An operand with memory. Shapes are static here. type == nullptr: absent.
struct InputOperand {
  const ir::Type* type = nullptr;
  const std::byte* data = nullptr;

  bool present() const { return type != nullptr; }
  const Shape& shape() const { return type->shape; }
  int64_t elements() const { return type->shape.elements(); }
  DType dtype() const { return type->dtype; }
  float scale() const { return type->scale(); }
  int32_t zero_point() const { return type->zero_point(); }
  template <typename T>
  const T* as() const {
    assert(type->dtype == dtype_of<T>());
    return reinterpret_cast<const T*>(data);
  }
  // Memory that lasts from run to run: an evaluation reads it and leaves there what the next one is to find. Only for
  // operands that the operator marks as state; check_quantization() makes sure that these are variables.
  template <typename T>
  T* state() const {
    return const_cast<T*>(as<T>());
  }
  ConstTensorView view() const { return {type->dtype, type->shape, {data, storage_bytes(type->dtype, elements())}}; }
};

struct OutputOperand {
  const ir::Type* type = nullptr;
  std::byte* data = nullptr;

  const Shape& shape() const { return type->shape; }
  int64_t elements() const { return type->shape.elements(); }
  DType dtype() const { return type->dtype; }
  float scale() const { return type->scale(); }
  int32_t zero_point() const { return type->zero_point(); }
  template <typename T>
  T* as() const {
    assert(type->dtype == dtype_of<T>());
    return reinterpret_cast<T*>(data);
  }
  TensorView view() const { return {type->dtype, type->shape, {data, storage_bytes(type->dtype, elements())}}; }
};

// Is shown what an operator computes in float32 besides its outputs: state after every step of a sequence, and values
// that its integer kernel stores by parameters of their own. Calibration takes ranges from it.
class InnerObserver {
 public:
  virtual ~InnerObserver() = default;
  virtual void see_state(int input, std::span<const float> values) = 0;
  virtual void see_intermediate(size_t i, std::span<const float> values) = 0;
};

// One run of an operator's reference semantics. The types were checked by the operator's infer() before.
struct Evaluation {
  const ir::Node& node;
  std::span<const InputOperand> inputs;
  std::span<const OutputOperand> outputs;
  // Types of values inside the operator that a file describes (gates of an LSTM): they have no memory.
  std::span<const ir::Type> intermediates = {};
  InnerObserver* inner = nullptr;

  bool has(int i) const { return i >= 0 && i < static_cast<int>(inputs.size()) && inputs[i].present(); }
};

}  // namespace pestle::ops
