// Operators of one operand by their references, in two faster forms: a table of all codes of an 8-bit operand, exact
// by construction because the reference itself fills it; and the reference over slices, spread over threads.
#pragma once

#include "runtime/binding.h"

namespace pestle::runtime {

// For elementwise operators. Nothing unless the input has 8-bit codes with one scale at most and the output elements
// of 1, 2 or 4 bytes.
std::optional<Step> bind_table(const BindRequest& request);

// For operators that treat each run of `row` elements by itself (1: elementwise), input and output alike. Nothing if
// scales differ along an axis or elements are packed.
std::optional<Step> bind_slices(const BindRequest& request, int64_t row);

}  // namespace pestle::runtime
