// A graph while it is written: the main one, or one that a control-flow operator runs. What the latter reads of the
// graph around it is brought in: constants are copied, anything else becomes a further input.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "formats/core/emitter.h"

namespace pestle::formats::onnx {

class Frame {
 public:
  // Where there is an enclosing graph, it outlives this one.
  explicit Frame(std::string name, Frame* outer = nullptr);
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  ir::Graph& graph() { return graph_; }
  Emitter& emit() { return emit_; }
  Frame* outer() { return outer_; }

  ir::ValueId add_input(std::string name, ir::Type type);
  // What stands here for a value of `from`, which is this frame or the one around it.
  ir::ValueId bring(ir::ValueId value, Frame& from);

  // What of an input only its shape decides is a constant, but a model that gives such a constant computes it: a file
  // that computes nothing would be none of the model's.
  using Computation = std::function<Result<ir::ValueId>()>;
  void set_computation(ir::ValueId constant, Computation computation);
  // What stands for a value that the model gives.
  Result<ir::ValueId> result_of(ir::ValueId value);

  struct Capture {
    ir::ValueId outside, inside;
  };
  // In the order of their first use; they are no inputs of the graph yet.
  const std::vector<Capture>& captures() const { return captures_; }

 private:
  ir::Graph graph_;
  Emitter emit_;
  Frame* outer_;
  std::vector<Capture> captures_;
  std::unordered_map<ir::ValueId, ir::ValueId> brought_;
  std::unordered_map<ir::ValueId, Computation> computations_;
};

}  // namespace pestle::formats::onnx
