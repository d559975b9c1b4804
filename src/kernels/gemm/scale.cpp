// The portable form of what follows the sum; the arithmetic is that of base/fixed_point.h.
#include "kernels/gemm/scale.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/fixed_point.h"

namespace pestle::kernels {
namespace {

template <typename T>
T read_at(const char* bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes + offset, sizeof(T));
  return value;
}

// Bias and scaling of one column, from the panel's header.
template <typename Acc>
struct Column {
  Acc bias = 0;
  FixedMultiplier fixed;
  double real = 0;
};

template <typename Acc>
Column<Acc> read_column(const GemmIntArgs& args, const GemmAccTile<Acc>& tile, int c) {
  const char* panel = tile.panel + static_cast<size_t>(c / tile.columns) * tile.panel_bytes;
  const auto column = static_cast<size_t>(c % tile.columns);
  const auto columns = static_cast<size_t>(tile.columns);
  const char* scaling = panel + columns * sizeof(Acc);
  Column<Acc> out;
  out.bias = read_at<Acc>(panel, column * sizeof(Acc));
  if (args.scaling == GemmScaling::kReal) {
    out.real = read_at<double>(scaling, column * 8);
  } else {
    out.fixed = {read_at<int32_t>(scaling, column * 4), read_at<int32_t>(scaling, (columns + column) * 4)};
  }
  return out;
}

int32_t real_product(double acc, double scale, const GemmIntArgs& args) {
  const auto low = static_cast<double>(int64_t{args.lo} - args.out_zero);
  const auto high = static_cast<double>(int64_t{args.hi} - args.out_zero);
  // Clamping first is the same, as the limits are whole numbers, and keeps the conversion in range.
  return static_cast<int32_t>(round_away(std::clamp(acc * scale, low, high)));
}

template <typename Acc>
int32_t rescaled(Acc acc, const Column<Acc>& column, const GemmIntArgs& args) {
  if (args.scaling == GemmScaling::kReal) return real_product(static_cast<double>(acc), column.real, args);
  if (args.scaling == GemmScaling::kFixed64) return multiply(int64_t{acc}, column.fixed);
  return multiply(static_cast<int32_t>(acc), column.fixed);
}

template <typename Acc>
void store(const GemmIntArgs& args, const GemmAccTile<Acc>& tile, int row, int column, int32_t value) {
  const ptrdiff_t index = (tile.m + row) * args.out_stride + tile.n + column;
  if (args.scaling == GemmScaling::kNone) {
    static_cast<int32_t*>(args.out)[index] = value;
  } else if constexpr (sizeof(Acc) == 8) {
    static_cast<int16_t*>(args.out)[index] = static_cast<int16_t>(value);
  } else {
    static_cast<uint8_t*>(args.out)[index] = static_cast<uint8_t>(value);  // the low byte, int8 or uint8
  }
}

template <typename Acc>
void scale_tile(const GemmIntArgs& args, const GemmAccTile<Acc>& tile) {
  using Bits = std::make_unsigned_t<Acc>;
  for (int c = 0; c < tile.n_end - tile.n; ++c) {
    const Column<Acc> column = read_column(args, tile, c);
    for (int r = 0; r < tile.rows; ++r) {
      Bits sum = static_cast<Bits>(tile.acc[r * tile.stride + c]) + static_cast<Bits>(column.bias);
      if (tile.row_sums != nullptr) sum -= static_cast<Bits>(tile.row_sums[r]);
      auto value = static_cast<int32_t>(sum);
      if (args.scaling != GemmScaling::kNone) {
        value = rescaled(static_cast<Acc>(sum), column, args);
        value = static_cast<int32_t>(std::clamp<int64_t>(int64_t{value} + args.out_zero, args.lo, args.hi));
      }
      store(args, tile, r, c, value);
    }
  }
}

}  // namespace

void scale_tile32_generic(const GemmIntArgs& args, const GemmAccTile<int32_t>& tile) { scale_tile(args, tile); }
void scale_tile64_generic(const GemmIntArgs& args, const GemmAccTile<int64_t>& tile) { scale_tile(args, tile); }

}  // namespace pestle::kernels
