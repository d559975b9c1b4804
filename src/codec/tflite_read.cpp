#include <fmt/core.h>

#include <cstring>

#include "codec/tflite.h"
#include "codec/tflite_generated.h"
#include "codec/tflite_options.h"

namespace pestle::codec {
namespace {

// Tables that a model of that many bytes can hold, so that a hostile file cannot make the verifier run for long.
constexpr flatbuffers::uoffset_t kMostTables = 10'000'000;
constexpr flatbuffers::uoffset_t kDeepest = 64;

Failure damaged(std::string message) {
  return fail(ErrorCode::kInvalidFile, std::move(message),
              "the file is damaged or was made to harm readers; nothing was run");
}

template <typename To, typename Vector>
std::vector<To> copy(const Vector* vector) {
  std::vector<To> out;
  if (vector == nullptr) return out;
  out.reserve(vector->size());
  for (flatbuffers::uoffset_t i = 0; i < vector->size(); ++i) out.push_back(static_cast<To>(vector->Get(i)));
  return out;
}

std::string text(const flatbuffers::String* string) { return string == nullptr ? std::string() : string->str(); }

// Index vectors are stored in one of three widths.
std::vector<int32_t> sparse_indices(tflite::SparseIndexVector kind, const void* table, int& bits) {
  if (table == nullptr) return {};
  switch (kind) {
    case tflite::SparseIndexVector::Int32Vector:
      return copy<int32_t>(static_cast<const tflite::Int32Vector*>(table)->values());
    case tflite::SparseIndexVector::Uint16Vector:
      bits = 16;
      return copy<int32_t>(static_cast<const tflite::Uint16Vector*>(table)->values());
    case tflite::SparseIndexVector::Uint8Vector:
      bits = 8;
      return copy<int32_t>(static_cast<const tflite::Uint8Vector*>(table)->values());
    default: return {};
  }
}

TfliteSparsity read_sparsity(const tflite::SparsityParameters& in) {
  TfliteSparsity out;
  out.traversal_order = copy<int32_t>(in.traversal_order());
  out.block_map = copy<int32_t>(in.block_map());
  if (in.dim_metadata() == nullptr) return out;
  for (const tflite::DimensionMetadata* dim : *in.dim_metadata()) {
    TfliteSparseDimension row;
    row.sparse = dim->format() == tflite::DimensionType::SPARSE_CSR;
    row.dense_size = dim->dense_size();
    row.segments = sparse_indices(dim->array_segments_type(), dim->array_segments(), row.segment_bits);
    row.indices = sparse_indices(dim->array_indices_type(), dim->array_indices(), row.index_bits);
    out.dimensions.push_back(std::move(row));
  }
  return out;
}

TfliteQuantization read_quantization(const tflite::QuantizationParameters& in) {
  TfliteQuantization out;
  out.min = copy<float>(in.min());
  out.max = copy<float>(in.max());
  out.scale = copy<float>(in.scale());
  out.zero_point = copy<int64_t>(in.zero_point());
  out.quantized_dimension = in.quantized_dimension();
  if (const auto* custom = in.details_as_CustomQuantization()) {
    out.details = TfliteQuantization::Details::kCustom;
    if (custom->custom() != nullptr) {
      const auto* bytes = reinterpret_cast<const std::byte*>(custom->custom()->data());
      out.custom.assign(bytes, bytes + custom->custom()->size());
    }
  } else if (const auto* blocks = in.details_as_BlockwiseQuantization()) {
    out.details = TfliteQuantization::Details::kBlockwise;
    out.scales_tensor = blocks->scales();
    out.zero_points_tensor = blocks->zero_points();
    out.block_size = blocks->block_size();
  } else if (const auto* axes = in.details_as_MultiAxisQuantization()) {
    out.details = TfliteQuantization::Details::kMultiAxis;
    out.scales_tensor = axes->scales();
    out.zero_points_tensor = axes->zero_points();
    out.block_size = axes->block_size();
    out.quantized_dimensions = copy<int32_t>(axes->quantized_dimensions());
  }
  return out;
}

class Reader {
 public:
  Reader(const Bytes& file, const tflite::Model& model) : file_(file), model_(model) {}

