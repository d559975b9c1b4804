// ADD, SUB and MUL of floats and of quantized codes. A broadcast is brought to the form of the kernels: a row of
// columns along which each operand moves by one element or stays, rows, and whatever axes are left outside of them.
#include <algorithm>

#include "kernels/elementwise/elementwise.h"
#include "ops/core/broadcast.h"
#include "ops/core/scaled_sum.h"
#include "runtime/binding.h"

namespace pestle::runtime {
namespace {

using namespace kernels;

// An axis of the output and the elements by which the operands move along it.
struct Axis {
  int64_t extent = 1;
  int64_t a = 0, b = 0;
};

// The axes of the output, innermost first, neighbours joined where both operands walk them as one.
std::vector<Axis> joined_axes(const Shape& a, const Shape& b, const Shape& out) {
  const std::vector<int64_t> step_a = ops::broadcast_strides(a, out);
  const std::vector<int64_t> step_b = ops::broadcast_strides(b, out);
  std::vector<Axis> axes;
  for (int axis = out.rank() - 1; axis >= 0; --axis) {
    const Axis next{out[axis], step_a[axis], step_b[axis]};
    if (next.extent == 1) continue;
    Axis* last = axes.empty() ? nullptr : &axes.back();
    if (last != nullptr && next.a == last->a * last->extent && next.b == last->b * last->extent) {
      last->extent *= next.extent;
    } else {
      axes.push_back(next);
    }
  }
  if (axes.empty()) axes.push_back({});
  return axes;
}

struct Binary {
  const BinaryKernel* kernel;
  BinaryArgs args;  // without pointers
  int64_t value_bytes;
  std::vector<Axis> outer;  // beyond rows, innermost first
  int64_t rows = 1, columns = 1, blocks = 1;

  void run(const StepContext& context) const {
    if (rows * blocks == 1) {
      constexpr int64_t kGrain = 4096;  // elements that are worth a thread's start
      context.pool.parallel_ranges(columns, kGrain, [&](int64_t first, int64_t last) {
        call(context, {first * args.a_step, first * args.b_step, first}, last - first, {0, 1});
      });
      return;
    }
    const int64_t grain = std::max<int64_t>(1, 4096 / columns);
    context.pool.parallel_ranges(rows * blocks, grain, [&](int64_t first, int64_t last) {
      for (int64_t at = first; at < last;) {
        const int64_t block = at / rows, row = at % rows;
        const int64_t end = std::min(rows, row + last - at);
        call(context, offsets(block), columns, {row, end});
        at += end - row;
      }
    });
  }

 private:
  struct Offsets {
    int64_t a = 0, b = 0, out = 0;  // elements
  };
  struct RowRange {
    int64_t first, last;
  };

  Offsets offsets(int64_t block) const {
    Offsets at{0, 0, block * rows * columns};
    for (const Axis& axis : outer) {
      at.a += block % axis.extent * axis.a;
      at.b += block % axis.extent * axis.b;
      block /= axis.extent;
    }
    return at;
  }

  void call(const StepContext& context, const Offsets& at, int64_t count, RowRange range) const {
    BinaryArgs own = args;
    own.columns = static_cast<int>(count);
    own.a = context.inputs[0] + at.a * value_bytes;
    own.b = context.inputs[1] + at.b * value_bytes;
    own.out = context.outputs[0] + at.out * value_bytes;
    kernel->run(own, static_cast<int>(range.first), static_cast<int>(range.last));
  }
};

ElementwiseMultiplier plain(FixedMultiplier m) { return {m.multiplier, m.exponent}; }

BinaryOp operation_of(const std::string& op) {
  return op == "ADD" ? BinaryOp::kAdd : op == "SUB" ? BinaryOp::kSub : BinaryOp::kMul;
}

std::optional<BinaryType> type_of(const BindRequest& request) {
  const ir::Type& y = request.output(0);
  switch (y.dtype) {
    case DType::kFloat32: return BinaryType::kFloat32;
    case DType::kInt8: return BinaryType::kInt8;
    case DType::kUInt8: return BinaryType::kUInt8;
    case DType::kInt16:
      if (!request.input(0).is_quantized() || !request.input(1).is_quantized() || !y.is_quantized())
        return std::nullopt;
      return BinaryType::kInt16;
    default: return std::nullopt;
  }
}

// The arithmetic of quantized codes; false where it is not that of the kernels.
bool set_rescaling(const BindRequest& request, BinaryOp op, BinaryArgs& args) {
  const ir::Type& a = request.input(0);
  const ir::Type& b = request.input(1);
  const ir::Type& y = request.output(0);
  args.a_zero = a.zero_point();
  args.b_zero = b.zero_point();
  args.out_zero = y.zero_point();
  if (op == BinaryOp::kMul) {
    const float scale = a.scale() * b.scale() / y.scale();
    args.out_multiplier = plain(quantize_multiplier(static_cast<double>(scale)));
    // 16-bit codes with zero points have products beyond 32 bits.
    const bool exact = y.dtype != DType::kInt16 || (args.a_zero == 0 && args.b_zero == 0);
    return exact && args.out_multiplier.exponent < 31;
  }
  if (ops::sums_by_shifts(request.node(), a, b, y)) return false;
  args.left_shift = ops::sum_left_shift(y.dtype);
  const ops::CommonScale common(a, b, args.left_shift);
  args.a_multiplier = plain(common.multiplier_a());
  args.b_multiplier = plain(common.multiplier_b());
  args.out_multiplier = plain(quantize_multiplier(common.to_output(y)));
  return true;
}

std::optional<Step> bind(const BindRequest& request) {
  const auto type = type_of(request);
  const BinaryOp op = operation_of(request.node().op);
  const ir::Type& y = request.output(0);
  const int64_t elements = y.shape.elements();
  if (!type || elements == 0 || elements > std::numeric_limits<int>::max()) return std::nullopt;
  const ops::FusedActivation activation = ops::kFusedActivation(request.node());
  const ops::FloatRange range = ops::float_range(activation);
  Binary binary{.kernel = &best_binary(op, *type), .args = {}, .value_bytes = dtype_bits(y.dtype) / 8, .outer = {}};
  binary.args.float_lo = range.low;
  binary.args.float_hi = range.high;
  if (*type != BinaryType::kFloat32) {
    if (!set_rescaling(request, op, binary.args)) return std::nullopt;
    const ops::CodeRange codes = ops::code_range(activation, y);
    binary.args.lo = codes.low;
    binary.args.hi = codes.high;
  }
  std::vector<Axis> axes = joined_axes(request.input(0).shape, request.input(1).shape, y.shape);
  binary.columns = axes[0].extent;
  binary.args.a_step = static_cast<int>(axes[0].a);
  binary.args.b_step = static_cast<int>(axes[0].b);
  if (axes.size() > 1) {
    binary.rows = axes[1].extent;
    binary.args.a_stride = axes[1].a;
    binary.args.b_stride = axes[1].b;
    binary.outer.assign(axes.begin() + 2, axes.end());
  }
  binary.blocks = elements / (binary.rows * binary.columns);
  const char* name = binary.kernel->name;
  return Step{name,
              [binary](const StepContext& context) {
                binary.run(context);
                return Status{};
              },
              0};
}

}  // namespace

const Binding& binding_binary() {
  static const Binding binding{{"ADD", "SUB", "MUL"}, bind};
  return binding;
}

}  // namespace pestle::runtime
