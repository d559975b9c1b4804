#include "quant/mode.h"

#include <array>

namespace pestle::quant {
namespace {

constexpr DType kF32 = DType::kFloat32, kI8 = DType::kInt8, kI16 = DType::kInt16;

constexpr std::array<Mode, 8> kModes = {{
    {"float32", Scheme::kFloat, kF32, false, kF32, "float32", "float32"},
    {"float16", Scheme::kHalf, kF32, false, kF32, "float16", "float32"},
    {"dynamic", Scheme::kDynamic, kF32, false, kF32, "int8 per channel", "float32, quantized inside kernels"},
    {"weight-only", Scheme::kWeightOnly, kF32, false, kF32, "int8 per channel", "float32"},
    {"int8", Scheme::kInteger, kI8, false, kF32, "int8 per channel", "int8, float where no kernel exists"},
    {"full-int8", Scheme::kInteger, kI8, true, kI8, "int8 per channel", "int8"},
    {"int16x8", Scheme::kInteger, kI16, false, kF32, "int8 per channel", "int16, float where no kernel exists"},
    {"full-int16x8", Scheme::kInteger, kI16, true, kI16, "int8 per channel", "int16"},
}};

constexpr std::array<DType, 1> kFloatOnly = {kF32};
constexpr std::array<DType, 3> kEightBit = {kI8, DType::kUInt8, kF32};
constexpr std::array<DType, 2> kSixteenBit = {kI16, kF32};

}  // namespace

std::span<const Mode> modes() { return kModes; }

const Mode* find_mode(std::string_view name) {
  for (const Mode& mode : kModes) {
    if (name == mode.name) return &mode;
  }
  return nullptr;
}

std::span<const DType> io_types(const Mode& mode) {
  if (!mode.full) return kFloatOnly;
  return mode.activations == kI8 ? std::span<const DType>(kEightBit) : std::span<const DType>(kSixteenBit);
}

}  // namespace pestle::quant
