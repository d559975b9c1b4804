// The graph's inputs: their types and shapes from the file and from what the caller says.
#pragma once

#include "formats/import_options.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {

// Adds a value for each named tensor and makes it a graph input. A free first axis is the batch: it becomes
// options.batch or 1 and stays -1 in the value's signature. Any other free axis that options.input_shapes do not give
// is an error that shows what to add.
Status add_inputs(ir::Graph& graph, const codec::OnnxGraph& source, const std::vector<std::string>& names,
                  const ImportOptions& options);

}  // namespace pestle::formats::onnx
