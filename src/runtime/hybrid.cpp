#include "runtime/hybrid.h"

#include "kernels/hybrid/hybrid.h"
#include "runtime/product.h"

namespace pestle::runtime {
namespace {

enum Operand { kInput, kFilter, kBias };

}  // namespace

ops::RowParameters quantize_row(const float* values, int64_t count, ops::HybridRange range, int8_t* codes) {
  if (count == 0) return {};
  const kernels::HybridKernel& kernel = kernels::best_hybrid();
  const kernels::HybridExtremes extremes = kernel.range(values, count);
  const ops::RowParameters p = ops::row_parameters(extremes.low, extremes.high, range);
  kernel.quantize({values, codes, p.inverse, p.zero_point, p.lowest}, count);
  return p;
}

HybridScaling HybridScaling::make(const BindRequest& request, const HybridSpec& spec) {
  const ir::Type& filter = request.input(kFilter);
  const int64_t channels = filter.shape[spec.channel_axis];
  const int64_t step = row_major_strides(filter.shape)[spec.channel_axis];
  const ops::WidenedFilter weights = widened_filter(request);
  HybridScaling scaling;
  scaling.scales_first_ = spec.scales_first;
  scaling.range_ = ops::float_range(spec.activation);
  scaling.sums_.resize(static_cast<size_t>(channels));
  for (int64_t i = 0; i < filter.shape.elements(); ++i) scaling.sums_[i / step % channels] += weights.data()[i];
  for (int64_t o = 0; o < channels; ++o)
    scaling.scales_.push_back(filter.quantization->scale_at(static_cast<size_t>(o)));
  if (request.has(kBias)) {
    const auto* bias = request.constant<float>(kBias);
    scaling.bias_.assign(bias, bias + channels);
  }
  return scaling;
}

void HybridScaling::finish(const ops::RowParameters& row, int64_t rows, std::byte* out) const {
  const kernels::HybridScaleArgs args{.channels = static_cast<int>(scales_.size()),
                                      .values = out,
                                      .sums = sums_.data(),
                                      .scales = scales_.data(),
                                      .bias = bias_.empty() ? nullptr : bias_.data(),
                                      .row_scale = row.scale,
                                      .zero = row.zero_point,
                                      .scales_first = scales_first_,
                                      .lo = range_.low,
                                      .hi = range_.high};
  kernels::best_hybrid().scale(args, rows);
}

}  // namespace pestle::runtime
