// Data movement and comparisons by hand: shapes, errors, one numeric case each.
#include <doctest/doctest.h>

#include "ops/core/builder.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"

using namespace pestle;
using namespace pestle::ops;

namespace {

ir::Type typed(const Tensor& tensor) { return {tensor.dtype(), tensor.shape(), nullptr}; }

Tensor ints(Shape shape, std::vector<int32_t> values) { return Tensor::of<int32_t>(std::move(shape), values); }
Tensor list(std::vector<int32_t> values) { return ints({static_cast<int64_t>(values.size())}, values); }
Tensor scalar(int32_t value) { return ints({}, {value}); }
// 0, 1, 2, ... as int32.
Tensor counting(Shape shape) {
  Tensor tensor(DType::kInt32, std::move(shape));
  for (int64_t i = 0; i < tensor.elements(); ++i) tensor.data<int32_t>()[i] = static_cast<int32_t>(i);
  return tensor;
}

struct Call {
  const char* op;
  std::vector<Tensor> inputs;
  ir::Attributes attributes = {};
  int outputs = 1;
};

Result<std::vector<Tensor>> run(const Call& call) {
  ir::Node node;
  node.attributes = call.attributes;
  std::vector<ir::Type> types;
  for (const Tensor& tensor : call.inputs) types.push_back(typed(tensor));
  std::vector<KnownOperand> known;
  std::vector<InputOperand> operands;
  for (size_t i = 0; i < types.size(); ++i) {
    known.push_back({&types[i], call.inputs[i].view().bytes.data()});
    operands.push_back({&types[i], call.inputs[i].view().bytes.data()});
  }
  Inference inference(node, known, std::vector<ir::Type>(static_cast<size_t>(call.outputs)));
  PESTLE_TRY(infer_node(*find(call.op), inference));
  const auto outputs = inference.take_outputs();
  return evaluate(*find(call.op), node, operands, outputs);
}

// "2x3: 1 2 3 4 5 6", outputs separated by a bar, or "error".
std::string text_of(const Call& call) {
  const auto results = run(call);
  if (!results) return "error";
  std::string text;
  for (const Tensor& tensor : *results) {
    text += (text.empty() ? "" : " | ") + to_string(tensor.shape()) + ":";
    for (int64_t value : to_int64s(tensor.view())) text += " " + std::to_string(value);
  }
  return text;
}

ir::Attributes with(std::initializer_list<std::pair<const char*, ir::AttributeValue>> entries) {
  ir::Attributes attributes;
  for (const auto& [name, value] : entries) attributes.set(name, value);
  return attributes;
}

// The output shape when only types are known.
std::string unknown_shape(const char* op, const std::vector<ir::Type>& types, const ir::Attributes& attributes = {}) {
  ir::Node node;
  node.attributes = attributes;
  std::vector<KnownOperand> operands;
  for (const ir::Type& type : types) operands.push_back({&type, nullptr});
  Inference inference(node, operands, std::vector<ir::Type>(1));
  const Status status = infer_node(*find(op), inference);
  return status ? to_string(inference.take_outputs()[0].shape) : "error";
}

}  // namespace

