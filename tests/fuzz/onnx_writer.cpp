// Field numbers: codec/onnx.cpp, onnx_graph.cpp and onnx_tensor.cpp.
#include "tests/fuzz/onnx_writer.h"

#include <protozero/pbf_writer.hpp>

namespace pestle::fuzz {
namespace {

using protozero::pbf_writer;

void write(pbf_writer out, const codec::OnnxTensor& tensor) {
  for (int64_t dim : tensor.dims) out.add_int64(1, dim);
  out.add_int32(2, static_cast<int32_t>(tensor.type));
  for (const std::string& text : tensor.strings) out.add_bytes(6, text);
  out.add_string(8, tensor.name);
  if (tensor.strings.empty()) out.add_bytes(9, reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size());
}

void write(pbf_writer out, const codec::OnnxGraph& graph);

void write(pbf_writer out, const codec::OnnxAttribute& attribute) {
  using Kind = codec::OnnxAttribute::Kind;
  out.add_string(1, attribute.name);
  const bool one_float = attribute.kind == Kind::kFloat && attribute.floats.size() == 1;
  const bool one_int = attribute.kind == Kind::kInt && attribute.ints.size() == 1;
  const bool one_string = attribute.kind == Kind::kString && attribute.strings.size() == 1;
  if (one_float) out.add_float(2, attribute.floats[0]);
  if (one_int) out.add_int64(3, attribute.ints[0]);
  if (one_string) out.add_bytes(4, attribute.strings[0]);
  if (!one_float) out.add_packed_float(7, attribute.floats.begin(), attribute.floats.end());
  if (!one_int) out.add_packed_int64(8, attribute.ints.begin(), attribute.ints.end());
  for (const std::string& text : attribute.strings) {
    if (!one_string) out.add_bytes(9, text);
  }
  for (const codec::OnnxTensor& tensor : attribute.tensors)
    write(pbf_writer(out, attribute.kind == Kind::kTensor ? 5 : 10), tensor);
  for (const codec::OnnxGraph& graph : attribute.graphs)
    write(pbf_writer(out, attribute.kind == Kind::kGraph ? 6 : 11), graph);
  out.add_int32(20, static_cast<int32_t>(attribute.kind));
  if (!attribute.reference.empty()) out.add_string(21, attribute.reference);
}

void write(pbf_writer out, const codec::OnnxNode& node) {
  for (const std::string& input : node.inputs) out.add_string(1, input);
  for (const std::string& output : node.outputs) out.add_string(2, output);
  out.add_string(3, node.name);
  out.add_string(4, node.op_type);
  for (const codec::OnnxAttribute& attribute : node.attributes) write(pbf_writer(out, 5), attribute);
  if (!node.domain.empty()) out.add_string(7, node.domain);
  if (!node.overload.empty()) out.add_string(8, node.overload);
}

void write(pbf_writer out, const codec::OnnxValueInfo& info) {
  out.add_string(1, info.name);
  if (!info.is_tensor) return;
  pbf_writer type(out, 2);
  pbf_writer tensor(type, 1);
  tensor.add_int32(1, static_cast<int32_t>(info.type));
  if (!info.has_shape) return;
  pbf_writer shape(tensor, 2);
  for (const codec::OnnxDimension& dim : info.dims) {
    pbf_writer extent(shape, 1);
    if (dim.value) extent.add_int64(1, *dim.value);
    if (!dim.symbol.empty()) extent.add_string(2, dim.symbol);
  }
}

void write(pbf_writer out, const codec::OnnxGraph& graph) {
  for (const codec::OnnxNode& node : graph.nodes) write(pbf_writer(out, 1), node);
  out.add_string(2, graph.name);
  for (const codec::OnnxTensor& tensor : graph.initializers) write(pbf_writer(out, 5), tensor);
  for (const codec::OnnxValueInfo& info : graph.inputs) write(pbf_writer(out, 11), info);
  for (const codec::OnnxValueInfo& info : graph.outputs) write(pbf_writer(out, 12), info);
  for (const codec::OnnxValueInfo& info : graph.values) write(pbf_writer(out, 13), info);
}

void write(pbf_writer out, const codec::OnnxOpset& opset) {
  out.add_string(1, opset.domain);
  out.add_int64(2, opset.version);
}

void write(pbf_writer out, const codec::OnnxFunction& function) {
  out.add_string(1, function.name);
  for (const std::string& input : function.inputs) out.add_string(4, input);
  for (const std::string& output : function.outputs) out.add_string(5, output);
  for (const std::string& attribute : function.attributes) out.add_string(6, attribute);
  for (const codec::OnnxNode& node : function.nodes) write(pbf_writer(out, 7), node);
  for (const codec::OnnxOpset& opset : function.opsets) write(pbf_writer(out, 9), opset);
  out.add_string(10, function.domain);
  for (const codec::OnnxAttribute& attribute : function.defaults) write(pbf_writer(out, 11), attribute);
  out.add_string(13, function.overload);
}

}  // namespace

std::string write_onnx(const codec::OnnxModel& model) {
  std::string file;
  pbf_writer out(file);
  out.add_int64(1, model.ir_version);
  out.add_string(2, model.producer);
  out.add_string(3, model.producer_version);
  write(pbf_writer(out, 7), model.graph);
  for (const codec::OnnxOpset& opset : model.opsets) write(pbf_writer(out, 8), opset);
  for (const codec::OnnxFunction& function : model.functions) write(pbf_writer(out, 25), function);
  return file;
}

}  // namespace pestle::fuzz
