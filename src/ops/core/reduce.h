// Reductions over axes: inference, layout rule and loop of MEAN, SUM, REDUCE_MAX and their kin. Operand 0 is the
// input, operand 1 the axes (int32, counted from the end if negative, repeats allowed, none: y = x elementwise).
#pragma once

#include <vector>

#include "ops/core/op_def.h"

namespace pestle::ops {

inline constexpr BoolOption kKeepDims{"keep_dims", false};

// Which axes of a tensor of `rank` axes are reduced; nothing if one is out of range.
std::optional<std::vector<bool>> reduced_axes(const std::vector<int64_t>& axes, int rank);

Status infer_reduction(Inference& in);
// What they have in common. The caller adds summary, type rows, reference and how they may be quantized.
OpDef reduction_operator(const char* name, int code);
QuantRule reduction_quantization(OperandRule data);  // of input and output

// Where each element of the input goes: steps over the output for each axis of the input, 0 where it is reduced.
struct Reduction {
  Shape input;
  std::vector<int64_t> steps;
  int64_t outputs = 1;
  int64_t per_output = 1;  // elements reduced into each
};
// Fails if an axis is out of range.
Result<Reduction> reduction_of(const Evaluation& e);

// Accumulators of all outputs: `start`, then fold(accumulator, x) over the inputs in the order of memory.
template <typename T, typename Acc, typename Fold>
std::vector<Acc> reduce(const Reduction& r, const T* x, Acc start, Fold fold) {
  std::vector<Acc> accumulators(static_cast<size_t>(r.outputs), start);
  std::vector<int64_t> position(r.steps.size(), 0);
  const int last = r.input.rank() - 1;
  const int64_t inner = last >= 0 ? r.input[last] : 1;
  const int64_t step = last >= 0 ? r.steps[last] : 0;
  const int64_t total = r.input.elements();
  int64_t at = 0;
  for (int64_t i = 0; i < total; i += inner) {
    if (step == 1) {  // a loop of its own, which compilers vectorise
      for (int64_t k = 0; k < inner; ++k) accumulators[at + k] = fold(accumulators[at + k], x[i + k]);
    } else {
      for (int64_t k = 0; k < inner; ++k) accumulators[at + k * step] = fold(accumulators[at + k * step], x[i + k]);
    }
    for (int axis = last - 1; axis >= 0; --axis) {
      at += r.steps[axis];
      if (++position[axis] < r.input[axis]) break;
      at -= r.steps[axis] * r.input[axis];
      position[axis] = 0;
    }
  }
  return accumulators;
}

}  // namespace pestle::ops
