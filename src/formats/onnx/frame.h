// A graph while it is written: the main one, or one that a control-flow operator runs. What the latter reads of the
// graph around it is brought in: constants are copied, anything else becomes a further input.
#pragma once

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
};

}  // namespace pestle::formats::onnx
