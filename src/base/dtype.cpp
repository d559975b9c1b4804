#include "base/dtype.h"

#include <array>

namespace pestle {
namespace {

struct DTypeRow {
  const char* name;
  int bits;
};

// Indexed by DType.
constexpr std::array<DTypeRow, kDTypeCount> kRows = {{
    {"float32", 32}, {"float16", 16},      {"int32", 32},      {"uint8", 8},      {"int64", 64},
    {"string", 0},   {"bool", 8},          {"int16", 16},      {"complex64", 64}, {"int8", 8},
    {"float64", 64}, {"complex128", 128},  {"uint64", 64},     {"resource", 32},  {"variant", 0},
    {"uint32", 32},  {"uint16", 16},       {"int4", 4},        {"bfloat16", 16},  {"int2", 2},
    {"uint4", 4},    {"float8_e4m3fn", 8}, {"float8_e5m2", 8},
}};

}  // namespace

const char* dtype_name(DType dtype) {
  const int index = static_cast<int>(dtype);
  return is_known_dtype(index) ? kRows[index].name : "unknown";
}

std::optional<DType> dtype_from_name(std::string_view name) {
  for (int i = 0; i < kDTypeCount; ++i) {
    if (name == kRows[i].name) return static_cast<DType>(i);
  }
  return std::nullopt;
}

int dtype_bits(DType dtype) {
  const int index = static_cast<int>(dtype);
  return is_known_dtype(index) ? kRows[index].bits : 0;
}

bool is_float(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kFloat16 || dtype == DType::kBFloat16 || dtype == DType::kFloat64;
}

bool is_quantized_storage(DType dtype) {
  return dtype == DType::kInt8 || dtype == DType::kUInt8 || dtype == DType::kInt16 || dtype == DType::kInt4 ||
         dtype == DType::kInt2;
}

}  // namespace pestle
