// RotaryEmbedding: pairs of numbers turned by the angle of their position: (a cos - b sin, a sin + b cos). Pairs stand
// half of the rotated part apart, or, interleaved, side by side; what lies behind the rotated part stays.
#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

enum Operand { kX, kCos, kSin, kPositions };

// Rows of a cache [positions, half], or a cache [batch, length, half] as it is; as [batch, length, 1, half].
ValueId rows(NodeContext& node, Formula& f, int cache) {
  ValueId x = node.input(cache);
  if (node.has(kPositions))
    x = f.op("GATHER", {x, f.cast(node.input(kPositions), DType::kInt32)}, {{"axis", int64_t{0}}});
  const Shape s = f.shape(x);
  if (f.failed()) return x;
  if (s.rank() != 3) return f.fail_with({ErrorCode::kInvalidModel, "its caches are of the wrong rank", {}, {}});
  return f.reshape(x, {s[0], s[1], 1, s[2]});
}

// x: [batch, length, heads, size]
ValueId turned(NodeContext& node, Formula& f, ValueId x) {
  if (f.failed()) return x;
  const Shape s = f.shape(x);
  const int64_t given = std::clamp<int64_t>(node.integer("rotary_embedding_dim", 0), 0, s[3]),
                turning = given == 0 ? s[3] : given, half = turning / 2;
  const ValueId part = f.slice(x, 3, 0, turning);
  const bool interleaved = node.integer("interleaved", 0) != 0;
  const Shape pairs = interleaved ? Shape{s[0], s[1], s[2], half, 2} : Shape{s[0], s[1], s[2], 2, half};
  const Shape one{s[0], s[1], s[2], half};
  const ValueId split = f.reshape(part, pairs);
  const int axis = interleaved ? 4 : 3;
  const ValueId a = f.reshape(f.slice(split, axis, 0, 1), one), b = f.reshape(f.slice(split, axis, 1, 1), one);
  const ValueId cosine = rows(node, f, kCos), sine = rows(node, f, kSin);
  const ValueId first = f.sub(f.mul(a, cosine), f.mul(b, sine)), second = f.add(f.mul(a, sine), f.mul(b, cosine));
  Shape apart = one;
  if (interleaved) apart.push_back(1);
  const ValueId joined = f.concat({f.reshape(first, apart), f.reshape(second, apart)}, interleaved ? 4 : 3);
  const ValueId y = f.reshape(joined, {s[0], s[1], s[2], turning});
  return turning == s[3] ? y : f.concat({y, f.slice(x, 3, turning, s[3] - turning)}, 3);
}

Result<ValueIds> map(NodeContext& node) {
  Formula f(node.emit());
  const Shape shape = node.shape(kX);
  if (!shape.is_static() || (shape.rank() != 3 && shape.rank() != 4))
    return unsupported("its input is not of rank 3 or 4 and of known size");
  if (shape.rank() == 4)
    return f.result(f.transpose(turned(node, f, f.transpose(node.input(kX), {0, 2, 1, 3})), {0, 2, 1, 3}));
  const int64_t heads = node.integer("num_heads", 0);
  if (heads < 1 || shape[2] % heads != 0)
    return fail(ErrorCode::kInvalidModel, "its heads do not divide its last axis");
  const ValueId x = f.reshape(node.input(kX), {shape[0], shape[1], heads, shape[2] / heads});
  return f.result(f.reshape(turned(node, f, x), shape));
}

}  // namespace

const Mapping& map_rotary_embedding() {
  static const Mapping mapping = {{"RotaryEmbedding"}, 3, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
