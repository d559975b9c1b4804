#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <map>

#include "codec/tflite.h"
#include "formats/tflite/tflite.h"
#include "formats/tflite/versions.h"
#include "ir/label.h"
#include "ops/core/registry.h"

namespace pestle::formats::tflite {
namespace {

constexpr int32_t kCustomCode = 32;

std::vector<int32_t> dims_of(const Shape& shape) {
  std::vector<int32_t> dims;
  for (int64_t dim : shape) dims.push_back(static_cast<int32_t>(dim));
  return dims;
}

std::optional<codec::TfliteQuantization> quantization_of(const ir::Quantization* in) {
  if (in == nullptr) return std::nullopt;
  codec::TfliteQuantization out;
  out.min = in->min;
  out.max = in->max;
  out.scale = in->scale;
  out.zero_point = in->zero_point;
  out.quantized_dimension = in->axis;
  using Details = codec::TfliteQuantization::Details;
  if (!in->custom.empty()) {
    out.details = Details::kCustom;
    out.custom = in->custom;
  }
  if (in->blocks) {
    out.details = in->blocks->multi_axis ? Details::kMultiAxis : Details::kBlockwise;
    out.scales_tensor = in->blocks->scales;
    out.zero_points_tensor = in->blocks->zero_points;
    out.block_size = in->blocks->block_size;
    out.quantized_dimensions = in->blocks->axes;
  }
  return out;
}

std::optional<codec::TfliteSparsity> sparsity_of(const ir::Sparsity* in) {
  if (in == nullptr) return std::nullopt;
  codec::TfliteSparsity out;
  out.traversal_order = in->traversal_order;
  out.block_map = in->block_map;
  for (const ir::Sparsity::Dimension& dim : in->dimensions) {
    out.dimensions.push_back(
        {dim.sparse, dim.dense_size, dim.index_bits[0], dim.index_bits[1], dim.segments, dim.indices});
  }
  return out;
}

class Writer {
 public:
  explicit Writer(const ir::Module& module) : module_(module) {}

  Result<codec::TfliteFile> write() {
    out_.description = module_.description;
    out_.buffers.emplace_back();  // buffer 0: no data
    for (const ir::Graph& graph : module_.graphs) PESTLE_TRY(write_graph(graph));
    for (const ir::Signature& signature : module_.signatures) write_signature(signature);
    for (const auto& [name, bytes] : module_.metadata) write_metadata(name, bytes);
    return std::move(out_);
  }

 private:
  uint32_t buffer_of(const ir::Value& value) {
    if (!value.is_constant()) return 0;
    const auto [it, is_new] = buffer_index_.try_emplace(value.data.get(), static_cast<uint32_t>(out_.buffers.size()));
    if (is_new) out_.buffers.push_back(*value.data);
    return it->second;
  }

  Status write_value(const ir::Value& value, codec::TfliteGraph& out) {
    for (int64_t extent : value.type.shape) {
      if (extent > std::numeric_limits<int32_t>::max()) {
        return fail(ErrorCode::kUnsupported, fmt::format("\"{}\" has the shape {}, larger than a .tflite file can say",
                                                         value.name, to_string(value.type.shape)));
      }
    }
    codec::TfliteTensor tensor;
    tensor.name = value.name;
    tensor.shape = dims_of(value.type.shape);
    tensor.shape_signature.assign(value.signature.begin(), value.signature.end());
    // Files give an extent that only the run tells as 1, and say in the signature that it is free.
    if (!value.type.shape.is_static() && value.signature.empty())
      tensor.shape_signature.assign(tensor.shape.begin(), tensor.shape.end());
    std::replace(tensor.shape.begin(), tensor.shape.end(), static_cast<int32_t>(kUnknown), 1);
    tensor.type = static_cast<int8_t>(value.type.dtype);
    tensor.buffer = buffer_of(value);
    tensor.is_variable = value.is_variable;
    tensor.has_rank = value.has_rank;
    tensor.quantization = quantization_of(value.type.quantization.get());
    tensor.sparsity = sparsity_of(value.sparsity.get());
    for (const ir::Type& type : value.variant_types) {
      tensor.variant_types.push_back({dims_of(type.shape), static_cast<int8_t>(type.dtype), false});
    }
    out.tensors.push_back(std::move(tensor));
    return {};
  }

