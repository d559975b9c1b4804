// ONNX -> Module: a float graph in the source's layout (channels first), operators that TFLite has only channels last
// wrapped in TRANSPOSEs. Shape arithmetic is folded away. Inputs and outputs keep their names and order; the signature
// is "serving_default". All nodes that cannot be taken are reported in one error.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "formats/import_options.h"
#include "formats/outline.h"
#include "ir/graph.h"

namespace pestle::formats::onnx {

// `folder` is where external data is looked for.
Result<ir::Module> read(const Bytes& file, const std::string& folder, const ImportOptions& options = {});

// Names of all operators that are taken over, in order; those of other domains as "domain.Name".
std::vector<std::string> known_operators();

// What the file says of itself, however little of it can be taken over.
Result<Outline> outline(const Bytes& file);

}  // namespace pestle::formats::onnx
