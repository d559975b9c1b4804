// AffineGrid: the matrices theta [N, n, n + 1] times the places of the grid, whose coordinates run from -1 to 1: over
// the middles of the outer elements (align_corners) or over their outer borders. The last axis of the image comes
// first.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

double coordinate(int64_t place, int64_t extent, bool align_corners) {
  const auto size = static_cast<double>(extent), at = static_cast<double>(place);
  if (!align_corners) return (2 * at + 1) / size - 1;
  return extent == 1 ? -1 : 2 * at / (size - 1) - 1;
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const auto size, node.ints(1, "size"));
  if (size.size() != 4 && size.size() != 5) return fail(ErrorCode::kInvalidModel, "its size is not that of an image");
  const int count = static_cast<int>(size.size()) - 2;
  const Shape image(std::vector<int64_t>(size.begin() + 2, size.end()));
  if (!(node.shape(0) == Shape{size[0], count, count + 1}))
    return fail(ErrorCode::kInvalidModel, "its matrices do not fit its size");
  for (int64_t extent : image) {
    if (extent < 1) return fail(ErrorCode::kInvalidModel, "its size is not positive");
  }
  const auto places = checked_elements(image);
  PESTLE_TRY(check_affordable(places ? *places : -1));
  const bool align_corners = node.integer("align_corners", 0) != 0;
  std::vector<float> grid;
  for (int64_t place = 0; place < *places; ++place) {
    int64_t rest = place;
    for (int axis = count; axis-- > 0; rest /= image[axis])
      grid.push_back(static_cast<float>(coordinate(rest % image[axis], image[axis], align_corners)));
    grid.push_back(1);
  }
  Formula f(node.emit());
  const ValueId points = f.broadcast_to(f.emit().floats({1, *places, count + 1}, grid), {size[0], *places, count + 1});
  Shape out{size[0]};
  for (int64_t extent : image) out.push_back(extent);
  out.push_back(count);
  return f.result(f.reshape(f.matmul(points, node.input(0), true), out));
}

}  // namespace

const Mapping& map_affine_grid() {
  static const Mapping mapping = {{"AffineGrid"}, 2, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
