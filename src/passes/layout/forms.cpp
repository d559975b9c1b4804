#include "passes/layout/forms.h"

#include <algorithm>

#include "ops/core/registry.h"
#include "passes/core/edit.h"

namespace pestle::passes {

using ir::kNoValue;
using ir::ValueId;

namespace {

void permute_signature(ir::Value& value, const Permutation& permutation) {
  if (value.signature.size() != permutation.size()) return;
  const Shape moved = permuted(Shape(value.signature), permutation);
  value.signature.assign(moved.begin(), moved.end());
}

// The shape with its unknown extent as it follows from the number of elements in the file's own shapes.
Shape filled_shape(Shape shape, int64_t elements) {
  int64_t known = 1;
  for (int64_t extent : shape) known *= extent == kUnknown ? 1 : extent;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == kUnknown && known > 0) shape[axis] = elements / known;
  }
  return shape;
}

}  // namespace

Forms::Forms(ir::Graph& graph) : graph_(graph), is_output_(graph.values.size(), false) {
  for (ValueId id : graph.outputs) is_output_[id] = true;
  grow();
}

void Forms::grow() {
  for (size_t i = forms_.size(); i < graph_.values.size(); ++i) {
    forms_.push_back({static_cast<ValueId>(i), {}, std::nullopt, {}});
    types_.push_back(graph_.values[i].type);
    types_.back().shape = known_shape(graph_.values[i]);
  }
  producer_.resize(graph_.values.size(), -1);
  is_output_.resize(graph_.values.size(), false);
}

void Forms::append(ir::Node node) {
  grow();
  for (ValueId id : node.outputs) {
    if (id != kNoValue) producer_[id] = static_cast<int>(nodes_.size());
  }
  nodes_.push_back(std::move(node));
}

ValueId Forms::store(ValueId output, const Permutation& permutation, std::vector<std::string> sources) {
  if (permutation.empty()) return output;
  const ir::Type type = permuted(graph_.values[output].type, inverse(permutation));
  ValueId stored = output;
  if (is_output_[output]) {
    ir::Value value;
    value.name = graph_.values[output].name + "/stored";
    value.signature = graph_.values[output].signature;
    permute_signature(value, inverse(permutation));
    stored = graph_.add_value(std::move(value));
    grow();
  } else {
    permute_signature(graph_.values[output], inverse(permutation));
  }
  graph_.values[stored].type = type;
  types_[stored] = stored == output ? types_[output] : type;
  forms_[output] = {stored, permutation, std::nullopt, std::move(sources)};
  return stored;
}

ValueId Forms::add_like(ValueId id, const Shape& shape) {
  ir::Value value;
  value.name = graph_.values[id].name + "/stored";
  value.type = graph_.values[id].type;
  value.type.shape = shape;
  const ValueId added = graph_.add_value(std::move(value));
  grow();
  return added;
}

void Forms::relay_input(ValueId input, const Permutation& permutation) {
  ir::Value& value = graph_.values[input];
  const Permutation order = inverse(permutation);
  value.type = permuted(value.type, order);
  permute_signature(value, order);
  forms_[input] = {input, permutation, std::nullopt, {value.name}};
}

ValueId Forms::read(ValueId id, const Permutation& permutation) {
  if (graph_.values[id].is_constant()) {
    return permutation.empty() ? id : transpose_constant(id, types_[id].shape, inverse(permutation));
  }
  if (forms_[id].reshaped && !permutation.empty()) make_plain(id);
  if (permutation.empty()) return make_plain(id);
  const Form form = forms_[id];
  return make_transpose(form.stored, compose(inverse(permutation), form.permutation), {kNoValue, form.sources});
}

// The value itself in the source's order of axes. Where no node computes it under its own number yet, one does now.
ValueId Forms::make_plain(ValueId id) {
  const Form form = forms_[id];
  if (form.is_plain()) return form.stored;
  const bool is_free = producer_[id] < 0 && form.stored != id;
  const Request request{is_free ? id : kNoValue, form.sources};
  ValueId plain = form.stored;
  if (!form.reshaped) {
    plain = make_transpose(form.stored, form.permutation, request);
  } else {
    plain = make_transpose(form.stored, form.permutation, {kNoValue, form.sources});
    plain = make_reshape(plain, *form.reshaped, request);
    forms_[id] = {plain, {}, std::nullopt, {}};
  }
  return plain;
}

ValueId Forms::target_value(const Request& request, ValueId stored, ir::Type type) {
  ValueId target = request.target;
  if (target == kNoValue) {
    ir::Value value;
    value.name = graph_.values[stored].name + "/transposed";
    value.type = std::move(type);
    target = graph_.add_value(std::move(value));
    grow();
    forms_[target].sources = request.sources;
  }
  return target;
}

ValueId Forms::add_ints(const std::vector<int64_t>& values, const std::string& name) {
  const std::vector<int32_t> narrow(values.begin(), values.end());
  const std::span<const int32_t> span(narrow);
  const ValueId id =
      graph_.add_constant(name, {DType::kInt32, {static_cast<int64_t>(narrow.size())}, std::as_bytes(span)});
  grow();
  return id;
}

