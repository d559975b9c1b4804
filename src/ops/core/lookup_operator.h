// Elementwise functions whose quantized forms are tables: what LOGISTIC, TANH, ELU, GELU, EXP, LOG share.
#pragma once

#include "ops/core/lookup.h"
#include "ops/core/op_def.h"
#include "ops/core/unary.h"

namespace pestle::ops {

// int8, uint8: 256 entries of the float32 function. int16: 513 points (docs/semantics.md#tables).
Status evaluate_by_table(const Evaluation& e, const RealFunction& function);

// float32: the function of doubles, rounded once. Other types: the table of `table_entry`, the function in float32.
Status evaluate_function(const Evaluation& e, double (*function)(double), const RealFunction& table_entry);

}  // namespace pestle::ops
