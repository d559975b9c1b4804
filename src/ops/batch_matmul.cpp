// BATCH_MATMUL
//   out[b..,i,j] = sum over k of x[b..,i,k] * y[b..,k,j]; the leading axes broadcast. adj_x: x is stored as
//   [b..,k,i]; adj_y: y is stored as [b..,j,k].
// int8: round((sum of (x - z_x)(y - z_y)) * M) + z, M from the float32 product s_x s_y over s_out; int16 sums in 64
// bits and its zero points are 0; with an int32 output the plain sum of the int8 codes. Float x int8: rows of x by
// their own range (docs/semantics.md#dynamic-range); scales of y along its columns. LiteRT's hybrid kernel reads the
// scales of the wrong rows where more than one leading axis is longer than 1; here every row has its own.
#include "ops/core/batch_matmul.h"

#include <algorithm>
#include <cmath>

#include "ops/core/broadcast.h"
#include "ops/core/copy.h"
#include "ops/core/fused_activation.h"
#include "ops/core/hybrid.h"

namespace pestle::ops {

MatrixBatches matrix_batches(const ir::Node& node, const Shape& x, const Shape& y) {
  MatrixBatches m;
  m.x = Shape(x.dims().first(x.rank() - 2));
  m.y = Shape(y.dims().first(y.rank() - 2));
  m.out = broadcast(m.x, m.y).value_or(Shape{});
  m.rows = x.back(kAdjX(node) ? 0 : 1);
  m.depth = x.back(kAdjX(node) ? 1 : 0);
  m.columns = y.back(kAdjY(node) ? 1 : 0);
  return m;
}

FixedMultiplier product_multiplier(const ir::Type& x, const ir::Type& y, const ir::Type& output) {
  const float product = x.scale() * y.scale();
  return quantize_multiplier(static_cast<double>(product) / static_cast<double>(output.scale()));
}

namespace {

constexpr int kMaxRank = 5;

enum Operand { kX, kY };

Failure misfit(const Shape& x, const Shape& y) {
  return fail(ErrorCode::kInvalidModel, "matrices " + to_string(x) + " and " + to_string(y) + " do not fit");
}

// Integers may be summed into int32 as they are.
DType output_dtype(const Inference& in) {
  const bool sums = in.dtype(kX) == DType::kInt8 && in.declared(0).dtype == DType::kInt32;
  return sums ? DType::kInt32 : in.dtype(kX);
}

// Only the hybrid kernel takes several scales, and only along the columns of y.
Status check_scales(const Inference& in) {
  const auto& y = in.type(kY).quantization;
  if (in.dtype(kX) == DType::kInt16 && y && y->zero_point_at(0) != 0)
    return fail(ErrorCode::kInvalidModel, "input 1 must have the zero point 0 where input 0 is int16");
  if (!y || !y->per_channel()) return {};
  const int columns = in.shape(kY).rank() - (kAdjY(in.node()) ? 2 : 1);
  if (in.dtype(kX) == DType::kFloat32 && y->axis == columns) return {};
  return fail(ErrorCode::kUnsupported, "input 1 has " + std::to_string(y->scale.size()) + " scales along axis " +
                                           std::to_string(y->axis) + ", which no kernel takes");
}

Status infer(Inference& in) {
  const Shape& x = in.shape(kX);
  const Shape& y = in.shape(kY);
  if (std::min(x.rank(), y.rank()) < 2 || std::max(x.rank(), y.rank()) > kMaxRank) return misfit(x, y);
  const auto batches = broadcast(Shape(x.dims().first(x.rank() - 2)), Shape(y.dims().first(y.rank() - 2)));
  const int64_t x_depth = x.back(kAdjX(in.node()) ? 1 : 0), y_depth = y.back(kAdjY(in.node()) ? 0 : 1);
  if (!batches || (x_depth != y_depth && x_depth != kUnknown && y_depth != kUnknown)) return misfit(x, y);
  PESTLE_TRY(check_scales(in));
  const MatrixBatches m = matrix_batches(in.node(), x, y);
  Shape out = *batches;
  out.push_back(m.rows);
  out.push_back(m.columns);
  in.set(0, output_dtype(in), std::move(out));
  return {};
}

// The matrices of an operand with their vectors of `depth` values lying one after another.
template <typename T>
class Vectors {
 public:
  Vectors(const InputOperand& operand, bool turn) : data_(operand.as<T>()) {
    if (!turn) return;
    const Shape& shape = operand.shape();
    const int64_t outer = shape.back(1), inner = shape.back(0);
    turned_.resize(static_cast<size_t>(operand.elements()));
    const int64_t count = outer * inner == 0 ? 0 : operand.elements() / (outer * inner);
    const StridedCopy copy{{count, inner, outer}, {outer * inner, 1, inner}, {outer * inner, outer, 1}};
    copy_strided(copy, operand.data, reinterpret_cast<std::byte*>(turned_.data()), sizeof(T));
    data_ = turned_.data();
  }
  const T* data() const { return data_; }

