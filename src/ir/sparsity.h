// Sparse constants in full. A .tflite file may leave out the zeros of a constant: a tree of levels, one for every axis
// and for every axis of a block, says where the stored elements lie (ir::Sparsity).
#pragma once

#include "base/status.h"
#include "ir/graph.h"

namespace pestle::ir {

// The bytes of a sparse constant in the order of its shape, zeros included. Every index is checked. The element type
// must have whole bytes.
Result<Bytes> densify(const Value& value);

}  // namespace pestle::ir
