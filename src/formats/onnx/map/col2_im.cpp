// Col2Im: blocks [N, C * taps, positions] are added where they lie in the image: a transposed convolution of every
// channel by itself, whose filter hands tap k to place k of the block.
#include <algorithm>

#include "formats/onnx/mapping.h"
#include "formats/onnx/transposed.h"

namespace pestle::formats::onnx {
namespace {

using Ints = std::vector<int64_t>;

constexpr int64_t kLargest = 1 << 24;

struct Request {
  Ints image, block, dilations, strides, begins;
  Ints full;       // extents with padding, as far as blocks reach
  Ints positions;  // of the block along every axis
};

Result<Request> read_request(NodeContext& node) {
  Request r;
  PESTLE_ASSIGN(r.image, node.ints(1, "image shape"));
  PESTLE_ASSIGN(r.block, node.ints(2, "block shape"));
  const size_t count = r.image.size();
  r.dilations = node.integers("dilations", Ints(count, 1));
  r.strides = node.integers("strides", Ints(count, 1));
  const Ints pads = node.integers("pads", Ints(2 * count, 0));
  if (count < 1 || count > 3) return unsupported("only one to three spatial axes are supported");
  if (r.block.size() != count || r.dilations.size() != count || r.strides.size() != count || pads.size() != 2 * count)
    return fail(ErrorCode::kInvalidModel, "its attributes are not one number an axis");
  for (size_t i = 0; i < count; ++i) {
    for (int64_t cells : {r.image[i], r.block[i], r.dilations[i], r.strides[i], pads[i] + 1, pads[count + i] + 1}) {
      if (cells < 1 || cells > kLargest) return fail(ErrorCode::kInvalidModel, "its blocks are absurd");
    }
    const int64_t reach = (r.block[i] - 1) * r.dilations[i] + 1;
    const int64_t free = r.image[i] + pads[i] + pads[count + i] - reach;
    if (free < 0) return fail(ErrorCode::kInvalidModel, "its blocks do not fit its image");
    r.positions.push_back(free / r.strides[i] + 1);
    r.full.push_back(free / r.strides[i] * r.strides[i] + reach);
    r.begins.push_back(pads[i]);
  }
  return r;
}

int64_t product(const Ints& values) {
  double size = 1;
  int64_t result = 1;
  for (int64_t value : values) {
    size *= static_cast<double>(value);
    if (size > kLargest) return kLargest + 1;
    result *= value;
  }
  return result;
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(Request r, read_request(node));
  const int count = static_cast<int>(r.image.size());
  const int64_t taps = product(r.block);
  PESTLE_TRY(check_affordable(taps));
  PESTLE_TRY(check_affordable(taps * taps));
  const Shape shape = node.shape(0);
  if (shape.rank() != 3 || shape[1] % taps != 0 || shape[2] != product(r.positions))
    return fail(ErrorCode::kInvalidModel, "its blocks do not fit its input");
  const int64_t planes = shape[0] * (shape[1] / taps);
  Formula f(node.emit());
  std::vector<float> identity(static_cast<size_t>(taps * taps), 0.0f);
  for (int64_t tap = 0; tap < taps; ++tap) identity[tap * taps + tap] = 1;
  Shape filter{taps, 1}, blocks{planes};
  for (int i = 0; i < count; ++i) filter.push_back(r.block[i]);
  ValueId weights = spread_taps(f, f.emit().floats(filter, identity), r.dilations);
  if (count == 1) {
    r.positions.insert(r.positions.begin(), 1);
    r.strides.insert(r.strides.begin(), 1);
    r.full.insert(r.full.begin(), 1);
    r.begins.insert(r.begins.begin(), 0);
    r.image.insert(r.image.begin(), 1);
    weights = f.reshape(weights, {taps, 1, 1, f.shape(weights)[2]});
  }
  for (int64_t extent : r.positions) blocks.push_back(extent);
  blocks.push_back(taps);
  const ValueId x = f.reshape(f.transpose(f.reshape(node.input(0), {planes, taps, shape[2]}), {0, 2, 1}), blocks);
  ValueId y = transposed_convolution(f, {x, weights, f.emit().floats({1}, std::vector<float>{0}), r.strides, r.full});
  std::vector<int32_t> pairs = {0, 0};
  for (size_t i = 0; i < r.image.size(); ++i) {
    const int64_t kept = std::min(r.image[i], r.full[i] - r.begins[i]);
    if (kept < 1) return unsupported("blocks that lie in the padding only");
    y = f.slice(y, 1 + static_cast<int>(i), r.begins[i], kept);
    pairs.insert(pairs.end(), {0, static_cast<int32_t>(r.image[i] - kept)});
  }
  pairs.insert(pairs.end(), {0, 0});
  if (std::any_of(pairs.begin(), pairs.end(), [](int32_t cells) { return cells != 0; })) {
    const Shape table{static_cast<int64_t>(pairs.size() / 2), 2};
    y = f.op("PAD", {y, f.emit().constant({DType::kInt32, table, std::as_bytes(std::span(pairs))})});
  }
  Shape out{shape[0], shape[1] / taps};
  for (int i = 0; i < count; ++i) out.push_back(r.image[r.image.size() - count + i]);
  return f.result(f.reshape(y, out));
}

}  // namespace

const Mapping& map_col2_im() {
  static const Mapping mapping = {{"Col2Im"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
