// How a node becomes a step of a plan. A binding looks at a node and its types and, if it has a fast kernel for them,
// returns a step with everything prepared (packed weights, tables). What no binding takes runs by its operator's
// reference.
//
// To bind an operator, add runtime/bind/<stem>.cpp with `const Binding& binding_<stem>()`; the build finds it.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/parallel.h"
#include "base/status.h"
#include "ops/core/op_def.h"

namespace pestle::runtime {

class Surroundings;  // runtime/control.h

// Where a step finds its operands. Pointers of absent operands are null. Shapes were fixed when the step was bound.
struct StepContext {
  std::span<const std::byte* const> inputs;
  std::span<std::byte* const> outputs;
  std::byte* scratch;  // step.scratch_bytes, 64-byte aligned, contents undefined
  ThreadPool& pool;
  Surroundings* surroundings = nullptr;  // of control operators
  ops::InnerObserver* inner = nullptr;   // for operators that keep state

  template <typename T>
  const T* in(int i) const {
    return reinterpret_cast<const T*>(inputs[i]);
  }
  template <typename T>
  T* out(int i) const {
    return reinterpret_cast<T*>(outputs[i]);
  }
};

struct Step {
  const char* kernel = "reference";  // for the profile
  std::function<Status(const StepContext&)> run;
  size_t scratch_bytes = 0;
};

// A node to bind: static types, and the contents of constants.
class BindRequest {
 public:
  BindRequest(const ir::Graph& graph, const ir::Node& node) : graph_(graph), node_(node) {}
  const ir::Node& node() const { return node_; }
  ops::NodeView view() const { return {graph_, node_}; }
  const ir::Type& input(int i) const { return graph_.values[node_.inputs[i]].type; }
  const ir::Type& output(int i) const { return graph_.values[node_.outputs[i]].type; }
  bool has(int i) const { return i < static_cast<int>(node_.inputs.size()) && node_.inputs[i] != ir::kNoValue; }
  bool is_constant(int i) const { return has(i) && graph_.values[node_.inputs[i]].is_constant(); }
  template <typename T>
  const T* constant(int i) const {
    return has(i) ? reinterpret_cast<const T*>(graph_.values[node_.inputs[i]].data->data()) : nullptr;
  }

 private:
  const ir::Graph& graph_;
  const ir::Node& node_;
};

struct Binding {
  std::vector<const char*> operators;  // by name
  std::optional<Step> (*bind)(const BindRequest&);
  bool (*takes)(const ops::OpDef&) = nullptr;  // by what they are: operators that no binding names
};

// The binding of an operator, or null.
const Binding* find_binding(const ops::OpDef& def);

// The step of a node: by its binding where that takes it and fast kernels are wanted, else by its reference.
Step bind_step(const BindRequest& request, bool fast_kernels);
// A step that runs the operator's reference.
Step bind_reference(const ops::OpDef& def, const BindRequest& request);

// Memory for packed weights: 64-byte aligned, shared by the copies of a step.
class PackedMemory {
 public:
  explicit PackedMemory(size_t bytes);
  std::byte* data() const { return data_.get(); }

 private:
  std::shared_ptr<std::byte> data_;
};

}  // namespace pestle::runtime