  Result<uint32_t> code_of(const ir::Graph& graph, const ir::Node& node) {
    codec::TfliteOperatorCode code;
    if (node.is_custom) {
      code.builtin = kCustomCode;
      code.custom = node.op;
    } else if (const auto builtin = codec::tflite_operator_code(node.op)) {
      code.builtin = *builtin;
    } else if (node.op.starts_with("BUILTIN_")) {
      code.builtin = std::atoi(node.op.c_str() + 8);
    } else {
      return fail(ErrorCode::kUnsupported, fmt::format("{} has no place in a .tflite file", node.op));
    }
    code.version = version_of(graph, node);
    const auto key = std::make_tuple(code.builtin, code.custom, code.version);
    const auto [it, is_new] = code_index_.try_emplace(key, static_cast<uint32_t>(out_.operator_codes.size()));
    if (is_new) out_.operator_codes.push_back(code);
    return it->second;
  }

  Status write_node(const ir::Graph& graph, const ir::Node& node, codec::TfliteGraph& out) {
    codec::TfliteOperator op;
    PESTLE_ASSIGN(op.code_index, code_of(graph, node));
    op.inputs.assign(node.inputs.begin(), node.inputs.end());
    op.outputs.assign(node.outputs.begin(), node.outputs.end());
    op.intermediates.assign(node.intermediates.begin(), node.intermediates.end());
    op.mutating_variable_inputs = node.mutating_inputs;
    op.custom_options = node.custom_options;
    if (node.options_record.empty()) {
      const ops::OpDef* def = ops::find(node);
      op.options_record = def == nullptr ? "" : def->options_record;
    } else if (node.options_record != kNoOptions) {
      op.options_record = node.options_record;
    }
    op.options.assign(node.attributes.begin(), node.attributes.end());
    out.operators.push_back(std::move(op));
    return {};
  }

  Status write_graph(const ir::Graph& graph) {
    codec::TfliteGraph out;
    out.name = graph.name;
    for (const ir::Value& value : graph.values) PESTLE_TRY(write_value(value, out));
    for (const ir::Node& node : graph.nodes) {
      if (Status status = write_node(graph, node, out); !status) {
        return in_context(std::move(status).error(), ir::label(graph, node));
      }
    }
    out.inputs.assign(graph.inputs.begin(), graph.inputs.end());
    out.outputs.assign(graph.outputs.begin(), graph.outputs.end());
    out_.graphs.push_back(std::move(out));
    return {};
  }

  void write_signature(const ir::Signature& signature) {
    codec::TfliteSignature out{signature.key, static_cast<uint32_t>(signature.graph), {}, {}};
    for (const auto& entry : signature.inputs) out.inputs.push_back({entry.name, static_cast<uint32_t>(entry.value)});
    for (const auto& entry : signature.outputs) out.outputs.push_back({entry.name, static_cast<uint32_t>(entry.value)});
    out_.signatures.push_back(std::move(out));
  }

  // Entries of one file may share a buffer, and still do afterwards.
  void write_metadata(const std::string& name, const Bytes& bytes) {
    const auto key = std::make_pair(bytes.view().data(), bytes.size());
    const auto [it, is_new] = metadata_index_.try_emplace(key, static_cast<uint32_t>(out_.buffers.size()));
    if (is_new) out_.buffers.push_back(bytes);
    if (name.empty()) {
      out_.unnamed_metadata.push_back(it->second);
    } else {
      out_.metadata.push_back({name, it->second});
    }
  }

  const ir::Module& module_;
  codec::TfliteFile out_;
  std::map<const Bytes*, uint32_t> buffer_index_;                           // by identity; looked up only, never walked
  std::map<std::pair<const std::byte*, size_t>, uint32_t> metadata_index_;  // likewise
  std::map<std::tuple<int32_t, std::string, int32_t>, uint32_t> code_index_;
};

}  // namespace

Status write(const ir::Module& module, ByteSink& sink) {
  PESTLE_ASSIGN(const codec::TfliteFile file, Writer(module).write());
  return codec::write_tflite(file, sink);
}

Status write(const ir::Module& module, const std::string& path) {
  return write_file(path, [&module](ByteSink& sink) { return write(module, sink); });
}

}  // namespace pestle::formats::tflite
