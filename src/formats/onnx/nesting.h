// What mappings of nodes that hold graphs ask of the importer.
#pragma once

#include "codec/onnx.h"
#include "formats/import_options.h"
#include "formats/onnx/frame.h"

namespace pestle::formats::onnx {

class Nesting {
 public:
  virtual ~Nesting() = default;

  // Maps the nodes of a graph that an attribute of the current node holds. They are written into the current node's own
  // frame, or into one opened in it; `inputs` are values there. Gives the graph's outputs. What cannot be taken of it
  // is reported node by node; the error then returned says no more than that.
  virtual Result<std::vector<ir::ValueId>> import_graph(const codec::OnnxGraph& source, Frame& into,
                                                        const std::vector<ir::ValueId>& inputs) = 0;
  // The graph becomes one of the module's: its index.
  virtual int64_t add_graph(ir::Graph graph) = 0;
  virtual const ImportOptions& options() const = 0;

  // An attempt that failed and gives way to another leaves neither reports nor graphs.
  struct Mark {
    size_t refusals = 0, graphs = 0;
    bool is_reported = false;
  };
  virtual Mark mark() const = 0;
  virtual void return_to(const Mark& mark) = 0;
};

}  // namespace pestle::formats::onnx
