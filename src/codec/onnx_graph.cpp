// GraphProto: node=1*, name=2, initializer=5*, input=11*, output=12*, value_info=13*, sparse_initializer=15*.
// NodeProto: input=1*, output=2*, name=3, op_type=4, attribute=5*, domain=7, overload=8.
// AttributeProto: name=1, f=2, i=3, s=4, t=5, g=6, floats=7*, ints=8*, strings=9*, tensors=10*, graphs=11*, type=20,
// ref_attr_name=21. ValueInfoProto: name=1, type=2 {tensor_type=1 {elem_type=1, shape=2 {dim=1* {value=1, param=2}}}}.
#include <fmt/core.h>

#include "base/text.h"
#include "codec/onnx_parts.h"

namespace pestle::codec::onnx {
namespace {

// Graphs inside attributes of nodes of graphs: more than any exporter nests, little enough for the stack.
constexpr int kDeepest = 32;

void decode_dimension(Reader message, OnnxDimension& dim) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case varint(1): dim.value = message.get_int64(); break;
      case bytes(2): dim.symbol = message.get_string(); break;
      default: message.skip();
    }
  }
  if (dim.value && *dim.value < 0) dim.value.reset();  // some exporters write -1 for a free dimension
}

void decode_tensor_type(Reader message, OnnxValueInfo& info) {
  info.is_tensor = true;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case varint(1): info.type = static_cast<OnnxType>(message.get_int32()); break;
      case bytes(2): {
        info.has_shape = true;
        Reader shape = message.get_message();
        while (shape.next(1, protozero::pbf_wire_type::length_delimited))
          decode_dimension(shape.get_message(), info.dims.emplace_back());
        break;
      }
      default: message.skip();
    }
  }
}

OnnxValueInfo decode_value_info(Reader message) {
  OnnxValueInfo info;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes(1): info.name = message.get_string(); break;
      case bytes(2): {
        Reader type = message.get_message();
        while (type.next(1, protozero::pbf_wire_type::length_delimited)) decode_tensor_type(type.get_message(), info);
        break;
      }
      default: message.skip();
    }
  }
  return info;
}

// SparseTensorProto: values=1 (a TensorProto, whose name is the initializer's).
std::string sparse_name(Reader message) {
  std::string name;
  while (message.next(1, protozero::pbf_wire_type::length_delimited)) {
    Reader values = message.get_message();
    while (values.next(8, protozero::pbf_wire_type::length_delimited)) name = values.get_string();
  }
  return name;
}

// Files of IR version 1 do not say the type: it is that of the field that is there.
OnnxAttribute::Kind kind_of_content(const OnnxAttribute& attribute) {
  using Kind = OnnxAttribute::Kind;
  if (!attribute.graphs.empty()) return attribute.graphs.size() == 1 ? Kind::kGraph : Kind::kGraphs;
  if (!attribute.tensors.empty()) return attribute.tensors.size() == 1 ? Kind::kTensor : Kind::kTensors;
  if (!attribute.strings.empty()) return attribute.strings.size() == 1 ? Kind::kString : Kind::kStrings;
  if (!attribute.ints.empty()) return attribute.ints.size() == 1 ? Kind::kInt : Kind::kInts;
  if (!attribute.floats.empty()) return attribute.floats.size() == 1 ? Kind::kFloat : Kind::kFloats;
  return Kind::kUndefined;
}

Status decode_attribute_field(const Source& source, Reader& message, int depth, OnnxAttribute& attribute) {
  switch (message.tag_and_type()) {
    case bytes(1): attribute.name = message.get_string(); break;
    case fixed32(2): attribute.floats = {message.get_float()}; break;
    case varint(3): attribute.ints = {message.get_int64()}; break;
    case bytes(4): attribute.strings = {message.get_string()}; break;
    case bytes(5):
    case bytes(10): {
      PESTLE_ASSIGN(OnnxTensor tensor, decode_tensor(source, message.get_message()));
      attribute.tensors.push_back(std::move(tensor));
      break;
    }
    case bytes(6):
    case bytes(11): return decode_graph(source, message.get_message(), depth + 1, attribute.graphs.emplace_back());
    case fixed32(7): attribute.floats.push_back(message.get_float()); break;
    case bytes(7):
      for (float value : message.get_packed_float()) attribute.floats.push_back(value);
      break;
    case varint(8): attribute.ints.push_back(message.get_int64()); break;
    case bytes(8): append_varints(message, attribute.ints); break;
    case bytes(9): attribute.strings.push_back(message.get_string()); break;
    case varint(20): attribute.kind = static_cast<OnnxAttribute::Kind>(message.get_int32()); break;
    case bytes(21): attribute.reference = message.get_string(); break;
    default: message.skip();
  }
  return {};
}

Status decode_graph_field(const Source& source, Reader& message, int depth, OnnxGraph& graph) {
  switch (message.tag_and_type()) {
    case bytes(1): {
      PESTLE_ASSIGN(OnnxNode node, decode_node(source, message.get_message(), depth));
      graph.nodes.push_back(std::move(node));
      break;
    }
    case bytes(2): graph.name = message.get_string(); break;
    case bytes(5): {
      PESTLE_ASSIGN(OnnxTensor tensor, decode_tensor(source, message.get_message()));
      if (tensor.name.empty()) return damaged("an initializer has no name");
      graph.initializers.push_back(std::move(tensor));
      break;
    }
    case bytes(11): graph.inputs.push_back(decode_value_info(message.get_message())); break;
    case bytes(12): graph.outputs.push_back(decode_value_info(message.get_message())); break;
    case bytes(13): graph.values.push_back(decode_value_info(message.get_message())); break;
    case bytes(15): graph.sparse_initializers.push_back(sparse_name(message.get_message())); break;
    default: message.skip();
  }
  return {};
}

}  // namespace

Result<OnnxAttribute> decode_attribute(const Source& source, Reader message, int depth) {
  OnnxAttribute attribute;
  while (message.next()) PESTLE_TRY(decode_attribute_field(source, message, depth, attribute));
  if (attribute.name.empty()) return damaged("an attribute has no name");
  if (attribute.kind == OnnxAttribute::Kind::kUndefined) attribute.kind = kind_of_content(attribute);
  return attribute;
}

Result<OnnxNode> decode_node(const Source& source, Reader message, int depth) {
  OnnxNode node;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes(1): node.inputs.push_back(message.get_string()); break;
      case bytes(2): node.outputs.push_back(message.get_string()); break;
      case bytes(3): node.name = message.get_string(); break;
      case bytes(4): node.op_type = message.get_string(); break;
      case bytes(5): {
        auto attribute = decode_attribute(source, message.get_message(), depth);
        if (!attribute)
          return in_context(std::move(attribute).error(), operation_label(node.op_type, node.name));
        node.attributes.push_back(std::move(attribute).value());
        break;
      }
      case bytes(7): node.domain = message.get_string(); break;
      case bytes(8): node.overload = message.get_string(); break;
      default: message.skip();
    }
  }
  if (node.op_type.empty()) return damaged(fmt::format("node \"{}\" names no operator", node.name));
  if (node.domain == "ai.onnx") node.domain.clear();
  return node;
}

Status decode_graph(const Source& source, Reader message, int depth, OnnxGraph& graph) {
  if (depth > kDeepest)
    return fail(ErrorCode::kUnsupported, fmt::format("graphs are nested more than {} deep", kDeepest));
  while (message.next()) PESTLE_TRY(decode_graph_field(source, message, depth, graph));
  return {};
}

}  // namespace pestle::codec::onnx