  Result<TfliteFile> read() {
    out_.description = text(model_.description());
    PESTLE_TRY(read_codes());
    PESTLE_TRY(read_buffers());
    if (model_.external_buffers() != nullptr && model_.external_buffers()->size() > 0) {
      return fail(ErrorCode::kUnsupported, "the file keeps constants in other files (external buffers)");
    }
    if (model_.subgraphs() == nullptr || model_.subgraphs()->size() == 0) return damaged("the file holds no graph");
    for (flatbuffers::uoffset_t i = 0; i < model_.subgraphs()->size(); ++i) {
      if (Status status = read_graph(*model_.subgraphs()->Get(i)); !status) {
        return in_context(std::move(status).error(), fmt::format("graph {}", i));
      }
    }
    PESTLE_TRY(read_metadata());
    PESTLE_TRY(read_signatures());
    return std::move(out_);
  }

 private:
  Status read_codes() {
    if (model_.operator_codes() == nullptr) return {};
    for (const tflite::OperatorCode* code : *model_.operator_codes()) {
      // Codes above 126 do not fit the old field; readers take the larger of the two.
      const int32_t builtin =
          std::max(static_cast<int32_t>(code->builtin_code()), static_cast<int32_t>(code->deprecated_builtin_code()));
      if (builtin < 0) return damaged(fmt::format("operator code {} is negative", builtin));
      out_.operator_codes.push_back({builtin, text(code->custom_code()), code->version()});
    }
    return {};
  }

  Status read_buffers() {
    if (model_.buffers() == nullptr) return {};
    for (flatbuffers::uoffset_t i = 0; i < model_.buffers()->size(); ++i) {
      const tflite::Buffer& buffer = *model_.buffers()->Get(i);
      if (buffer.offset() > 1) {
        if (buffer.offset() > file_.size() || buffer.size() > file_.size() - buffer.offset()) {
          return damaged(fmt::format("buffer {} lies outside the file ({} bytes at {} of {})", i, buffer.size(),
                                     buffer.offset(), file_.size()));
        }
        out_.buffers.push_back(file_.slice(buffer.offset(), buffer.size()));
      } else if (buffer.data() != nullptr && buffer.data()->size() > 0) {
        const auto* begin = reinterpret_cast<const std::byte*>(buffer.data()->data());
        out_.buffers.push_back(file_.slice(static_cast<size_t>(begin - file_.data()), buffer.data()->size()));
      } else {
        out_.buffers.emplace_back();
      }
    }
    return {};
  }

  Status check_indices(const std::vector<int32_t>& ids, size_t tensors, bool optional, const char* what) {
    for (int32_t id : ids) {
      if (id == -1 && optional) continue;
      if (id < 0 || static_cast<size_t>(id) >= tensors) {
        return damaged(fmt::format("{} points to tensor {}, the graph has {}", what, id, tensors));
      }
    }
    return {};
  }

  Status read_tensor(const tflite::Tensor& in, TfliteTensor& out) {
    out.name = text(in.name());
    out.shape = copy<int32_t>(in.shape());
    out.shape_signature = copy<int32_t>(in.shape_signature());
    out.type = static_cast<int8_t>(in.type());
    out.buffer = in.buffer();
    out.is_variable = in.is_variable();
    out.has_rank = in.has_rank();
    if (in.external_buffer() != 0) return fail(ErrorCode::kUnsupported, "the tensor's data stands in another file");
    if (out.buffer >= std::max<size_t>(out_.buffers.size(), 1)) {
      return damaged(fmt::format("points to buffer {}, the file has {}", out.buffer, out_.buffers.size()));
    }
    for (int32_t dim : out.shape) {
      if (dim < 0) return damaged(fmt::format("has the extent {}", dim));
    }
    if (in.quantization() != nullptr) out.quantization = read_quantization(*in.quantization());
    if (in.sparsity() != nullptr) out.sparsity = read_sparsity(*in.sparsity());
    if (in.variant_tensors() != nullptr) {
      for (const tflite::VariantSubType* variant : *in.variant_tensors()) {
        out.variant_types.push_back(
            {copy<int32_t>(variant->shape()), static_cast<int8_t>(variant->type()), variant->has_rank()});
      }
    }
    return {};
  }

