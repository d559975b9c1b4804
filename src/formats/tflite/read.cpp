#include <fmt/core.h>

#include "codec/tflite.h"
#include "formats/tflite/tflite.h"
#include "formats/tflite/versions.h"

namespace pestle::formats::tflite {
namespace {

Shape shape_of(const std::vector<int32_t>& dims) { return Shape(std::vector<int64_t>(dims.begin(), dims.end())); }

// Old converters wrote the channel axis of the filter on one-dimensional biases too: read as 0 where only 0 can be
// meant.
int32_t sane_axis(const codec::TfliteTensor& tensor, const codec::TfliteQuantization& quantization) {
  const auto rank = static_cast<int32_t>(tensor.shape.size());
  const int32_t axis = quantization.quantized_dimension;
  const bool only_zero = rank <= 1 || quantization.scale.size() <= 1;
  return only_zero && (axis < 0 || axis >= std::max(rank, 1)) ? 0 : axis;
}

std::shared_ptr<const ir::Quantization> quantization_of(const codec::TfliteTensor& tensor) {
  if (!tensor.quantization) return nullptr;
  const codec::TfliteQuantization& in = *tensor.quantization;
  auto out = std::make_shared<ir::Quantization>();
  out->scale = in.scale;
  out->zero_point = in.zero_point;
  out->axis = sane_axis(tensor, in);
  out->min = in.min;
  out->max = in.max;
  out->custom = in.custom;
  using Details = codec::TfliteQuantization::Details;
  if (in.details == Details::kBlockwise || in.details == Details::kMultiAxis) {
    out->blocks = ir::BlockScales{in.scales_tensor, in.zero_points_tensor, in.block_size,
                                  in.details == Details::kMultiAxis, in.quantized_dimensions};
  }
  return out;
}

std::shared_ptr<const ir::Sparsity> sparsity_of(const codec::TfliteTensor& tensor) {
  if (!tensor.sparsity) return nullptr;
  auto out = std::make_shared<ir::Sparsity>();
  out->traversal_order = tensor.sparsity->traversal_order;
  out->block_map = tensor.sparsity->block_map;
  for (const codec::TfliteSparseDimension& dim : tensor.sparsity->dimensions) {
    out->dimensions.push_back(
        {dim.sparse, dim.dense_size, {dim.segment_bits, dim.index_bits}, dim.segments, dim.indices});
  }
  return out;
}

Status check_blocks(const ir::Value& value, size_t tensors) {
  if (!value.type.quantization || !value.type.quantization->blocks) return {};
  const ir::BlockScales& blocks = *value.type.quantization->blocks;
  const auto limit = static_cast<int64_t>(tensors);
  if (blocks.scales < 0 || blocks.scales >= limit || blocks.zero_points < -1 || blocks.zero_points >= limit) {
    return fail(ErrorCode::kInvalidFile,
                fmt::format("tensor \"{}\": block scales point outside the graph", value.name));
  }
  return {};
}

// No operator has an older version. A module says by 0 that the version is to be computed, which only the rules of
// well-formed nodes can.
constexpr int32_t kOldestVersion = 1;

class GraphReader {
 public:
  GraphReader(const codec::TfliteFile& file, const codec::TfliteGraph& in,
              std::vector<std::shared_ptr<const Bytes>>& buffers)
      : file_(file), in_(in), buffers_(buffers) {}

  Result<ir::Graph> read() {
    graph_.name = in_.name;
    graph_.inputs.assign(in_.inputs.begin(), in_.inputs.end());
    graph_.outputs.assign(in_.outputs.begin(), in_.outputs.end());
    mark_computed();
    for (size_t i = 0; i < in_.tensors.size(); ++i) PESTLE_TRY(read_tensor(i));
    for (size_t i = 0; i < in_.operators.size(); ++i) read_operator(i);
    return std::move(graph_);
  }

 private:
  // Values that somebody computes or feeds are not constants, even where they name an empty buffer of their own.
  void mark_computed() {
    computed_.resize(in_.tensors.size());
    for (int32_t id : in_.inputs) computed_[id] = true;
    for (const codec::TfliteOperator& op : in_.operators) {
      for (int32_t id : op.outputs) computed_[id] = true;
    }
  }

  Failure unknown_dtype(size_t index, int8_t type) const {
    return fail(ErrorCode::kUnsupported,
                fmt::format("tensor {} \"{}\" has the unknown element type {}", index, in_.tensors[index].name, type));
  }

