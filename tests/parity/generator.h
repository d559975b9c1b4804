// A generator: how to draw cases of an operator, or of a family of them. A file ops/<stem>.cpp defines
// `std::vector<Generator> generators_<stem>()`; the build finds it. Every operator of src/ops must have one.
#pragma once

#include <vector>

#include "parity/case.h"

namespace pestle::parity {

struct Generator {
  std::vector<const char*> operators;
  // Draws a case. An error means: rejected, draw again.
  Status (*draw)(Case& c) = nullptr;
  // Operands whose element types are gone through one by one where a row holds several.
  std::vector<int> each_input = {0};
  std::vector<int> each_output = {};
  // True if quantized rows rescale by fixed-point multipliers: a build with single rounding must show differences.
  bool rescales = false;
};

const Generator* find_generator(std::string_view op);

// The variants of an operator: its rows, times the types that the generator wants gone through.
std::vector<Variant> variants_of(const ops::OpDef& def, const Generator& generator);

}  // namespace pestle::parity
