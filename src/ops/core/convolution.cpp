#include "ops/core/convolution.h"

namespace pestle::ops {

Status check_bias(const Inference& in, int bias, int64_t channels) {
  if (!in.has(bias) || in.shape(bias) == Shape{channels}) return {};
  return fail(ErrorCode::kInvalidModel,
              "bias has shape " + to_string(in.shape(bias)) + ", expected " + std::to_string(channels));
}

}  // namespace pestle::ops
