// What a case's numbers are: contents of operands, and parameters of outputs.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/half.h"
#include "ops/core/builder.h"
#include "ops/core/fused_activation.h"
#include "parity/case.h"

namespace pestle::parity {
namespace {

template <typename T>
void draw_integers(Tensor& tensor, Random& random, Range range) {
  for (T& value : tensor.view().values<T>()) {
    value = static_cast<T>(random.integer(static_cast<int64_t>(range.low), static_cast<int64_t>(range.high)));
  }
}

void draw_bytes(Tensor& tensor, Random& random) {
  for (std::byte& byte : tensor.view().bytes) byte = static_cast<std::byte>(random.bits() & 0xff);
}

// Eight-byte pieces of two float32 (complex64) or of one float64 are drawn as floats so that none is a NaN.
void draw_floats(std::span<std::byte> bytes, Random& random, Range range) {
  for (size_t i = 0; i + sizeof(float) <= bytes.size(); i += sizeof(float)) {
    const auto value = static_cast<float>(random.real(range.low, range.high));
    std::memcpy(bytes.data() + i, &value, sizeof(value));
  }
}

void draw_doubles(std::span<std::byte> bytes, Random& random, Range range) {
  for (size_t i = 0; i + sizeof(double) <= bytes.size(); i += sizeof(double)) {
    const double value = random.real(range.low, range.high);
    std::memcpy(bytes.data() + i, &value, sizeof(value));
  }
}

Tensor dequantized(const CaseOperand& operand) {
  Tensor real(DType::kFloat32, operand.type.shape);
  const ir::Quantization& q = *operand.type.quantization;
  const bool wide = operand.type.dtype == DType::kInt32 || operand.type.dtype == DType::kInt64;
  const std::vector<int64_t> codes = wide ? to_int64s(operand.data.view()) : std::vector<int64_t>{};
  const std::vector<float> narrow = wide ? std::vector<float>{} : to_floats(operand.data.view());
  int64_t inner = 1;
  for (int i = q.axis + 1; i < operand.type.shape.rank(); ++i) inner *= operand.type.shape[i];
  for (int64_t i = 0; i < real.elements(); ++i) {
    const size_t channel = q.per_channel() ? static_cast<size_t>(i / inner) % q.scale.size() : 0;
    const double code = wide ? static_cast<double>(codes[i]) : narrow[i];
    real.data<float>()[i] =
        static_cast<float>((code - static_cast<double>(q.zero_point_at(channel))) * q.scale_at(channel));
  }
  return real;
}

Range finite_range(const Tensor& tensor) {
  Range range;
  for (int64_t i = 0; i < tensor.elements(); ++i) {
    const double value = tensor.data<float>()[i];
    if (!std::isfinite(value)) continue;
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
  }
  return range;
}

}  // namespace

void Case::fill(Tensor& tensor, bool is_quantized, std::optional<Range> range) {
  const double magnitude = any_of({1.0, 6.0, 50.0});
  const Range reals = range.value_or(Range{-magnitude, magnitude});
  // Integers that stand for themselves stay small enough for sums and products not to overflow.
  const Range whole = range.value_or(is_quantized ? Range{-1e6, 1e6} : Range{-1000, 1000});
  switch (tensor.dtype()) {
    case DType::kInt8: draw_integers<int8_t>(tensor, random_, range.value_or(Range{-128, 127})); return;
    case DType::kUInt8: draw_integers<uint8_t>(tensor, random_, range.value_or(Range{0, 255})); return;
    case DType::kInt16: draw_integers<int16_t>(tensor, random_, range.value_or(Range{-32768, 32767})); return;
    case DType::kUInt16: draw_integers<uint16_t>(tensor, random_, range.value_or(Range{0, 65535})); return;
    case DType::kInt32: draw_integers<int32_t>(tensor, random_, whole); return;
    case DType::kUInt32: draw_integers<uint32_t>(tensor, random_, range.value_or(Range{0, 1000})); return;
    case DType::kInt64: draw_integers<int64_t>(tensor, random_, whole); return;
    case DType::kUInt64: draw_integers<uint64_t>(tensor, random_, range.value_or(Range{0, 1000})); return;
    case DType::kBool:
      for (std::byte& byte : tensor.view().bytes) byte = static_cast<std::byte>(random_.bits() & 1);
      return;
    case DType::kFloat16:
      for (Half& value : tensor.view().values<Half>())
        value = to_half(static_cast<float>(random_.real(reals.low, reals.high)));
      return;
    case DType::kFloat64:
      for (double& value : tensor.view().values<double>()) value = random_.real(reals.low, reals.high);
      return;
    case DType::kComplex128: draw_doubles(tensor.view().bytes, random_, reals); return;
    case DType::kFloat32:
    case DType::kComplex64: draw_floats(tensor.view().bytes, random_, reals); return;
    default: draw_bytes(tensor, random_); return;
  }
}

void Case::avoid_codes(int operand, int64_t low, int64_t high) {
  Tensor& tensor = operands_[operand].data;
  const ops::CodeRange range = ops::code_range(tensor.dtype());
  const int64_t beside = high + 1 <= range.high ? high + 1 : low - 1;
  const auto replace = [&](auto* values) {
    for (int64_t i = 0; i < tensor.elements(); ++i) {
      if (values[i] >= low && values[i] <= high)
        values[i] = static_cast<std::remove_reference_t<decltype(*values)>>(beside);
    }
  };
  switch (tensor.dtype()) {
    case DType::kInt8: replace(tensor.data<int8_t>()); return;
    case DType::kUInt8: replace(tensor.data<uint8_t>()); return;
    case DType::kInt16: replace(tensor.data<int16_t>()); return;
    default: return;
  }
}

void Case::repeat_half(int from, int to) {
  Tensor& target = operands_[to].data;
  if (target.elements() == 0) return;
  const std::span<const std::byte> source = operands_[from].data.view().bytes;
  const std::span<std::byte> bytes = target.view().bytes;
  const size_t width = bytes.size() / static_cast<size_t>(target.elements());
  for (size_t at = 0; at + width <= bytes.size(); at += 2 * width) std::memcpy(&bytes[at], &source[at], width);
}

void Case::avoid_ties(int operand, int64_t rows) {
  Tensor& tensor = operands_[operand].data;
  const int64_t length = tensor.elements() / std::max<int64_t>(rows, 1);
  for (int64_t r = 0; r < rows; ++r) {
    float* row = tensor.data<float>() + r * length;
    const auto [low, high] = std::minmax_element(row, row + length);
    const float lowest = *low, highest = *high;
    const double steps[] = {std::max(std::fabs(lowest), std::fabs(highest)) / 127.0,
                            (std::max(highest, 0.0f) - std::min(lowest, 0.0f)) / 255.0};
    for (int64_t i = 0; i < length; ++i) {
      if (row[i] == lowest || row[i] == highest) continue;
      const auto is_near_tie = [&](double step) {
        const double code = row[i] / step;
        return step > 0 && std::fabs(code - std::floor(code) - 0.5) < 1e-4;
      };
      // A hundredth of a step is far enough from a tie and never reaches the next one.
      for (int k = 0; k < 4 && (is_near_tie(steps[0]) || is_near_tie(steps[1])); ++k) {
        row[i] -= static_cast<float>(std::copysign(steps[0] * 0.01, row[i]));
      }
    }
  }
}

// What the last run gives after every other float was multiplied by 1 + change, and the rest by 1 - change. (One factor
// for all would change no code where the activation is RELU.)
Result<std::vector<Tensor>> Case::results_with(float change) const {
  std::vector<CaseOperand> changed;
  std::vector<ops::InputOperand> inputs;
  for (const CaseOperand& operand : operands_) {
    CaseOperand& copy = changed.emplace_back(operand);
    if (operand.present) copy.data = Tensor::copy_of(operand.data.view());
    if (!operand.present || operand.variable || operand.type.dtype != DType::kFloat32) continue;
    for (int64_t i = 0; i < copy.data.elements(); ++i)
      copy.data.data<float>()[i] *= i % 2 == 0 ? 1.0f + change : 1.0f - change;
  }
  for (const CaseOperand& copy : changed)
    inputs.push_back(copy.present ? ops::InputOperand{&copy.type, copy.data.view().bytes.data()} : ops::InputOperand{});
  PESTLE_ASSIGN(const std::vector<ir::Type> types, infer(node_, operands_, declared_));
  for (int run = 1; run < runs(); ++run) PESTLE_TRY(ops::evaluate(def_, node_, inputs, types, intermediates_));
  return ops::evaluate(def_, node_, inputs, types, intermediates_);
}

Status Case::refuse_inner_ties() const {
  constexpr float kChange = 2e-6f;
  PESTLE_ASSIGN(const std::vector<Tensor> middle, results_with(0.0f));
  for (const float change : {-kChange, kChange}) {
    PESTLE_ASSIGN(const std::vector<Tensor> moved, results_with(change));
    for (size_t i = 0; i < middle.size(); ++i) {
      float distance = 0, largest = 1;
      for (int64_t k = 0; k < middle[i].elements(); ++k) {
        const float value = middle[i].data<float>()[k];
        largest = std::max(largest, std::fabs(value));
        distance = std::max(distance, std::fabs(value - moved[i].data<float>()[k]));
      }
      if (distance > 5e-5f * largest) return fail(ErrorCode::kUnsupported, "a code inside is near a tie");
    }
  }
  return {};
}

void Case::fit_range(int output, DType dtype, Range real) {
  if (real.low == 0 && real.high == 0) real.high = 1;
  const ops::CodeRange codes = ops::code_range(dtype);
  const bool symmetric = dtype == DType::kInt16;
  const double span = symmetric ? std::max(-real.low, real.high) : real.high - real.low;
  const double steps = symmetric ? 32767.0 : codes.high - codes.low;
  double factor = chance(40) ? 1.02 : log_real(1.02, 4);
  const bool coarse = chance(2);
  if (coarse) factor = 100;
  if (chance(2)) factor = 0.8;
  const auto output_scale = static_cast<float>(std::max(span / steps * factor, 1e-30));
  int64_t zero = 0;
  if (!symmetric) {
    // Every zero point between these keeps the whole range inside the codes; a coarse one, away from their ends.
    const int margin = coarse ? 5 : 0;
    const auto least = static_cast<int64_t>(std::ceil(codes.low - real.low / output_scale)) + margin;
    const auto most = static_cast<int64_t>(std::floor(codes.high - real.high / output_scale)) - margin;
    zero = least <= most ? integer(least, most) : (least + most) / 2;
    zero = std::clamp<int64_t>(zero, codes.low, codes.high);
  }
  declared_[output].quantization = ir::per_tensor(output_scale, zero);
}

// A clamp that would leave less than half of the values alone proves nothing: it is dropped.
void Case::drop_vain_clamp(const Tensor& result) {
  const ops::FloatRange range = ops::float_range(ops::kFusedActivation(node_));
  int64_t clamped = 0;
  for (int64_t i = 0; i < result.elements(); ++i) {
    const float value = result.data<float>()[i];
    if (value <= range.low || value >= range.high) ++clamped;
  }
  if (2 * clamped >= result.elements()) node_.attributes.erase("fused_activation_function");
}

Status Case::fit() {
  ir::Node node = node_;
  node.attributes.erase("fused_activation_function");
  std::vector<CaseOperand> reals;
  for (const CaseOperand& operand : operands_) {
    CaseOperand real = operand;
    if (operand.present && operand.type.is_quantized()) {
      real.data = dequantized(operand);
      real.type = {DType::kFloat32, operand.type.shape, nullptr};
    }
    reals.push_back(std::move(real));
  }
  PESTLE_ASSIGN(const std::vector<ir::Type> types, infer(node, reals, std::vector<ir::Type>(declared_.size())));
  std::vector<ops::InputOperand> inputs;
  for (const CaseOperand& real : reals) {
    inputs.push_back(real.present ? ops::InputOperand{&real.type, real.data.view().bytes.data()} : ops::InputOperand{});
  }
  PESTLE_ASSIGN(const std::vector<Tensor> results, ops::evaluate(def_, node, inputs, types));
  for (size_t i = 0; i < results.size(); ++i) {
    const DType dtype = out(static_cast<int>(i));
    if (is_quantized_storage(dtype) && types[i].dtype == DType::kFloat32) {
      drop_vain_clamp(results[i]);
      fit_range(static_cast<int>(i), dtype, finite_range(results[i]));
    }
  }
  return {};
}

}  // namespace pestle::parity