TEST_CASE("data movement gives the elements that the formula says") {
  const Tensor x = counting({2, 3});
  const struct {
    Call call;
    const char* expected;
  } rows[] = {
      {{"RESHAPE", {x, list({3, -1})}}, "3x2: 0 1 2 3 4 5"},
      {{"RESHAPE", {x, list({4, -1})}}, "error"},
      {{"RESHAPE", {x, list({-1, -1})}}, "error"},
      {{"TRANSPOSE", {x, list({1, 0})}}, "3x2: 0 3 1 4 2 5"},
      {{"TRANSPOSE", {x, list({1, 1})}}, "error"},
      {{"CONCATENATION", {x, counting({2, 1})}, with({{"axis", int64_t{-1}}})}, "2x4: 0 1 2 0 3 4 5 1"},
      {{"CONCATENATION", {x, counting({2, 1})}, with({{"axis", int64_t{0}}})}, "error"},
      {{"PAD", {x, ints({2, 2}, {0, 1, 1, 0})}}, "3x4: 0 0 1 2 0 3 4 5 0 0 0 0"},
      {{"PAD", {x, ints({2, 2}, {0, -1, 1, 0})}}, "error"},
      {{"PADV2", {x, ints({2, 2}, {0, 0, 0, 1}), scalar(7)}}, "2x4: 0 1 2 7 3 4 5 7"},
      {{"MIRROR_PAD", {x, ints({2, 2}, {0, 0, 2, 1})}}, "2x6: 2 1 0 1 2 1 5 4 3 4 5 4"},
      {{"MIRROR_PAD", {x, ints({2, 2}, {0, 0, 2, 1})}, with({{"mode", std::string("SYMMETRIC")}})},
       "2x6: 1 0 0 1 2 2 4 3 3 4 5 5"},
      {{"MIRROR_PAD", {x, ints({2, 2}, {0, 0, 3, 0})}}, "error"},
      {{"SQUEEZE", {counting({1, 3, 1})}, with({{"squeeze_dims", std::vector<int64_t>{-1}}})}, "1x3: 0 1 2"},
      {{"SQUEEZE", {counting({1, 3, 1})}}, "3: 0 1 2"},
      {{"SQUEEZE", {counting({1, 3, 1})}, with({{"squeeze_dims", std::vector<int64_t>{1}}})}, "error"},
      {{"SHAPE", {x}, with({{"out_type", std::string("INT64")}})}, "2: 2 3"},
      {{"SHAPE", {x}}, "error"},
      {{"GATHER", {x, list({2, 0})}, with({{"axis", int64_t{1}}})}, "2x2: 2 0 5 3"},
      {{"GATHER", {x, list({3})}, with({{"axis", int64_t{1}}})}, "error"},
      {{"GATHER", {x, ints({2, 1}, {2, 0})}, with({{"axis", int64_t{1}}, {"batch_dims", int64_t{1}}})}, "2x1: 2 3"},
      {{"GATHER_ND", {x, ints({2, 2}, {1, 2, 0, 1})}}, "2: 5 1"},
      {{"SCATTER_ND", {ints({3, 1}, {0, 2, 0}), list({1, 2, 4}), list({4})}}, "4: 5 0 2 0"},
      {{"SLICE", {x, list({0, 1}), list({1, -1})}}, "1x2: 1 2"},
      {{"SLICE", {x, list({0, 1}), list({1, 3})}}, "error"},
      {{"EXPAND_DIMS", {x, scalar(-1)}}, "2x3x1: 0 1 2 3 4 5"},
      {{"SPLIT", {scalar(1), x}, with({{"num_splits", int64_t{3}}}), 3}, "2x1: 0 3 | 2x1: 1 4 | 2x1: 2 5"},
      {{"SPLIT", {scalar(1), x}, with({{"num_splits", int64_t{2}}}), 2}, "error"},
      {{"SPLIT_V", {x, list({1, -1}), scalar(1)}, with({{"num_splits", int64_t{2}}}), 2}, "2x1: 0 3 | 2x2: 1 2 4 5"},
      {{"PACK", {list({1, 2}), list({3, 4})}, with({{"values_count", int64_t{2}}, {"axis", int64_t{1}}})},
       "2x2: 1 3 2 4"},
      {{"UNPACK", {x}, with({{"num", int64_t{2}}}), 2}, "3: 0 1 2 | 3: 3 4 5"},
      {{"DEPTH_TO_SPACE", {counting({1, 1, 1, 8})}, with({{"block_size", int64_t{2}}})}, "1x2x2x2: 0 1 2 3 4 5 6 7"},
      {{"SPACE_TO_DEPTH", {counting({1, 2, 4, 1})}, with({{"block_size", int64_t{2}}})}, "1x1x2x4: 0 1 4 5 2 3 6 7"},
      {{"TILE", {x, list({1, 2})}}, "2x6: 0 1 2 0 1 2 3 4 5 3 4 5"},
      {{"BROADCAST_TO", {ints({2, 1}, {7, 8}), list({2, 2, 2})}}, "2x2x2: 7 7 8 8 7 7 8 8"},
      {{"FILL", {list({2, 1}), scalar(9)}}, "2x1: 9 9"},
      {{"RANGE", {scalar(5), scalar(0), scalar(-2)}}, "3: 5 3 1"},
      {{"RANGE", {scalar(5), scalar(0), scalar(2)}}, "error"},
      {{"REVERSE_V2", {x, list({1})}}, "2x3: 2 1 0 5 4 3"},
      {{"ONE_HOT", {list({1, -1, 0}), scalar(2), scalar(1), scalar(0)}, with({{"axis", int64_t{-1}}})},
       "3x2: 0 1 0 0 1 0"},
      {{"CUMSUM", {x, scalar(1)}, with({{"exclusive", true}, {"reverse", true}})}, "2x3: 3 2 0 9 5 0"},
      {{"TOPK_V2", {list({3, 9, 3, 9}), scalar(3)}, {}, 2}, "3: 9 9 3 | 3: 1 3 0"},
      {{"LESS", {x, scalar(2)}}, "2x3: 1 1 0 0 0 0"},
      {{"WHERE", {x}}, "5x2: 0 1 0 2 1 0 1 1 1 2"},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.call.op));
    CHECK(text_of(row.call) == row.expected);
  }
}