  Status read_tensor(size_t index) {
    const codec::TfliteTensor& in = in_.tensors[index];
    if (!is_known_dtype(in.type)) return unknown_dtype(index, in.type);
    ir::Value value;
    value.name = in.name;
    value.type = {static_cast<DType>(in.type), shape_of(in.shape), quantization_of(in)};
    value.is_variable = in.is_variable;
    value.has_rank = in.has_rank;
    value.signature.assign(in.shape_signature.begin(), in.shape_signature.end());
    value.sparsity = sparsity_of(in);
    for (const codec::TfliteVariantType& variant : in.variant_types) {
      if (!is_known_dtype(variant.type)) return unknown_dtype(index, variant.type);
      value.variant_types.push_back({static_cast<DType>(variant.type), shape_of(variant.shape), nullptr});
    }
    const Bytes* data = in.buffer < file_.buffers.size() ? &file_.buffers[in.buffer] : nullptr;
    const auto elements = checked_elements(value.type.shape);
    const bool empty_constant = in.buffer != 0 && elements == 0 && !computed_[index] && !in.is_variable;
    if (data != nullptr && (!data->empty() || empty_constant)) {
      if (!data->empty() && !value.sparsity && dtype_bits(value.type.dtype) > 0 &&
          (!elements || data->size() < storage_bytes(value.type.dtype, *elements))) {
        return fail(ErrorCode::kInvalidFile,
                    fmt::format("tensor {} \"{}\" of type {} {} has {} bytes of data", index, in.name,
                                dtype_name(value.type.dtype), to_string(value.type.shape), data->size()));
      }
      value.data = buffers_[in.buffer];
    }
    PESTLE_TRY(check_blocks(value, in_.tensors.size()));
    graph_.values.push_back(std::move(value));
    return {};
  }

  void read_operator(size_t index) {
    const codec::TfliteOperator& in = in_.operators[index];
    const codec::TfliteOperatorCode& code = file_.operator_codes[in.code_index];
    constexpr int32_t kCustomCode = 32;
    ir::Node node;
    node.is_custom = code.builtin == kCustomCode;
    node.op = node.is_custom
                  ? code.custom
                  : codec::tflite_operator_name(code.builtin).value_or(fmt::format("BUILTIN_{}", code.builtin));
    node.version = std::max(code.version, kOldestVersion);
    node.inputs.assign(in.inputs.begin(), in.inputs.end());
    node.outputs.assign(in.outputs.begin(), in.outputs.end());
    node.intermediates.assign(in.intermediates.begin(), in.intermediates.end());
    node.mutating_inputs = in.mutating_variable_inputs;
    node.options_record = in.options_record.empty() ? kNoOptions : in.options_record;
    for (const Property& option : in.options) node.attributes.set(option.name, option.value);
    node.custom_options = in.custom_options;
    const std::string name = node.outputs.empty() ? std::string() : graph_.values[node.outputs[0]].name;
    node.sources = {name.empty() ? fmt::format("operator {}", index) : name};
    graph_.nodes.push_back(std::move(node));
  }

  const codec::TfliteFile& file_;
  const codec::TfliteGraph& in_;
  std::vector<std::shared_ptr<const Bytes>>& buffers_;
  std::vector<bool> computed_;
  ir::Graph graph_;
};

std::vector<ir::Signature::Entry> entries_of(const std::vector<codec::TfliteSignature::Entry>& in) {
  std::vector<ir::Signature::Entry> out;
  for (const auto& entry : in) out.push_back({entry.name, static_cast<ir::ValueId>(entry.tensor)});
  return out;
}

}  // namespace

Result<ir::Module> read(const Bytes& bytes) {
  PESTLE_ASSIGN(const codec::TfliteFile file, codec::read_tflite(bytes));
  ir::Module module;
  module.description = file.description;
  std::vector<std::shared_ptr<const Bytes>> buffers;
  for (const Bytes& buffer : file.buffers) buffers.push_back(std::make_shared<const Bytes>(buffer));
  for (const codec::TfliteGraph& graph : file.graphs) {
    PESTLE_ASSIGN(ir::Graph read_graph, GraphReader(file, graph, buffers).read());
    module.graphs.push_back(std::move(read_graph));
  }
  for (const codec::TfliteSignature& signature : file.signatures) {
    module.signatures.push_back({signature.key, static_cast<int>(signature.graph), entries_of(signature.inputs),
                                 entries_of(signature.outputs)});
  }
  for (const codec::TfliteMetadata& entry : file.metadata)
    module.metadata.emplace_back(entry.name, file.buffers[entry.buffer]);
  for (uint32_t buffer : file.unnamed_metadata) module.metadata.emplace_back("", file.buffers[buffer]);
  return module;
}

}  // namespace pestle::formats::tflite