  Status read_custom_options(const tflite::Operator& in, TfliteOperator& out) {
    if (in.large_custom_options_offset() > 1) {
      if (in.large_custom_options_offset() > file_.size() ||
          in.large_custom_options_size() > file_.size() - in.large_custom_options_offset()) {
        return damaged("custom options lie outside the file");
      }
      const auto part = file_.slice(in.large_custom_options_offset(), in.large_custom_options_size()).view();
      out.custom_options.assign(part.begin(), part.end());
    } else if (in.custom_options() != nullptr) {
      const auto* bytes = reinterpret_cast<const std::byte*>(in.custom_options()->data());
      out.custom_options.assign(bytes, bytes + in.custom_options()->size());
    }
    return {};
  }

  Status read_operator(const tflite::Operator& in, size_t tensors, TfliteOperator& out) {
    out.code_index = in.opcode_index();
    if (out.code_index >= out_.operator_codes.size()) {
      return damaged(
          fmt::format("points to operator code {}, the file has {}", out.code_index, out_.operator_codes.size()));
    }
    out.inputs = copy<int32_t>(in.inputs());
    out.outputs = copy<int32_t>(in.outputs());
    out.intermediates = copy<int32_t>(in.intermediates());
    PESTLE_TRY(check_indices(out.inputs, tensors, true, "an input"));
    PESTLE_TRY(check_indices(out.outputs, tensors, false, "an output"));
    PESTLE_TRY(check_indices(out.intermediates, tensors, true, "an intermediate"));
    out.mutating_variable_inputs = copy<bool>(in.mutating_variable_inputs());
    PESTLE_TRY(read_custom_options(in, out));
    const int first = static_cast<int>(in.builtin_options_type());
    const int second = static_cast<int>(in.builtin_options_2_type());
    const bool use_first = first != 0 && in.builtin_options() != nullptr;
    const bool use_second = !use_first && second != 0 && in.builtin_options_2() != nullptr;
    if (!use_first && !use_second) return {};
    const OptionsMember* member = use_first ? find_options(1, first) : find_options(2, second);
    if (member == nullptr)
      return fail(ErrorCode::kUnsupported, "its options are of a kind that is newer than this reader");
    out.options_record = member->record;
    const void* table = use_first ? in.builtin_options() : in.builtin_options_2();
    PESTLE_ASSIGN(out.options, read_options(*member, *static_cast<const flatbuffers::Table*>(table)));
    return {};
  }

  Status read_graph(const tflite::SubGraph& in) {
    TfliteGraph graph;
    graph.name = text(in.name());
    const size_t tensors = in.tensors() == nullptr ? 0 : in.tensors()->size();
    graph.tensors.resize(tensors);
    for (size_t i = 0; i < tensors; ++i) {
      if (Status status = read_tensor(*in.tensors()->Get(static_cast<flatbuffers::uoffset_t>(i)), graph.tensors[i]);
          !status) {
        return in_context(std::move(status).error(), fmt::format("tensor {} \"{}\"", i, graph.tensors[i].name));
      }
    }
    graph.inputs = copy<int32_t>(in.inputs());
    graph.outputs = copy<int32_t>(in.outputs());
    PESTLE_TRY(check_indices(graph.inputs, tensors, false, "an input of the graph"));
    PESTLE_TRY(check_indices(graph.outputs, tensors, false, "an output of the graph"));
    const size_t operators = in.operators() == nullptr ? 0 : in.operators()->size();
    graph.operators.resize(operators);
    for (size_t i = 0; i < operators; ++i) {
      if (Status status =
              read_operator(*in.operators()->Get(static_cast<flatbuffers::uoffset_t>(i)), tensors, graph.operators[i]);
          !status) {
        return in_context(std::move(status).error(), fmt::format("operator {}", i));
      }
    }
    out_.graphs.push_back(std::move(graph));
    return {};
  }

