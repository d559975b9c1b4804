// Choosing between two operands element by element: SELECT, SELECT_V2.
#pragma once

#include <vector>

#include "ops/core/operands.h"

namespace pestle::ops {

enum SelectOperand { kSelectCondition, kSelectThen, kSelectElse };

// Steps of the three operands over the axes of the output, in elements.
struct SelectSteps {
  std::vector<int64_t> condition, then, otherwise;
};
void select_elements(const Evaluation& e, const SelectSteps& steps);

}  // namespace pestle::ops
