#include <fmt/core.h>

#include <array>

#include "codec/tflite.h"
#include "codec/tflite_generated.h"
#include "codec/tflite_options.h"

namespace pestle::codec {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

constexpr size_t kAlignment = 16;
constexpr uint64_t kLargestFile = FLATBUFFERS_MAX_BUFFER_SIZE;
constexpr int kPlaceholderCode = 127;  // what the old one-byte field says for codes above it

// Absent vectors stay absent: a reader cannot tell them from empty ones, and the file is smaller.
template <typename T>
Offset<flatbuffers::Vector<T>> vector(FlatBufferBuilder& builder, const std::vector<T>& values) {
  return values.empty() ? Offset<flatbuffers::Vector<T>>() : builder.CreateVector(values);
}

Offset<flatbuffers::Vector<uint8_t>> bytes(FlatBufferBuilder& builder, const std::vector<std::byte>& values) {
  if (values.empty()) return {};
  builder.ForceVectorAlignment(values.size(), 1, kAlignment);
  return builder.CreateVector(reinterpret_cast<const uint8_t*>(values.data()), values.size());
}

Offset<void> index_vector(FlatBufferBuilder& builder, const std::vector<int32_t>& values, int bits,
                          tflite::SparseIndexVector& kind) {
  if (bits == 8) {
    kind = tflite::SparseIndexVector::Uint8Vector;
    builder.ForceVectorAlignment(values.size(), 1, 4);
    return tflite::CreateUint8Vector(builder, builder.CreateVector(std::vector<uint8_t>(values.begin(), values.end())))
        .Union();
  }
  if (bits == 16) {
    kind = tflite::SparseIndexVector::Uint16Vector;
    builder.ForceVectorAlignment(values.size(), 2, 4);
    return tflite::CreateUint16Vector(builder,
                                      builder.CreateVector(std::vector<uint16_t>(values.begin(), values.end())))
        .Union();
  }
  kind = tflite::SparseIndexVector::Int32Vector;
  return tflite::CreateInt32Vector(builder, builder.CreateVector(values)).Union();
}

Offset<tflite::SparsityParameters> sparsity(FlatBufferBuilder& builder, const TfliteSparsity& in) {
  std::vector<Offset<tflite::DimensionMetadata>> dims;
  for (const TfliteSparseDimension& dim : in.dimensions) {
    if (!dim.sparse) {
      dims.push_back(tflite::CreateDimensionMetadata(builder, tflite::DimensionType::DENSE, dim.dense_size));
      continue;
    }
    tflite::SparseIndexVector segment_kind{}, index_kind{};
    const auto segments = index_vector(builder, dim.segments, dim.segment_bits, segment_kind);
    const auto indices = index_vector(builder, dim.indices, dim.index_bits, index_kind);
    dims.push_back(tflite::CreateDimensionMetadata(builder, tflite::DimensionType::SPARSE_CSR, dim.dense_size,
                                                   segment_kind, segments, index_kind, indices));
  }
  const auto order = vector(builder, in.traversal_order);
  const auto blocks = vector(builder, in.block_map);
  return tflite::CreateSparsityParameters(builder, order, blocks, vector(builder, dims));
}

Offset<tflite::QuantizationParameters> quantization(FlatBufferBuilder& builder, const TfliteQuantization& in) {
  tflite::QuantizationDetails kind = tflite::QuantizationDetails::NONE;
  Offset<void> details;
  switch (in.details) {
    case TfliteQuantization::Details::kNone: break;
    case TfliteQuantization::Details::kCustom:
      kind = tflite::QuantizationDetails::CustomQuantization;
      details = tflite::CreateCustomQuantization(builder, bytes(builder, in.custom)).Union();
      break;
    case TfliteQuantization::Details::kBlockwise:
      kind = tflite::QuantizationDetails::BlockwiseQuantization;
      details =
          tflite::CreateBlockwiseQuantization(builder, in.scales_tensor, in.zero_points_tensor, in.block_size).Union();
      break;
    case TfliteQuantization::Details::kMultiAxis:
      kind = tflite::QuantizationDetails::MultiAxisQuantization;
      details = tflite::CreateMultiAxisQuantization(builder, in.scales_tensor, in.zero_points_tensor, in.block_size,
                                                    vector(builder, in.quantized_dimensions))
                    .Union();
      break;
  }
  const auto low = vector(builder, in.min);
  const auto high = vector(builder, in.max);
  const auto scale = vector(builder, in.scale);
  const auto zero = vector(builder, in.zero_point);
  return tflite::CreateQuantizationParameters(builder, low, high, scale, zero, kind, details, in.quantized_dimension);
}

Offset<tflite::Tensor> tensor(FlatBufferBuilder& builder, const TfliteTensor& in) {
  const auto shape = builder.CreateVector(in.shape);
  const auto name = builder.CreateString(in.name);
  Offset<tflite::QuantizationParameters> q;
  if (in.quantization) q = quantization(builder, *in.quantization);
  Offset<tflite::SparsityParameters> s;
  if (in.sparsity) s = sparsity(builder, *in.sparsity);
  const auto signature = vector(builder, in.shape_signature);
  std::vector<Offset<tflite::VariantSubType>> variants;
  for (const TfliteVariantType& variant : in.variant_types) {
    const auto variant_shape = vector(builder, variant.shape);
    variants.push_back(tflite::CreateVariantSubType(builder, variant_shape,
                                                    static_cast<tflite::TensorType>(variant.type), variant.has_rank));
  }
  return tflite::CreateTensor(builder, shape, static_cast<tflite::TensorType>(in.type), in.buffer, name, q,
                              in.is_variable, s, signature, in.has_rank, vector(builder, variants));
}

Result<Offset<tflite::Operator>> operation(FlatBufferBuilder& builder, const TfliteOperator& in) {
  Offset<void> options;
  const OptionsMember* member = nullptr;
  if (!in.options_record.empty()) {
    member = find_options(in.options_record);
    if (member == nullptr) return fail(ErrorCode::kInternal, "no options record is called " + in.options_record);
    PESTLE_ASSIGN(options, write_options(*member, in.options, builder));
  }
  const auto inputs = builder.CreateVector(in.inputs);
  const auto outputs = builder.CreateVector(in.outputs);
  const auto intermediates = vector(builder, in.intermediates);
  Offset<flatbuffers::Vector<uint8_t>> mutating;
  if (!in.mutating_variable_inputs.empty()) {
    mutating = builder.CreateVector(
        std::vector<uint8_t>(in.mutating_variable_inputs.begin(), in.mutating_variable_inputs.end()));
  }
  Offset<flatbuffers::Vector<uint8_t>> custom;
  if (!in.custom_options.empty()) {
    custom = builder.CreateVector(reinterpret_cast<const uint8_t*>(in.custom_options.data()), in.custom_options.size());
  }
  tflite::OperatorBuilder op(builder);
  op.add_opcode_index(in.code_index);
  op.add_inputs(inputs);
  op.add_outputs(outputs);
  if (member != nullptr && member->union_number == 1) {
    op.add_builtin_options_type(static_cast<tflite::BuiltinOptions>(member->value));
    op.add_builtin_options(options);
  } else if (member != nullptr) {
    op.add_builtin_options_2_type(static_cast<tflite::BuiltinOptions2>(member->value));
    op.add_builtin_options_2(options);
  }
  op.add_custom_options(custom);
  op.add_mutating_variable_inputs(mutating);
  op.add_intermediates(intermediates);
  return op.Finish();
}

Result<Offset<tflite::SubGraph>> subgraph(FlatBufferBuilder& builder, const TfliteGraph& in) {
  std::vector<Offset<tflite::Tensor>> tensors;
  for (const TfliteTensor& row : in.tensors) tensors.push_back(tensor(builder, row));
  std::vector<Offset<tflite::Operator>> operators;
  for (const TfliteOperator& row : in.operators) {
    PESTLE_ASSIGN(const auto offset, operation(builder, row));
    operators.push_back(offset);
  }
  const auto tensor_list = builder.CreateVector(tensors);
  const auto inputs = builder.CreateVector(in.inputs);
  const auto outputs = builder.CreateVector(in.outputs);
  const auto operator_list = builder.CreateVector(operators);
  return tflite::CreateSubGraph(builder, tensor_list, inputs, outputs, operator_list, builder.CreateString(in.name));
}

Offset<tflite::SignatureDef> signature(FlatBufferBuilder& builder, const TfliteSignature& in) {
  const auto entries = [&builder](const std::vector<TfliteSignature::Entry>& rows) {
    std::vector<Offset<tflite::TensorMap>> maps;
    for (const auto& row : rows) {
      const auto name = builder.CreateString(row.name);
      maps.push_back(tflite::CreateTensorMap(builder, name, row.tensor));
    }
    return builder.CreateVector(maps);
  };
  const auto inputs = entries(in.inputs);
  const auto outputs = entries(in.outputs);
  const auto key = builder.CreateString(in.key);
  return tflite::CreateSignatureDef(builder, inputs, outputs, key, in.graph);
}

Offset<flatbuffers::Vector<Offset<tflite::OperatorCode>>> operator_codes(FlatBufferBuilder& builder,
                                                                         const TfliteFile& file) {
  std::vector<Offset<tflite::OperatorCode>> codes;
  for (const TfliteOperatorCode& code : file.operator_codes) {
    Offset<flatbuffers::String> custom;
    if (!code.custom.empty()) custom = builder.CreateString(code.custom);
    codes.push_back(tflite::CreateOperatorCode(builder, static_cast<int8_t>(std::min(code.builtin, kPlaceholderCode)),
                                               custom, code.version,
                                               static_cast<tflite::BuiltinOperator>(code.builtin)));
  }
  return builder.CreateVector(codes);
}

// Tables for all buffers; the data vectors of filled ones are put behind the FlatBuffer by the caller. Until then
// they point to one vector of a single byte.
Offset<flatbuffers::Vector<Offset<tflite::Buffer>>> buffers(FlatBufferBuilder& builder, const TfliteFile& file) {
  const auto stand_in = builder.CreateVector(std::vector<uint8_t>{0});
  std::vector<Offset<tflite::Buffer>> tables;
  for (const Bytes& buffer : file.buffers) {
    tables.push_back(buffer.empty() ? tflite::CreateBuffer(builder) : tflite::CreateBuffer(builder, stand_in));
  }
  return builder.CreateVector(tables);
}

Status build_tables(FlatBufferBuilder& builder, const TfliteFile& file) {
  const auto buffer_list = buffers(builder, file);
  std::vector<Offset<tflite::SubGraph>> graphs;
  for (const TfliteGraph& graph : file.graphs) {
    PESTLE_ASSIGN(const auto offset, subgraph(builder, graph));
    graphs.push_back(offset);
  }
  std::vector<Offset<tflite::Metadata>> metadata;
  for (const TfliteMetadata& entry : file.metadata) {
    const auto name = builder.CreateString(entry.name);
    metadata.push_back(tflite::CreateMetadata(builder, name, entry.buffer));
  }
  std::vector<Offset<tflite::SignatureDef>> signatures;
  for (const TfliteSignature& row : file.signatures) signatures.push_back(signature(builder, row));
  const auto codes = operator_codes(builder, file);
  const auto graph_list = builder.CreateVector(graphs);
  const auto description = builder.CreateString(file.description);
  const auto metadata_list = vector(builder, metadata);
  const auto unnamed =
      vector(builder, std::vector<int32_t>(file.unnamed_metadata.begin(), file.unnamed_metadata.end()));
  const auto model = tflite::CreateModel(builder, 3, codes, graph_list, description, buffer_list, unnamed,
                                         metadata_list, vector(builder, signatures));
  tflite::FinishModelBuffer(builder, model);
  return {};
}

Status write_zeros(ByteSink& sink, size_t count) {
  constexpr std::array<std::byte, kAlignment> kZeros{};
  return sink.write(std::span(kZeros).first(count));
}

}  // namespace

