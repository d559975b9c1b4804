#include <fmt/core.h>

#include "codec/onnx_parts.h"

namespace pestle::codec {
namespace {

using namespace onnx;

// OperatorSetIdProto: domain=1, version=2.
OnnxOpset decode_opset(Reader message) {
  OnnxOpset opset;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes(1): opset.domain = message.get_string(); break;
      case varint(2): opset.version = message.get_int64(); break;
      default: message.skip();
    }
  }
  if (opset.domain == "ai.onnx") opset.domain.clear();
  return opset;
}

// FunctionProto: name=1, input=4*, output=5*, attribute=6*, node=7*, opset_import=9*, domain=10, attribute_proto=11*,
// overload=13.
Result<OnnxFunction> decode_function(const Source& source, Reader message) {
  OnnxFunction function;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes(1): function.name = message.get_string(); break;
      case bytes(4): function.inputs.push_back(message.get_string()); break;
      case bytes(5): function.outputs.push_back(message.get_string()); break;
      case bytes(6): function.attributes.push_back(message.get_string()); break;
      case bytes(7): {
        PESTLE_ASSIGN(OnnxNode node, decode_node(source, message.get_message(), 0));
        function.nodes.push_back(std::move(node));
        break;
      }
      case bytes(9): function.opsets.push_back(decode_opset(message.get_message())); break;
      case bytes(10): function.domain = message.get_string(); break;
      case bytes(11): {
        PESTLE_ASSIGN(OnnxAttribute attribute, decode_attribute(source, message.get_message(), 0));
        function.defaults.push_back(std::move(attribute));
        break;
      }
      case bytes(13): function.overload = message.get_string(); break;
      default: message.skip();
    }
  }
  if (function.name.empty()) return damaged("a function has no name");
  return function;
}

Result<OnnxModel> decode_model(const Source& source, Reader message) {
  OnnxModel model;
  bool has_graph = false;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case varint(1): model.ir_version = message.get_int64(); break;
      case bytes(2): model.producer = message.get_string(); break;
      case bytes(3): model.producer_version = message.get_string(); break;
      case bytes(7):
        has_graph = true;
        PESTLE_TRY(decode_graph(source, message.get_message(), 0, model.graph));
        break;
      case bytes(8): model.opsets.push_back(decode_opset(message.get_message())); break;
      case bytes(25): {
        PESTLE_ASSIGN(OnnxFunction function, decode_function(source, message.get_message()));
        model.functions.push_back(std::move(function));
        break;
      }
      default: message.skip();
    }
  }
  if (!has_graph) return damaged("holds no graph");
  if (model.opsets.empty()) return damaged("names no operator set");
  return model;
}

Reader reader_of(std::span<const std::byte> file) { return {reinterpret_cast<const char*>(file.data()), file.size()}; }

// True if one of the first fields of a GraphProto is a node that names an operator in plain letters.
bool has_named_node(Reader graph) {
  for (int fields = 0; fields < 8 && graph.next(); ++fields) {
    if (graph.tag_and_type() != bytes(1)) {
      graph.skip();
      continue;
    }
    Reader node = graph.get_message();
    if (!node.next(4, protozero::pbf_wire_type::length_delimited)) return false;
    const protozero::data_view name = node.get_view();
    const auto is_letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    return name.size() > 0 && name.size() < 128 && std::all_of(name.data(), name.data() + name.size(), is_letter);
  }
  return false;
}

}  // namespace

Result<OnnxModel> read_onnx(const Bytes& file) {
  try {
    return decode_model(Source(file), reader_of(file.view()));
  } catch (const protozero::exception&) {
    return damaged(find_damage(file.view()).value_or("is cut off or no protobuf message"));
  }
}

bool looks_like_onnx(std::span<const std::byte> file) {
  constexpr int64_t kNewestIrVersion = 1000;  // far above any; a GraphDef or SavedModel has no such field
  bool has_version = false;
  try {
    Reader message = reader_of(file);
    for (int fields = 0; fields < 64 && message.next(); ++fields) {
      switch (message.tag_and_type()) {
        case varint(1): {
          const int64_t version = message.get_int64();
          if (version < 1 || version > kNewestIrVersion) return false;
          has_version = true;
          break;
        }
        case bytes(7): {
          const std::span<const std::byte> cut = cut_off_graph(file);
          return has_version && has_named_node(cut.empty() ? message.get_message() : reader_of(cut));
        }
        case bytes(2):
        case bytes(3):
        case bytes(4):
        case varint(5):
        case bytes(6):
        case bytes(8):
        case bytes(14):
        case bytes(25): message.skip(); break;
        default: return false;
      }
    }
  } catch (const protozero::exception&) {
    return false;
  }
  return false;
}

}  // namespace pestle::codec