 private:
  std::vector<T> turned_;
  const T* data_;
};

// Calls finish(output_index, row, column, accumulator); `row` counts those of all matrices of x. term(acc, ix, iy) adds
// a product of two elements of the vectors.
template <typename Acc, typename Term, typename Finish>
void multiply_all(const MatrixBatches& m, Term term, Finish finish) {
  const int64_t count = m.rows * m.columns;
  for_each_broadcast(m.x, m.y, m.out, [&](int64_t b, int64_t bx, int64_t by) {
    for (int64_t at = 0; at < count; ++at) {
      const int64_t row = bx * m.rows + at / m.columns, column = at % m.columns;
      const int64_t ix = row * m.depth, iy = (by * m.columns + column) * m.depth;
      Acc acc{};
      for (int64_t k = 0; k < m.depth; ++k) acc = term(acc, ix + k, iy + k);
      finish(b * count + at, row, column, acc);
    }
  });
}

MatrixBatches matrices_of(const Evaluation& e) {
  return matrix_batches(e.node, e.inputs[kX].shape(), e.inputs[kY].shape());
}

void evaluate_float(const Evaluation& e) {
  const Vectors<float> xs(e.inputs[kX], kAdjX(e.node)), ys(e.inputs[kY], !kAdjY(e.node));
  const float* x = xs.data();
  const float* y = ys.data();
  float* out = e.outputs[0].as<float>();
  multiply_all<float>(
      matrices_of(e), [=](float acc, int64_t i, int64_t k) { return std::fma(x[i], y[k], acc); },
      [=](int64_t i, int64_t, int64_t, float acc) { out[i] = acc; });
}

void evaluate_hybrid(const Evaluation& e) {
  const MatrixBatches m = matrices_of(e);
  const Vectors<float> xs(e.inputs[kX], kAdjX(e.node));
  const Vectors<int8_t> ys(e.inputs[kY], !kAdjY(e.node));
  const int64_t rows = m.depth == 0 ? 0 : e.inputs[kX].elements() / m.depth;
  const auto range = kAsymmetricInputs(e.node) ? HybridRange::kAsymmetric : HybridRange::kSymmetric;
  const HybridRows codes = quantize_rows({xs.data(), rows, m.depth}, range);
  const ir::Quantization& scales = *e.inputs[kY].type->quantization;
  const int8_t* y = ys.data();
  float* out = e.outputs[0].as<float>();
  multiply_all<int32_t>(
      m,
      [&](int32_t acc, int64_t i, int64_t k) { return acc + (codes.codes[i] - codes.zero_points[i / m.depth]) * y[k]; },
      [&](int64_t i, int64_t row, int64_t column, int32_t acc) {
        out[i] = rows == 0 ? 0.0f : codes.scales[row] * scales.scale_at(column) * static_cast<float>(acc);
      });
}

// Acc decides which form of the fixed-point product rescales the sums.
template <typename X, typename Y, typename Acc>
void evaluate_codes(const Evaluation& e) {
  const Vectors<X> xs(e.inputs[kX], kAdjX(e.node));
  const Vectors<Y> ys(e.inputs[kY], !kAdjY(e.node));
  const X* x = xs.data();
  const Y* y = ys.data();
  const ir::Type& output = *e.outputs[0].type;
  const FixedMultiplier multiplier = product_multiplier(*e.inputs[kX].type, *e.inputs[kY].type, output);
  const int32_t x_zero = e.inputs[kX].zero_point(), y_zero = e.inputs[kY].zero_point(), zero = output.zero_point();
  X* out = e.outputs[0].as<X>();
  multiply_all<Acc>(
      matrices_of(e),
      [=](Acc acc, int64_t i, int64_t k) { return static_cast<Acc>(acc + (x[i] - x_zero) * Acc{y[k] - y_zero}); },
      [=](int64_t i, int64_t, int64_t, Acc acc) { out[i] = saturate<X>(int64_t{multiply(acc, multiplier)} + zero); });
}

void sum_codes(const Evaluation& e) {
  const Vectors<int8_t> xs(e.inputs[kX], kAdjX(e.node)), ys(e.inputs[kY], !kAdjY(e.node));
  const int8_t* x = xs.data();
  const int8_t* y = ys.data();
  int32_t* out = e.outputs[0].as<int32_t>();
  multiply_all<int32_t>(
      matrices_of(e), [=](int32_t acc, int64_t i, int64_t k) { return acc + x[i] * y[k]; },
      [=](int64_t i, int64_t, int64_t, int32_t acc) { out[i] = acc; });
}

Status evaluate(const Evaluation& e) {
  const bool is_narrow = e.inputs[kY].dtype() == DType::kInt8;
  switch (e.inputs[kX].dtype()) {
    case DType::kFloat32: is_narrow ? evaluate_hybrid(e) : evaluate_float(e); return {};
    case DType::kInt8:
      e.outputs[0].dtype() == DType::kInt32 ? sum_codes(e) : evaluate_codes<int8_t, int8_t, int32_t>(e);
      return {};
    case DType::kInt16:
      is_narrow ? evaluate_codes<int16_t, int8_t, int64_t>(e) : evaluate_codes<int16_t, int16_t, int64_t>(e);
      return {};
    default: return fail(ErrorCode::kInternal, "no reference for this type");
  }
}

int64_t macs(const NodeView& view) {
  return view.output(0).shape.elements() * view.input(kX).shape.back(kAdjX(view.node()) ? 1 : 0);
}

int version(const NodeView& view, int row_version) {
  const bool hybrid = view.input(kX).dtype == DType::kFloat32 && view.input(kY).dtype == DType::kInt8;
  return hybrid && kAsymmetricInputs(view.node()) ? 4 : row_version;
}

}  // namespace

const OpDef& op_batch_matmul() {
  static const OpDef def = {
      .name = "BATCH_MATMUL",
      .code = 126,
      .options_record = "BatchMatMulOptions",
      .summary = "out[b..,i,j] = sum x[b..,i,k] y[b..,k,j]",
      .inputs = {{"x"}, {"y"}},
      .outputs = {{"output"}},
      .options = {kAdjX.info(), kAdjY.info(), kAsymmetricInputs.info()},
      .types = {{"float32", {kF32, kF32}, {kF32}, 1},
                {"hybrid", {kF32, kI8}, {kF32}, 1},
                {"int8", {kI8, kI8}, {kI8}, 2},
                {"int8 sums", {kI8, kI8}, {kI32}, 2},
                {"int16", {kI16, kI16}, {kI16}, 3},
                {"int16x8", {kI16, kI8}, {kI16}, 3}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .symmetric_int16 = true,
                       .inputs = {kActivationRule, kActivationRule},
                       .outputs = {kActivationRule},
                       .hybrid_weight = kY,
                       .hybrid_asymmetric_inputs = true},
      .layout = {LayoutKind::kBlocks},
      .macs = macs,
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
