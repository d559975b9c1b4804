#include "tests/fuzz/mutate_onnx.h"

#include <cstring>

#include "base/checked.h"
#include "formats/onnx/onnx.h"
#include "tests/fuzz/onnx_operators.h"

namespace pestle::fuzz {
namespace {

using codec::OnnxAttribute;
using codec::OnnxGraph;
using codec::OnnxNode;
using codec::OnnxTensor;
using codec::OnnxType;

constexpr size_t kMostBytes = 4096;

OnnxType any_type(Dice& dice) {
  constexpr OnnxType kUsual[] = {OnnxType::kFloat, OnnxType::kInt64,   OnnxType::kInt32,
                                 OnnxType::kBool,  OnnxType::kFloat16, OnnxType::kUint8};
  return dice.one_in(4) ? static_cast<OnnxType>(dice.below(28)) : dice.any(kUsual);
}

// Gives the tensor as much data as its type and dimensions say, if that is little; repeats what was there.
void fit_data(OnnxTensor& tensor) {
  uint64_t bits = static_cast<uint64_t>(codec::onnx_type_bits(tensor.type));
  for (int64_t dim : tensor.dims) bits = checked_mul(bits, static_cast<uint64_t>(dim)).value_or(~uint64_t{0});
  if (bits > kMostBytes * 8) return;
  const std::span<const std::byte> old = tensor.data.view();
  std::vector<std::byte> bytes((bits + 7) / 8);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = old.empty() ? std::byte{1} : old[i % old.size()];
  tensor.data = Bytes::own(std::move(bytes));
}

void mutate_tensor(OnnxTensor& tensor, Dice& dice) {
  switch (dice.below(5)) {
    case 0: tensor.type = any_type(dice); break;
    case 1: dice.change_list(tensor.dims); break;
    case 2: dice.change(tensor.name); break;
    default: {
      if (tensor.data.size() > kMostBytes || tensor.data.empty()) break;
      std::vector<std::byte> bytes(tensor.data.view().begin(), tensor.data.view().end());
      const int64_t value = dice.number(1);
      const size_t width = std::min(bytes.size(), tensor.type == OnnxType::kInt64 ? sizeof value : sizeof(int32_t));
      std::memcpy(bytes.data() + dice.below(bytes.size() / width) * width, &value, width);
      tensor.data = Bytes::own(std::move(bytes));
    }
  }
  if (!dice.one_in(16)) fit_data(tensor);
}

OnnxAttribute new_attribute(Dice& dice) {
  OnnxAttribute attribute;
  switch (dice.below(4)) {
    case 0:
      attribute = {dice.any(kOnnxIntAttributes), OnnxAttribute::Kind::kInt, {}, {}, {dice.number(1)}, {}, {}, {}};
      break;
    case 1:
      attribute = {dice.any(kOnnxIntsAttributes), OnnxAttribute::Kind::kInts, {}, {}, {}, {}, {}, {}};
      attribute.ints.assign(1 + dice.below(8), static_cast<int64_t>(dice.below(4)));
      break;
    case 2:
      attribute = {dice.any(kOnnxFloatAttributes), OnnxAttribute::Kind::kFloat, {}, {0.5f}, {}, {}, {}, {}};
      break;
    default: {
      const OnnxText& text = dice.any(kOnnxTextAttributes);
      attribute = {text.name, OnnxAttribute::Kind::kString, {}, {}, {}, {text.value}, {}, {}};
    }
  }
  return attribute;
}

void mutate_attribute(OnnxAttribute& attribute, Dice& dice) {
  if (dice.one_in(16)) attribute.kind = static_cast<OnnxAttribute::Kind>(dice.below(16));
  if (dice.one_in(16)) dice.change(attribute.name);
  const bool is_single = attribute.kind == OnnxAttribute::Kind::kInt || attribute.kind == OnnxAttribute::Kind::kFloat;
  if (!attribute.ints.empty()) {
    is_single ? dice.change(dice.any(attribute.ints)) : dice.change_list(attribute.ints);
  } else if (!attribute.floats.empty()) {
    is_single ? dice.change(dice.any(attribute.floats)) : dice.change_list(attribute.floats);
  } else if (!attribute.strings.empty()) {
    dice.change(dice.any(attribute.strings));
  } else if (!attribute.tensors.empty()) {
    mutate_tensor(dice.any(attribute.tensors), dice);
  }
}

// A name of something that the graph has.
const std::vector<std::string>& operators() {
  static const std::vector<std::string> names = formats::onnx::known_operators();
  return names;
}

std::string any_name(const OnnxGraph& graph, Dice& dice) {
  std::vector<std::string> names = {""};
  for (const auto& info : graph.inputs) names.push_back(info.name);
  for (const OnnxTensor& tensor : graph.initializers) names.push_back(tensor.name);
  for (const OnnxNode& node : graph.nodes) names.insert(names.end(), node.outputs.begin(), node.outputs.end());
  return dice.any(names);
}

void mutate_node(OnnxNode& node, const OnnxGraph& graph, Dice& dice) {
  switch (dice.below(9)) {
    case 0: node.op_type = dice.any(operators()); break;
    case 1:
    case 2:
      if (node.inputs.empty() || dice.one_in(3)) node.inputs.emplace_back();
      dice.any(node.inputs) = any_name(graph, dice);
      break;
    case 3: dice.change_list(node.inputs); break;
    case 4: dice.change_list(node.outputs); break;
    case 5: node.attributes.push_back(new_attribute(dice)); break;
    case 6: dice.shuffle(node.attributes); break;
    default:
      if (node.attributes.empty()) node.attributes.push_back(new_attribute(dice));
      mutate_attribute(dice.any(node.attributes), dice);
  }
}

void mutate_info(codec::OnnxValueInfo& info, Dice& dice) {
  switch (dice.below(6)) {
    case 0: info.type = any_type(dice); break;
    case 1: info.has_shape = !info.has_shape; break;
    case 2: dice.shuffle(info.dims); break;
    case 3: dice.change(info.name); break;
    default:
      if (info.dims.empty()) info.dims.emplace_back();
      dice.any(info.dims).value = dice.number(4);
  }
}

// A node on top of what is there, which becomes the output.
void append_node(OnnxGraph& graph, Dice& dice) {
  OnnxNode node;
  node.op_type = dice.any(operators());
  for (size_t i = 1 + dice.below(3); i > 0; --i) node.inputs.push_back(any_name(graph, dice));
  node.outputs = {"n" + std::to_string(graph.nodes.size())};
  if (!graph.outputs.empty()) dice.any(graph.outputs).name = node.outputs[0];
  graph.nodes.push_back(std::move(node));
}

void add_constant(OnnxGraph& graph, Dice& dice) {
  OnnxTensor tensor;
  tensor.name = "k" + std::to_string(graph.initializers.size());
  tensor.type = any_type(dice);
  for (size_t rank = dice.below(5); rank > 0; --rank) tensor.dims.push_back(static_cast<int64_t>(dice.below(5)));
  fit_data(tensor);
  graph.initializers.push_back(std::move(tensor));
}

void mutate_graph(OnnxGraph& graph, Dice& dice) {
  switch (dice.below(12)) {
    case 0: append_node(graph, dice); break;
    case 1: dice.shuffle(graph.nodes); break;
    case 2: add_constant(graph, dice); break;
    case 3:
      if (!graph.inputs.empty()) mutate_info(dice.any(graph.inputs), dice);
      break;
    case 4: dice.shuffle(dice.one_in(2) ? graph.inputs : graph.outputs); break;
    case 5:
      if (!graph.outputs.empty()) dice.any(graph.outputs).name = any_name(graph, dice);
      break;
    case 6:
    case 7:
      if (!graph.initializers.empty()) mutate_tensor(dice.any(graph.initializers), dice);
      break;
    default:
      if (!graph.nodes.empty()) mutate_node(dice.any(graph.nodes), graph, dice);
  }
}

}  // namespace

void mutate(codec::OnnxModel& model, Dice& dice) {
  for (size_t changes = 1 + dice.below(4); changes > 0; --changes) {
    if (dice.one_in(16) && !model.opsets.empty()) {
      dice.any(model.opsets).version = static_cast<int64_t>(6 + dice.below(20));
    } else {
      mutate_graph(model.graph, dice);
    }
  }
}

}  // namespace pestle::fuzz
