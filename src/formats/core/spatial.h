// Sliding windows with explicit padding, as source frameworks have them, in terms of TFLite's SAME and VALID.
#pragma once

#include "formats/core/emitter.h"

namespace pestle::formats {

// One spatial axis of a convolution or pool.
struct WindowAxis {
  int64_t in = 0, kernel = 1, stride = 1, dilation = 1;
  int64_t begin = 0, end = 0;  // cells of padding
  bool ceil = false;           // the number of positions is rounded up, as long as the last one starts inside

  int64_t reach() const { return (kernel - 1) * dilation + 1; }
};

// What an axis comes to: `out` positions, and the padding that some position looks at. `end` may exceed the source's
// where positions were rounded up, and is less where its last cells are never looked at.
struct PaddedAxis {
  int64_t out = 0, begin = 0, end = 0;
  bool is_valid = false;  // no padding is looked at
  bool is_same = false;   // TFLite's SAME gives the same positions and padding
};
// Fails where parameters are not positive, padding is negative or no position fits.
Result<PaddedAxis> resolve_window(const WindowAxis& axis);

// The padding attribute for a window over (rows, columns): "VALID", "SAME", or "" where the input must be padded.
const char* padding_name(const PaddedAxis& rows, const PaddedAxis& columns);

// Pads the spatial axes of a channels-last value with zeros, or with the lowest float for a maximum.
Result<ir::ValueId> pad_spatial(Emitter& emit, ir::ValueId value, const PaddedAxis& rows, const PaddedAxis& columns);
Result<ir::ValueId> pad_spatial_lowest(Emitter& emit, ir::ValueId value, const PaddedAxis& rows,
                                       const PaddedAxis& columns);

// True if no element can be negative, as far as the operators before it tell (RELU, a maximum of such values, ...).
bool is_nonnegative(const ir::Graph& graph, ir::ValueId value);

}  // namespace pestle::formats
