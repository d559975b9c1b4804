// How the values of a graph are stored while TRANSPOSEs move: a value is RESHAPE(T_permutation(stored)) of another,
// or itself. The table makes the TRANSPOSEs and RESHAPEs that readers need, once for all readers, and appends nodes to
// the graph that is being built.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "ir/graph.h"
#include "passes/layout/permutation.h"

namespace pestle::passes {

struct Form {
  ir::ValueId stored = ir::kNoValue;
  Permutation permutation;           // empty: in order
  std::optional<Shape> reshaped;     // a RESHAPE that could not be done in the stored order
  std::vector<std::string> sources;  // of the nodes that are put off

  bool is_plain() const { return permutation.empty() && !reshaped; }
};

class Forms {
 public:
  explicit Forms(ir::Graph& graph);

  ir::Graph& graph() { return graph_; }
  const Form& form(ir::ValueId id) const { return forms_[id]; }
  // Type of a value in the source's order of axes, whatever is stored.
  const ir::Type& type(ir::ValueId id) const { return types_[id]; }

  // Puts a TRANSPOSE or RESHAPE off: `output` gets this form.
  void put_off(ir::ValueId output, Form form) { forms_[output] = std::move(form); }
  // Says that the node to be appended next stores T_permutation^-1(output); returns the value that it computes.
  ir::ValueId store(ir::ValueId output, const Permutation& permutation, std::vector<std::string> sources);
  // A new value of the type of `id` but for the shape.
  ir::ValueId add_like(ir::ValueId id, const Shape& shape);
  // Changes the order of axes of a graph input.
  void relay_input(ir::ValueId input, const Permutation& permutation);

  // A value s with T_permutation(s) equal to `id`; nodes are appended where it does not exist yet.
  ir::ValueId read(ir::ValueId id, const Permutation& permutation);
  ir::ValueId read_plain(ir::ValueId id) { return read(id, {}); }
  // The stored value under another shape.
  ir::ValueId reshape(ir::ValueId id, const Shape& shape, const std::vector<std::string>& sources);
  // T_permutation of a constant of shape `shape` (same elements as the constant's own).
  ir::ValueId transpose_constant(ir::ValueId id, const Shape& shape, const Permutation& permutation);

  void append(ir::Node node);
  // Gives graph outputs their values and puts the new nodes into the graph.
  void finish();

 private:
  struct Request {
    ir::ValueId target;  // value to be computed, or kNoValue: a new one
    std::vector<std::string> sources;
  };
  ir::ValueId make_plain(ir::ValueId id);
  ir::ValueId make_transpose(ir::ValueId stored, const Permutation& permutation, const Request& request);
  ir::ValueId make_reshape(ir::ValueId stored, const Shape& shape, const Request& request);
  ir::ValueId target_value(const Request& request, ir::ValueId stored, ir::Type type);
  ir::ValueId add_ints(const std::vector<int64_t>& values, const std::string& name);
  void grow();
  void settle_output(ir::ValueId& output);

  using Key = std::tuple<ir::ValueId, Permutation, std::vector<int64_t>>;
  ir::Graph& graph_;
  std::vector<ir::Node> nodes_;
  std::vector<Form> forms_;
  std::vector<ir::Type> types_;
  std::vector<int> producer_;    // of appended nodes, -1: none
  std::vector<bool> is_output_;  // of the graph
  std::map<Key, ir::ValueId> made_;
};

}  // namespace pestle::passes