// The tables come first. Behind them stands, for every filled buffer, its vector: a length of 4 bytes and the data at
// a multiple of 16; offsets only point forward, so the tables need no more than their offsets set. The constants
// themselves go from their views straight to the sink.
Status write_tflite(const TfliteFile& file, ByteSink& sink) {
  FlatBufferBuilder builder;
  PESTLE_TRY(build_tables(builder, file));
  uint8_t* head = builder.GetBufferPointer();
  uint64_t position = builder.GetSize();
  const auto* tables = tflite::GetModel(head)->buffers();
  std::vector<size_t> gaps(file.buffers.size());
  for (flatbuffers::uoffset_t i = 0; i < tables->size(); ++i) {
    if (file.buffers[i].empty()) continue;
    gaps[i] = (kAlignment - (position + sizeof(uint32_t)) % kAlignment) % kAlignment;
    position += gaps[i];
    const auto* table = reinterpret_cast<const flatbuffers::Table*>(tables->Get(i));
    uint8_t* field = head + (table->GetAddressOf(tflite::Buffer::VT_DATA) - head);
    flatbuffers::WriteScalar(field,
                             static_cast<flatbuffers::uoffset_t>(position - static_cast<uint64_t>(field - head)));
    position += sizeof(uint32_t) + file.buffers[i].size();
    if (position >= kLargestFile) {
      return fail(ErrorCode::kUnsupported, "the output would exceed the 2 GiB that a .tflite file can hold",
                  "store the weights in fewer bits: --mode weight-only, dynamic or float16");
    }
  }
  PESTLE_TRY(sink.write(std::as_bytes(std::span(head, builder.GetSize()))));
  for (size_t i = 0; i < file.buffers.size(); ++i) {
    if (file.buffers[i].empty()) continue;
    PESTLE_TRY(write_zeros(sink, gaps[i]));
    const auto length = static_cast<uint32_t>(file.buffers[i].size());
    PESTLE_TRY(sink.write(std::as_bytes(std::span(&length, 1))));
    PESTLE_TRY(sink.write(file.buffers[i].view()));
  }
  // Some runtimes read a few bytes beyond the last constant.
  return write_zeros(sink, kAlignment);
}

}  // namespace pestle::codec