  Status read_metadata() {
    if (model_.metadata_buffer() != nullptr) {
      for (int32_t buffer : *model_.metadata_buffer()) {
        if (buffer < 0 || static_cast<size_t>(buffer) >= out_.buffers.size())
          return damaged(fmt::format("metadata_buffer has {}, the file has {} buffers", buffer, out_.buffers.size()));
        out_.unnamed_metadata.push_back(static_cast<uint32_t>(buffer));
      }
    }
    if (model_.metadata() == nullptr) return {};
    for (const tflite::Metadata* entry : *model_.metadata()) {
      if (entry->buffer() >= out_.buffers.size()) {
        return damaged(fmt::format("metadata \"{}\" points to buffer {}, the file has {}", text(entry->name()),
                                   entry->buffer(), out_.buffers.size()));
      }
      out_.metadata.push_back({text(entry->name()), entry->buffer()});
    }
    return {};
  }

  Status read_entries(const flatbuffers::Vector<flatbuffers::Offset<tflite::TensorMap>>* in, size_t tensors,
                      std::vector<TfliteSignature::Entry>& out) {
    if (in == nullptr) return {};
    for (const tflite::TensorMap* entry : *in) {
      if (entry->tensor_index() >= tensors)
        return damaged(fmt::format("a signature points to tensor {} of {}", entry->tensor_index(), tensors));
      out.push_back({text(entry->name()), entry->tensor_index()});
    }
    return {};
  }

  Status read_signatures() {
    if (model_.signature_defs() == nullptr) return {};
    for (const tflite::SignatureDef* in : *model_.signature_defs()) {
      TfliteSignature signature{text(in->signature_key()), in->subgraph_index(), {}, {}};
      if (signature.graph >= out_.graphs.size())
        return damaged(fmt::format("a signature points to graph {} of {}", signature.graph, out_.graphs.size()));
      const size_t tensors = out_.graphs[signature.graph].tensors.size();
      PESTLE_TRY(read_entries(in->inputs(), tensors, signature.inputs));
      PESTLE_TRY(read_entries(in->outputs(), tensors, signature.outputs));
      out_.signatures.push_back(std::move(signature));
    }
    return {};
  }

  const Bytes& file_;
  const tflite::Model& model_;
  TfliteFile out_;
};

}  // namespace

bool looks_like_tflite(std::span<const std::byte> bytes) {
  return bytes.size() >= 8 && std::memcmp(bytes.data() + 4, "TFL3", 4) == 0;
}

Result<TfliteFile> read_tflite(const Bytes& file) {
  if (!looks_like_tflite(file.view())) return damaged("the file does not carry the identifier TFL3 of a .tflite file");
  const auto* data = reinterpret_cast<const uint8_t*>(file.data());
  if (file.size() >= FLATBUFFERS_MAX_BUFFER_SIZE) {
    // Only the FlatBuffer must be small; constants behind it are found by offset.
    return fail(ErrorCode::kUnsupported, "files of 2 GiB and more are not read yet");
  }
  flatbuffers::Verifier verifier(data, file.size(), kDeepest, kMostTables, false);
  if (!tflite::VerifyModelBuffer(verifier))
    return damaged("the file is not a valid FlatBuffer (truncated or corrupted)");
  const tflite::Model& model = *tflite::GetModel(data);
  if (model.version() != 3)
    return fail(ErrorCode::kUnsupported, fmt::format("schema version {} is not read, only 3", model.version()));
  return Reader(file, model).read();
}

}  // namespace pestle::codec
