// ConvTranspose -> TRANSPOSE_CONV or, over volumes, CONV_3D_TRANSPOSE, channels last, with padding VALID: the full
// result of (in - 1) * stride + reach cells (at least; output_padding adds cells that no input reaches) is cut to what
// the padding leaves. Weights I,O,H,W -> O,H,W,I, volumes D,H,W,O,I. Dilated kernels are spread by zeros. Groups are
// operators of their own, or, where they are many, one with zeros between channels of different groups.
#include <fmt/core.h>

#include "formats/onnx/transposed.h"
#include "formats/onnx/window.h"

namespace pestle::formats::onnx {
namespace {

using Ints = std::vector<int64_t>;

constexpr int64_t kLargest = 1 << 24;
constexpr int64_t kMostOperators = 8;  // for groups

// One axis of the result: `full` cells are computed, `out` of them from `begin` on are kept.
struct Cut {
  int64_t full = 0, begin = 0, out = 0;
};

struct AxisRequest {
  int64_t in, reach, stride, extra;
  int64_t begin, end;  // attribute "pads"
  int64_t wanted;      // attribute "output_shape"; 0: absent
};

Result<Cut> cut_axis(const AxisRequest& axis, const std::string& mode) {
  for (int64_t cells : {axis.reach, axis.stride, axis.in}) {
    if (cells < 1 || cells > kLargest) return fail(ErrorCode::kInvalidModel, "its window is absurd");
  }
  for (int64_t cells : {axis.begin, axis.end, axis.extra, axis.wanted}) {
    if (cells < 0 || cells > kLargest) return fail(ErrorCode::kInvalidModel, "its padding is absurd");
  }
  Cut cut;
  const int64_t full = (axis.in - 1) * axis.stride + axis.reach;
  const bool is_same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  if (axis.wanted > 0 || is_same) {
    cut.out = axis.wanted > 0 ? axis.wanted : axis.in * axis.stride;
    const int64_t total = std::max<int64_t>(full + axis.extra - cut.out, 0);
    // The odd cell is cut at the start, but for SAME_UPPER.
    cut.begin = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
  } else {
    cut.begin = mode == "VALID" ? 0 : axis.begin;
    cut.out = full + axis.extra - cut.begin - (mode == "VALID" ? 0 : axis.end);
  }
  if (cut.out < 1) return fail(ErrorCode::kInvalidModel, "its padding leaves nothing");
  cut.full = std::max(full, cut.begin + cut.out);
  if (cut.full >= full + axis.stride) return unsupported("its output_padding is not below its stride");
  return cut;
}

struct Request {
  int64_t groups = 1;
  Ints strides, dilations;
  std::vector<Cut> cuts;  // one a spatial axis
};

Result<Request> read_request(NodeContext& node) {
  const Shape image = node.shape(0), kernel = node.shape(1);
  const int count = image.rank() - 2;
  Request request;
  request.groups = node.integer("group", 1);
  if (count < 1 || count > 3) return unsupported("only one to three spatial axes are supported");
  if (kernel.rank() != image.rank() || request.groups < 1 || kernel[0] != image[1] || image[1] % request.groups != 0)
    return fail(ErrorCode::kInvalidModel, "its weights do not fit its input");
  PESTLE_ASSIGN(request.strides, spatial_attributes(node, "strides", 1));
  PESTLE_ASSIGN(request.dilations, spatial_attributes(node, "dilations", 1));
  PESTLE_ASSIGN(const Ints extra, spatial_attributes(node, "output_padding", 0));
  const Ints pads = node.integers("pads", Ints(2 * count, 0));
  Ints wanted = node.integers("output_shape", Ints(count, 0));
  if (wanted.size() == static_cast<size_t>(count) + 2) wanted.erase(wanted.begin(), wanted.begin() + 2);
  if (pads.size() != static_cast<size_t>(2 * count) || wanted.size() != static_cast<size_t>(count))
    return fail(ErrorCode::kInvalidModel, "its attributes are not one number an axis");
  const std::string mode = node.text("auto_pad", "NOTSET");
  for (int i = 0; i < count; ++i) {
    const int64_t dilation = request.dilations[i];
    if (kernel[2 + i] < 1 || dilation < 1 || dilation > kLargest || kernel[2 + i] > kLargest)
      return fail(ErrorCode::kInvalidModel, "its window is absurd");
    const int64_t reach = (kernel[2 + i] - 1) * dilation + 1;
    const AxisRequest axis{image[2 + i], reach, request.strides[i], extra[i], pads[i], pads[count + i], wanted[i]};
    PESTLE_ASSIGN(const Cut cut, cut_axis(axis, mode));
    request.cuts.push_back(cut);
  }
  return request;
}

// Constant weights [I, O/g, ...] as [I, O, ...] of one group.
Result<ValueId> merge_groups(NodeContext& node, int64_t groups) {
  const Shape from = node.shape(1);
  Shape to = from;
  PESTLE_TRY(check_affordable(from.elements()));
  PESTLE_TRY(check_affordable(from.elements() * groups));
  PESTLE_ASSIGN(const auto weights, node.floats(1, "weights"));
  to[1] *= groups;
  std::vector<float> merged(static_cast<size_t>(to.elements()), 0.0f);
  const int64_t row = from[0] > 0 ? from.elements() / from[0] : 0, in = from[0] / groups;
  for (int64_t i = 0; i < from[0]; ++i)
    std::copy_n(weights.begin() + i * row, row, merged.begin() + (i * groups + i / in) * row);
  return node.emit().floats(to, merged);
}

// [N, C, W] is an image of one row.
ValueId as_image(Formula& f, ValueId value) {
  const Shape shape = f.shape(value);
  return shape.rank() == 3 ? f.reshape(value, {shape[0], shape[1], 1, shape[2]}) : value;
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(Request request, read_request(node));
  Formula f(node.emit());
  const int rank = node.rank(0);
  ValueId weights = node.input(1);
  PESTLE_ASSIGN(const ValueId bias, bias_or_zeros(node, 2, node.shape(1)[1] * request.groups));
  if (request.groups > kMostOperators) {
    PESTLE_ASSIGN(weights, merge_groups(node, request.groups));
    request.groups = 1;
  }
  weights = as_image(f, spread_taps(f, weights, request.dilations));
  if (rank == 3) {
    request.strides.insert(request.strides.begin(), 1);
    request.cuts.insert(request.cuts.begin(), Cut{1, 0, 1});
  }
  PESTLE_ASSIGN(const ValueId image, node.emit().to_channels_last(as_image(f, node.input(0))));
  if (f.failed()) return f.result(image);
  const int last = f.shape(image).rank() - 1;
  const int64_t in = f.shape(weights)[0] / request.groups, out = f.shape(weights)[1];
  ValueIds parts;
  Ints full;
  for (const Cut& cut : request.cuts) full.push_back(cut.full);
  for (int64_t g = 0; g < request.groups; ++g)
    parts.push_back(transposed_convolution(f, {f.slice(image, last, g * in, in), f.slice(weights, 0, g * in, in),
                                               f.slice(bias, 0, g * out, out), request.strides, full}));
  ValueId y = f.concat(parts, last);
  for (int i = 0; i + 1 < last; ++i) y = f.slice(y, 1 + i, request.cuts[i].begin, request.cuts[i].out);
  if (f.failed()) return f.result(y);
  PESTLE_ASSIGN(const ValueId result, node.emit().to_channels_first(y));
  return one(with_spatial_axes(node.emit(), result, rank == 3 ? 1 : 2));
}

}  // namespace

const Mapping& map_conv_transpose() {
  static const Mapping mapping = {{"ConvTranspose"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
