// REVERSE_SEQUENCE
//   y = x with the first lengths[b] places of axis seq_dim in the reverse order, b the place along axis batch_dim.
#include <cstring>

#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

constexpr IntOption kSeqDim{"seq_dim", 0};
constexpr IntOption kBatchDim{"batch_dim", 0};

enum Operand { kInput, kLengths };

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  const int64_t sequence = kSeqDim(in.node()), batch = kBatchDim(in.node());
  if (sequence < 0 || sequence >= x.rank() || batch < 0 || batch >= x.rank() || sequence == batch) {
    return fail(ErrorCode::kInvalidModel, "seq_dim and batch_dim must be two axes of the input");
  }
  const Shape& lengths = in.shape(kLengths);
  const int64_t batches = x[static_cast<int>(batch)];
  if (lengths.rank() != 1 || (lengths[0] != kUnknown && batches != kUnknown && lengths[0] != batches))
    return fail(ErrorCode::kInvalidModel, "there must be one length a batch");
  in.set(0, in.dtype(kInput), x);
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const int sequence = static_cast<int>(kSeqDim(e.node)), batch = static_cast<int>(kBatchDim(e.node));
  const std::vector<int64_t> lengths = to_int64s(e.inputs[kLengths].view());
  for (int64_t length : lengths) {
    if (length < 0 || length > x[sequence])
      return fail(ErrorCode::kInvalidArgument, "the length " + std::to_string(length) + " is outside the axis");
  }
  const std::vector<int64_t> steps = row_major_strides(x);
  const size_t size = storage_bytes(e.outputs[0].dtype(), 1);
  for (int64_t i = 0; i < x.elements(); ++i) {
    const int64_t place = i / steps[sequence] % x[sequence], length = lengths[i / steps[batch] % x[batch]];
    const int64_t to = place < length ? i + (length - 1 - 2 * place) * steps[sequence] : i;
    std::memcpy(e.outputs[0].data + static_cast<size_t>(to) * size,
                e.inputs[kInput].data + static_cast<size_t>(i) * size, size);
  }
  return {};
}

}  // namespace

const OpDef& op_reverse_sequence() {
  constexpr DTypeSet kBase = kF32 | kU8 | kI16 | kI32 | kI64;
  static const OpDef def = {
      .name = "REVERSE_SEQUENCE",
      .code = 112,
      .options_record = "ReverseSequenceOptions",
      .summary = "y = x with the first lengths[b] places of seq_dim reversed",
      .inputs = {{"input"}, {"seq_lengths"}},
      .outputs = {{"output"}},
      .options = {kSeqDim.info(), kBatchDim.info()},
      .types = {{"base", {kBase, kIndex}, {kBase}, 1}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int16 = true, .inputs = {kSharedRule, kNoRule}, .outputs = {kSharedRule}},
  };
  return def;
}

}  // namespace pestle::ops
