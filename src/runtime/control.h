// Control flow and state: operators that run other graphs of the module or reach variables. A reference over bytes
// cannot do that, so each is a row here; the build finds runtime/control/<stem>.cpp with
//     const ControlOperator& control_<stem>();
// Outputs are tensors of their own, because their shapes may depend on what ran.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "ir/graph.h"
#include "runtime/binding.h"

namespace pestle::runtime {

// Variables that live as long as an executor, shared by all graphs of its module. Names are container and name of
// VAR_HANDLE together; a resource tensor holds an index.
class Variables {
 public:
  int32_t index_of(const std::string& name);
  // Null until it is assigned, and for an index that was never given out.
  const Tensor* find(int32_t index) const;
  Status assign(int32_t index, const ConstTensorView& value);

 private:
  std::map<std::string, int32_t> indices_;
  std::vector<std::optional<Tensor>> values_;
};

// What a control operator reaches while it runs.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  // Runs a graph of the module. Outputs stay valid until that graph is called again.
  virtual Result<std::vector<ConstTensorView>> call(int64_t graph, std::span<const ConstTensorView> inputs) = 0;
  virtual Variables& variables() = 0;
  // True the first time a graph is asked for.
  virtual bool is_first_call(int64_t graph) = 0;
};

// What it reaches while the plan is made.
class Callees {
 public:
  virtual ~Callees() = default;
  // Types of the outputs of a graph for the given types of its inputs; kUnknown where only a run tells.
  virtual Result<std::vector<ir::Type>> outputs_of(int64_t graph, const std::vector<ir::Type>& inputs) = 0;
};

struct ControlNode {
  const ir::Node& node;
  std::vector<ir::Type> inputs;
  std::vector<ir::Type> declared;  // types of the outputs as the file has them
};

struct ControlOperator {
  const char* op;
  Result<std::vector<ir::Type>> (*infer)(const ControlNode& node, Callees& callees);
  Result<std::vector<Tensor>> (*run)(const ir::Node& node, std::span<const ConstTensorView> inputs,
                                     Surroundings& surroundings);
};

// The row of a node, or null.
const ControlOperator* find_control(const ir::Node& node);

// A step of a static plan that runs the row and copies what it gives to the places of the outputs.
Step bind_control(const ControlOperator& control, const BindRequest& request);

// The types of `a`, with kUnknown extents where the shapes of `b` differ.
std::vector<ir::Type> common_types(const std::vector<ir::Type>& a, const std::vector<ir::Type>& b);
// Copies that live on.
std::vector<Tensor> copies_of(std::span<const ConstTensorView> views);

}  // namespace pestle::runtime
