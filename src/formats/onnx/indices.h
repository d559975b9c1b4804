// Indices as GATHER_ND and SCATTER_ND take them: int32 places [..., axes], none counted from the end.
#pragma once

#include "formats/core/formula.h"

namespace pestle::formats::onnx {

// Indices along one axis of `extent`, negative ones counted from the end.
ir::ValueId wrapped(Formula& f, ir::ValueId indices, int64_t extent);
// Of every element of `indices` (GatherElements): its own position, with the index in the place of `axis`.
ir::ValueId element_places(Formula& f, ir::ValueId indices, int axis, int64_t extent);
// Of tuples [..., k] into a tensor of that shape (GatherND), behind `batch` axes that both have in common.
ir::ValueId tuple_places(Formula& f, ir::ValueId tuples, const Shape& shape, int batch);

}  // namespace pestle::formats::onnx
