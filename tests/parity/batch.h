// A batch: cases of one operator with our outputs, as one file that the judge reads.
//
//   record = one line of JSON, then bytes without separators: the .tflite file ("model" bytes), the contents of each
//   network input ("inputs"), the reference's outputs ("outputs"), and once more the outputs of the runtime with fast
//   kernels where they differ ("fast": true).
// A record whose "rejected" is not empty has no bytes: the operator's checks refused every draw.
#pragma once

#include <cstdio>
#include <string>

#include "base/parallel.h"
#include "parity/generator.h"

namespace pestle::parity {

struct BatchOptions {
  std::string only;   // label of the only variant; empty: all
  int64_t first = 0;  // index of the first case of each variant
  int64_t cases = 200;
  uint64_t seed = 1;
};

// Writes the cases of one operator. An error is one of the harness or of writing; what an operator does wrong stands
// in the records.
Status write_batch(const ops::OpDef& def, const Generator& generator, const BatchOptions& options, std::FILE* file);

}  // namespace pestle::parity
