// Compositions that exporters write out node by node, given back the name of the operator that they are, so that one
// mapping has both: x * 0.5 * (1 + erf(x / sqrt 2)) is Gelu.
#pragma once

#include <deque>
#include <vector>

#include "codec/onnx.h"

namespace pestle::formats::onnx {

// Replaces the last node of each composition in `nodes`; the others stay, and fall away where nobody else reads them.
// `made` holds the new nodes and must outlive the list.
void name_idioms(const codec::OnnxGraph& graph, std::vector<const codec::OnnxNode*>& nodes,
                 std::deque<codec::OnnxNode>& made);

}  // namespace pestle::formats::onnx
