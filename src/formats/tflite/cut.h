// A .tflite graph cut at tensors, as --inputs and --outputs name them: by the tensor's name or by that of a source node
// (its first output; such files name a node as they do what it computes), with or without ":0". Nodes that the outputs
// do not need are dropped, and with them what the file says of its old interface: signatures, and metadata of the
// inputs and outputs.
#pragma once

#include "base/status.h"
#include "formats/import_options.h"
#include "ir/graph.h"

namespace pestle::formats::tflite {

// Leaves the module alone where the options name no cut points. Unknown names, cut points between which there is no
// way, and nodes that keep state are errors.
Status cut(ir::Module& module, const ImportOptions& options);

}  // namespace pestle::formats::tflite