TEST_CASE("STRIDED_SLICE reads its masks as NumPy reads an index") {
  const Tensor x = counting({2, 3, 2});
  const auto slice = [&](std::vector<int32_t> begin, std::vector<int32_t> end, std::vector<int32_t> strides,
                         std::initializer_list<std::pair<const char*, ir::AttributeValue>> masks) {
    return text_of({"STRIDED_SLICE", {x, list(begin), list(end), list(strides)}, with(masks)});
  };
  CHECK(slice({0, 1}, {2, 3}, {1, 1}, {}) == "2x2x2: 2 3 4 5 8 9 10 11");                   // [0:2, 1:3]
  CHECK(slice({1}, {0}, {1}, {{"shrink_axis_mask", int64_t{1}}}) == "3x2: 6 7 8 9 10 11");  // [1]
  CHECK(slice({0, -1}, {0, 0}, {1, 1}, {{"ellipsis_mask", int64_t{1}}, {"shrink_axis_mask", int64_t{2}}}) ==
        "2x3: 1 3 5 7 9 11");                                                                         // [..., -1]
  CHECK(slice({0, 1}, {0, 2}, {1, 1}, {{"new_axis_mask", int64_t{1}}}) == "1x1x3x2: 6 7 8 9 10 11");  // [None, 1:2]
  CHECK(slice({1, 0}, {2, 0}, {1, -2}, {{"begin_mask", int64_t{2}}, {"end_mask", int64_t{2}}}) == "1x2x2: 10 11 6 7");
  CHECK(slice({1, 1, 0}, {1, 2, 1}, {1, 1, 1}, {{"offset", true}}) == "1x2x1: 8 10");
  CHECK(slice({2}, {3}, {1}, {{"shrink_axis_mask", int64_t{1}}}) == "error");
  CHECK(slice({0}, {1}, {0}, {}) == "error");
}

TEST_CASE("extents that depend on unknown contents are unknown, and no more") {
  const ir::Type x{DType::kFloat32, {2, kUnknown, 4}, nullptr};
  const ir::Type three{DType::kInt32, {3}, nullptr};
  CHECK(unknown_shape("RESHAPE", {x, three}) == "?x?x?");
  CHECK(unknown_shape("SLICE", {x, three, three}) == "?x?x?");
  CHECK(unknown_shape("PAD", {x, {DType::kInt32, {3, 2}, nullptr}}) == "?x?x?");
  CHECK(unknown_shape("STRIDED_SLICE", {x, three, three, three}) == "?x?x?");
  CHECK(unknown_shape("STRIDED_SLICE", {x, three, three, three}, with({{"shrink_axis_mask", int64_t{5}}})) == "?");
  CHECK(unknown_shape("CONCATENATION", {x, {DType::kFloat32, {2, 5, 4}, nullptr}}, with({{"axis", int64_t{2}}})) ==
        "2x5x8");
  CHECK(unknown_shape("FILL", {three, {DType::kFloat32, {}, nullptr}}) == "?x?x?");
  CHECK(unknown_shape("WHERE", {x}) == "?x3");
}

TEST_CASE("PAD fills with the zero point") {
  const std::vector<int8_t> values = {5};
  const Tensor x = Tensor::of<int8_t>({1}, values);
  const Tensor paddings = ints({1, 2}, {1, 1});
  const ir::Type type{DType::kInt8, {1}, ir::per_tensor(0.5f, -3)}, padded{DType::kInt8, {3}, ir::per_tensor(0.5f, -3)};
  const ir::Type pads = typed(paddings);
  const InputOperand inputs[] = {{&type, x.view().bytes.data()}, {&pads, paddings.view().bytes.data()}};
  const auto y = evaluate(*find("PAD"), {}, inputs, std::span(&padded, 1));
  REQUIRE(y.has_value());
  CHECK(to_int64s(y->front().view()) == std::vector<int64_t>{-3, 5, -3});
}

TEST_CASE("packed int4 moves element by element") {
  Tensor x(DType::kInt4, {3});
  x.view().bytes[0] = std::byte{0x21};
  x.view().bytes[1] = std::byte{0x0f};
  const auto y = run({"CONCATENATION", {x, x}});
  REQUIRE(y.has_value());
  CHECK(to_floats(y->front().view()) == std::vector<float>{1, 2, -1, 1, 2, -1});
}

TEST_CASE("the shape of a value is folded as soon as it is static") {
  ir::Graph graph;
  ir::Value value;
  value.type = {DType::kFloat32, {2, 3}, nullptr};
  const ir::ValueId known = graph.add_value(value);
  value.type.shape = {2, kUnknown};
  const ir::ValueId unknown = graph.add_value(value);
  Builder builder(graph);
  NodeSpec spec;
  spec.def = find("SHAPE");
  spec.properties.attributes.set("out_type", std::string("INT32"));
  spec.sources = {"shape"};
  spec.inputs = {known};
  const auto folded = builder.add(spec);
  REQUIRE(folded.has_value());
  CHECK(to_int64s(graph.constant(folded->front())) == std::vector<int64_t>{2, 3});
  spec.inputs = {unknown};
  const auto kept = builder.add(spec);
  REQUIRE(kept.has_value());
  CHECK(!graph.values[kept->front()].is_constant());
}
