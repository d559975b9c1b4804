#include "data/array_input.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace pestle::data {
namespace {

bool extents_fit(const Shape& wanted, const Shape& found) {
  if (wanted.rank() != found.rank()) return false;
  for (int axis = 0; axis < wanted.rank(); ++axis) {
    if (wanted[axis] != kUnknown && wanted[axis] != found[axis]) return false;
  }
  return true;
}

Shape with_batch(const Shape& shape) {
  std::vector<int64_t> dims{1};
  dims.insert(dims.end(), shape.begin(), shape.end());
  return Shape(std::move(dims));
}

struct Fit {
  Shape shape;
  bool transpose = false;  // from NCHW to NHWC
};

Failure mismatch(const ConstTensorView& sample, const InputSpec& spec, std::string hint) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("{} does not take {} {}", describe(spec), dtype_name(sample.dtype), to_string(sample.shape)),
              std::move(hint));
}

Result<Fit> fit_shape(const ConstTensorView& sample, const InputSpec& spec) {
  for (const Shape& shape : {sample.shape, with_batch(sample.shape)}) {
    if (extents_fit(spec.shape, shape)) return Fit{shape};
    if (!spec.takes_nchw_arrays || shape.rank() != 4) continue;
    const Shape turned{shape[0], shape[2], shape[3], shape[1]};
    if (extents_fit(spec.shape, turned)) return Fit{turned, true};
  }
  std::string hint;
  if (spec.shape.is_static() && checked_elements(spec.shape) == sample.elements()) {
    hint = fmt::format("the sizes agree: add reshape={} to the preprocessing if the order is right",
                       to_string(spec.shape));
  }
  return mismatch(sample, spec, std::move(hint));
}

Result<ConstTensorView> reshaped(ConstTensorView sample, const Chain& chain) {
  for (const Step& step : chain.steps) {
    const auto* reshape = std::get_if<ReshapeStep>(&step);
    if (reshape == nullptr) continue;
    if (reshape->shape.elements() != sample.elements()) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("a sample of {} cannot be reshaped to {}",
                                                           to_string(sample.shape), to_string(reshape->shape)));
    }
    sample.shape = reshape->shape;
  }
  return sample;
}

Status check_steps(const Chain& chain) {
  for (const Step& step : chain.steps) {
    const auto* mean = std::get_if<MeanStep>(&step);
    const auto* deviation = std::get_if<StdStep>(&step);
    const bool single =
        (mean == nullptr || mean->values.size() == 1) && (deviation == nullptr || deviation->values.size() == 1);
    const bool known = std::holds_alternative<ReshapeStep>(step) || std::holds_alternative<AffineStep>(step) ||
                       std::holds_alternative<RangeStep>(step) || mean != nullptr || deviation != nullptr;
    if (known && single) continue;
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("preprocessing step '{}' does not work on arrays", to_text({{step}})),
                "arrays take affine=A/B, range=LO:HI and reshape=SHAPE");
  }
  return {};
}

template <typename T>
bool all_within(std::span<const int64_t> values) {
  for (const int64_t value : values) {
    if (value < int64_t{std::numeric_limits<T>::min()} || value > int64_t{std::numeric_limits<T>::max()}) return false;
  }
  return true;
}

template <typename T>
bool narrow(std::span<const int64_t> values, TensorView out) {
  if (!all_within<T>(values)) return false;
  for (size_t i = 0; i < values.size(); ++i) out.data<T>()[i] = static_cast<T>(values[i]);
  return true;
}

bool store_integers(std::span<const int64_t> values, TensorView out) {
  switch (out.dtype) {
    case DType::kInt8: return narrow<int8_t>(values, out);
    case DType::kUInt8: return narrow<uint8_t>(values, out);
    case DType::kInt16: return narrow<int16_t>(values, out);
    case DType::kInt32: return narrow<int32_t>(values, out);
    case DType::kInt64: return narrow<int64_t>(values, out);
    default: return false;
  }
}

std::vector<float> sample_numbers(const ConstTensorView& sample, const Chain& chain) {
  std::vector<float> numbers = to_floats(sample);
  if (!has_numbers(chain)) return numbers;
  for (float& number : numbers) number = static_cast<float>(apply_numbers(chain, static_cast<double>(number), 0));
  return numbers;
}

Status store_sample(const ConstTensorView& sample, const Chain& chain, const InputSpec& spec, TensorView out) {
  const bool numbers = has_numbers(chain);
  if (numbers || is_float(sample.dtype)) {
    if (!numbers && !is_float(spec.dtype) && !spec.is_quantized()) {
      return mismatch(sample, spec, "save the array with the input's type");
    }
    return store_numbers(sample_numbers(sample, chain), spec, out);
  }
  if (sample.dtype == spec.dtype) {
    std::memcpy(out.bytes.data(), sample.bytes.data(), sample.bytes.size());
    return {};
  }
  if (!is_float(spec.dtype) && sample.dtype != DType::kBool && store_integers(to_int64s(sample), out)) return {};
  return mismatch(sample, spec,
                  is_float(spec.dtype) ? "say what the integers stand for: affine=1/0 takes them as they are" : "");
}

Tensor to_nhwc(const Tensor& tensor, const Shape& shape) {
  Tensor out(tensor.dtype(), shape);
  const size_t element = static_cast<size_t>(dtype_bits(tensor.dtype())) / 8;
  const auto batch = static_cast<size_t>(shape[0]), pixels = static_cast<size_t>(shape[1] * shape[2]);
  const auto channels = static_cast<size_t>(shape[3]);
  const std::byte* from = tensor.view().bytes.data();
  std::byte* to = out.view().bytes.data();
  for (size_t n = 0; n < batch; ++n) {
    for (size_t p = 0; p < pixels; ++p) {
      for (size_t c = 0; c < channels; ++c, to += element) {
        std::memcpy(to, from + ((n * channels + c) * pixels + p) * element, element);
      }
    }
  }
  return out;
}

}  // namespace

Result<Tensor> array_to_input(const ConstTensorView& sample, const Chain& given, const InputSpec& spec) {
  const Chain chain = given.only_pictures ? Chain{} : given;
  PESTLE_TRY(check_steps(chain));
  PESTLE_ASSIGN(const ConstTensorView shaped, reshaped(sample, chain));
  PESTLE_ASSIGN(const Fit fit, fit_shape(shaped, spec));
  if (is_packed(spec.dtype) || dtype_bits(spec.dtype) == 0) {
    return fail(ErrorCode::kUnsupported, fmt::format("arrays cannot feed {}", describe(spec)));
  }
  Tensor tensor(spec.dtype, fit.transpose ? Shape{fit.shape[0], fit.shape[3], fit.shape[1], fit.shape[2]} : fit.shape);
  PESTLE_TRY(store_sample(shaped, chain, spec, tensor.view()));
  return fit.transpose ? to_nhwc(tensor, fit.shape) : std::move(tensor);
}

}  // namespace pestle::data