ValueId Forms::make_transpose(ValueId stored, const Permutation& permutation, const Request& request) {
  if (permutation.empty()) return stored;
  const ir::Type type = permuted(graph_.values[stored].type, permutation);
  const bool per_channel = type.quantization && type.quantization->per_channel();
  if (!per_channel && moves_only_units(known_shape(graph_.values[stored]), permutation)) {
    return make_reshape(stored, permuted(known_shape(graph_.values[stored]), permutation), request);
  }
  auto [at, is_new] = made_.try_emplace(Key{stored, permutation, {}}, kNoValue);
  if (!is_new) return at->second;
  const ValueId target = target_value(request, stored, type);
  graph_.values[target].signature = graph_.values[stored].signature;
  permute_signature(graph_.values[target], permutation);
  made_[Key{stored, permutation, {}}] = target;
  ir::Node node;
  node.op = "TRANSPOSE";
  node.inputs = {stored, add_ints({permutation.begin(), permutation.end()}, graph_.values[target].name + "/perm")};
  node.outputs = {target};
  node.sources = request.sources;
  append(std::move(node));
  return target;
}

ValueId Forms::make_reshape(ValueId stored, const Shape& shape, const Request& request) {
  if (is_same_shape(known_shape(graph_.values[stored]), shape)) return stored;
  const Key key{stored, {}, {shape.begin(), shape.end()}};
  if (const auto at = made_.find(key); at != made_.end()) return at->second;
  ir::Type type = graph_.values[stored].type;
  type.shape = type.shape.is_static() ? filled_shape(shape, type.shape.elements()) : shape;
  const ValueId target = target_value(request, stored, type);
  if (!shape.is_static()) graph_.values[target].signature.assign(shape.begin(), shape.end());
  made_[key] = target;
  ir::Node node;
  node.op = "RESHAPE";
  node.inputs = {stored, add_ints({shape.begin(), shape.end()}, graph_.values[target].name + "/shape")};
  node.outputs = {target};
  node.sources = request.sources;
  append(std::move(node));
  return target;
}

ValueId Forms::reshape(ValueId id, const Shape& shape, const std::vector<std::string>& sources) {
  return make_reshape(id, shape, {kNoValue, sources});
}

ValueId Forms::transpose_constant(ValueId id, const Shape& shape, const Permutation& permutation) {
  const Key key{id, permutation, {shape.begin(), shape.end()}};
  if (const auto at = made_.find(key); at != made_.end()) return at->second;
  ir::Type from = graph_.values[id].type;
  from.shape = shape;
  const ir::Type to = permuted(from, permutation);
  ValueId target = kNoValue;
  std::vector<std::byte> bytes(storage_bytes(to.dtype, to.shape.elements()));
  if (moves_only_units(shape, permutation)) {
    const auto view = graph_.values[id].data->view();
    bytes.assign(view.begin(), view.end());
  } else {
    const std::vector<int32_t> perm(permutation.begin(), permutation.end());
    const ir::Type perm_type{DType::kInt32, {static_cast<int64_t>(perm.size())}, nullptr};
    const ops::InputOperand operands[] = {{&from, graph_.values[id].data->data()},
                                          {&perm_type, reinterpret_cast<const std::byte*>(perm.data())}};
    const ops::OutputOperand outputs[] = {{&to, bytes.data()}};
    ir::Node node;
    if (!ops::find("TRANSPOSE")->evaluate({node, operands, outputs})) assert(false);
  }
  ir::Value value;
  value.name = graph_.values[id].name;
  value.type = to;
  value.grid = graph_.values[id].grid;
  value.data = std::make_shared<const Bytes>(Bytes::own(std::move(bytes)));
  target = graph_.add_value(std::move(value));
  grow();
  made_[key] = target;
  return target;
}

// An output whose value was put off takes the place of what stands for it, if that is a value of its own.
void Forms::settle_output(ValueId& output) {
  const ValueId id = output;
  if (forms_[id].is_plain() && forms_[id].stored == id) return;
  const ValueId plain = make_plain(id);
  if (plain == id) return;
  const bool is_own = producer_[plain] >= 0 && !is_output_[plain];
  if (is_own) {
    graph_.values[plain].name = graph_.values[id].name;
    graph_.values[plain].signature = graph_.values[id].signature;
    is_output_[plain] = true;
    output = plain;
    return;
  }
  ir::Node node;
  node.op = "RESHAPE";
  const Shape& shape = types_[id].shape;
  node.inputs = {plain, add_ints({shape.begin(), shape.end()}, graph_.values[id].name + "/shape")};
  node.outputs = {id};
  node.sources = forms_[id].sources;
  append(std::move(node));
}

void Forms::finish() {
  for (ValueId& output : graph_.outputs) settle_output(output);
  graph_.nodes = std::move(nodes_);
}

}  // namespace pestle::passes
