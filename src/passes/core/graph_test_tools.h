// Graphs for tests of passes: small ones are built node by node, run with the operators' references before and after a
// pass, and compared.
#pragma once

#include <string>
#include <vector>

#include "base/random.h"
#include "base/tensor.h"
#include "ops/core/builder.h"
#include "passes/pass.h"

namespace pestle::passes {

// A module of one graph. Inputs are float32 unless said otherwise; constants are random.
class TestGraph {
 public:
  TestGraph();

  ir::ValueId input(const std::string& name, const Shape& shape);
  ir::ValueId constant(const Shape& shape, double low = -1, double high = 1);
  ir::ValueId filled(const Shape& shape, float value);
  ir::ValueId ints(const std::vector<int32_t>& values);
  ir::ValueId int_matrix(const Shape& shape, const std::vector<int32_t>& values);
  // Appends a node whose one output is named after its operator; its source is "<op>_<n>". Fails the test on error.
  ir::ValueId add(const char* op, std::vector<ir::ValueId> inputs, std::vector<Property> options = {});
  ir::ValueId transpose(ir::ValueId x, const std::vector<int32_t>& permutation);
  // Names the value and makes it an output of the graph.
  void output(ir::ValueId value, const std::string& name);

  ir::Module module;
  ir::Graph& graph() { return module.graphs[0]; }

 private:
  Random random_{11};
  int count_ = 0;
};

// Names of the operators in order: "CONV_2D RELU".
std::string op_list(const ir::Module& module);
int count_ops(const ir::Module& module, const std::string& op);

// Runs the main graph on the given inputs with the references.
std::vector<Tensor> run_graph(const ir::Module& module, const std::vector<Tensor>& inputs);

// Runs `pass` on a copy of the module and returns it. Checks that the result verifies, that operators agree with their
// types, that names of inputs and outputs are kept and that random inputs give the same outputs up to `tolerance`
// (relative to the largest value). Inputs that the pass re-laid are permuted for it.
struct Checked {
  ir::Module module;
  PassReport report;
};
Checked run_and_compare(const ir::Module& before, Status (*pass)(ir::Module&, PassContext&), double tolerance = 1e-5);
Checked run_pipeline_and_compare(const ir::Module& before, const PassOptions& options = {}, double tolerance = 1e-5);

}  // namespace pestle::passes
