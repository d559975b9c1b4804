// EMBEDDING_LOOKUP
//   y[n, ..] = table[ids[n], ..]; an id outside the table is an error.
// Codes with a float output become scale * code in float32 (zero points are not read), one scale for the table or one a
// row. TFLite reads the codes of a uint8 table as int8: old files hold int8 weights under that type.
#include "ops/core/copy.h"
#include "ops/core/op_def.h"
#include "ops/core/requantize.h"

namespace pestle::ops {
namespace {

enum Operand { kIds, kTable };

bool is_dequantized(DType table, DType output) { return output == DType::kFloat32 && table != DType::kFloat32; }

Status check_scales(const Inference& in) {
  const ir::Type& table = in.type(kTable);
  if (!has_scale(table)) return fail(ErrorCode::kInvalidModel, "the table is stored in integers but has no scale");
  const ir::Quantization& q = *table.quantization;
  if (q.blocks) return fail(ErrorCode::kUnsupported, "the table has a scale a block");
  if (!q.per_channel() || (q.axis == 0 && static_cast<int64_t>(q.scale.size()) == table.shape[0])) return {};
  return fail(ErrorCode::kInvalidModel, "the table has " + std::to_string(q.scale.size()) + " scales along axis " +
                                            std::to_string(q.axis) + " of " + to_string(table.shape));
}

Status infer(Inference& in) {
  const Shape& table = in.shape(kTable);
  if (in.shape(kIds).rank() != 1 || table.rank() < 1)
    return fail(ErrorCode::kInvalidModel, "ids must be a list and the table must have rows");
  Shape y = table;
  y[0] = in.shape(kIds)[0];
  const bool packed = is_packed(in.dtype(kTable));
  const bool converts = packed || is_dequantized(in.dtype(kTable), in.declared(0).dtype);
  if (converts && in.dtype(kTable) != DType::kFloat32) PESTLE_TRY(check_scales(in));
  in.set(0, converts ? DType::kFloat32 : in.dtype(kTable), std::move(y));
  return {};
}

// Row `row` of the table as floats.
void dequantize_row(const int8_t* codes, const ir::Quantization& q, int64_t row, int64_t length, float* y) {
  const float scale = q.scale_at(static_cast<size_t>(row));
  for (int64_t i = 0; i < length; ++i) y[i] = scale * static_cast<float>(codes[row * length + i]);
}

Status evaluate(const Evaluation& e) {
  const InputOperand& table = e.inputs[kTable];
  const int64_t rows = table.shape()[0], length = rows == 0 ? 0 : table.elements() / rows;
  const bool converts = is_dequantized(table.dtype(), e.outputs[0].dtype());
  const ElementReader reader(table);
  const size_t row_bytes = storage_bytes(e.outputs[0].dtype(), length);
  const int32_t* ids = e.inputs[kIds].as<int32_t>();
  for (int64_t n = 0; n < e.inputs[kIds].elements(); ++n) {
    const int64_t row = ids[n];
    if (row < 0 || row >= rows)
      return fail(ErrorCode::kInvalidArgument, "the id " + std::to_string(row) + " is outside the table");
    std::byte* y = e.outputs[0].data + static_cast<size_t>(n) * row_bytes;
    if (!converts) {
      copy_strided({{length}, {1}, {1}, row * length}, reader.data(), y, storage_bytes(table.dtype(), 1));
    } else {
      dequantize_row(reinterpret_cast<const int8_t*>(reader.data()), *table.type->quantization, row, length,
                     reinterpret_cast<float*>(y));
    }
  }
  return {};
}

int version(const NodeView& view, int row_version) {
  const ir::Type& table = view.input(kTable);
  return table.dtype == DType::kInt4 || (table.quantization && table.quantization->per_channel()) ? 4 : row_version;
}

}  // namespace

const OpDef& op_embedding_lookup() {
  static const OpDef def = {
      .name = "EMBEDDING_LOOKUP",
      .code = 7,
      .options_record = "",
      .summary = "y[n,..] = table[ids[n],..]",
      .inputs = {{"lookup"}, {"value"}},
      .outputs = {{"output"}},
      .options = {},
      .types = {{"float32", {kI32, kF32}, {kF32}, 1},
                {"8-bit", {kI32, kI8 | kU8}, {kI8 | kU8}, 1},
                {"hybrid", {kI32, kI8 | kU8 | kI4}, {kF32}, 1}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.inputs = {kNoRule, weight_rule(0)},
                       .outputs = {kNoRule},
                       .hybrid_weight = kTable,
                       .hybrid_per_channel = true},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
