#include "passes/layout/walk.h"

#include <algorithm>

#include "ops/core/registry.h"
#include "passes/core/edit.h"
#include "passes/layout/node_edit.h"
#include "passes/layout/regroup.h"

namespace pestle::passes {
namespace {

using ir::kNoValue;
using ir::ValueId;
using ops::LayoutKind;

const Permutation kChannelsLast = {0, 2, 3, 1};

bool is_per_channel(const ir::Type& type) { return type.quantization && type.quantization->per_channel(); }

class Walk {
 public:
  explicit Walk(ir::Graph& graph) : forms_(graph), wishes_(find_wishes(graph)) {}
  void relay_inputs(std::vector<RelaidInput>& relaid);
  void run();

 private:
  ir::Graph& graph() { return forms_.graph(); }
  bool put_off_transpose(const ir::Node& node);
  bool move_reshape(const ir::Node& node);
  bool move_free(ir::Node& node);
  bool move_broadcast(ir::Node& node);
  bool move_by_rule(ir::Node& node, const ops::OpDef& def);
  bool fold_into_columns(ir::Node& node, const ops::OpDef& def);
  bool move(ir::Node& node);
  void emit_plain(ir::Node node);
  void emit_stored(ir::Node node, const std::vector<Permutation>& outputs, const std::vector<std::string>& sources);

  Permutation choose(const std::vector<ValueId>& operands, const ir::Node& node) const;
  ValueId broadcast_operand(ValueId id, const Permutation& permutation, const std::vector<std::string>& sources);
  std::vector<std::string> sources_before(const ir::Node& node) const;
  void fulfil_wish(ValueId output);

  Forms forms_;
  std::vector<Wish> wishes_;
};

void Walk::relay_inputs(std::vector<RelaidInput>& relaid) {
  const Permutation wanted = inverse(kChannelsLast);
  for (ValueId id : graph().inputs) {
    const Permutation* wish = wishes_[id].agreed();
    if (forms_.type(id).shape.rank() != 4 || wish == nullptr || *wish != wanted || is_per_channel(forms_.type(id)))
      continue;
    forms_.relay_input(id, wanted);
    relaid.push_back({graph().values[id].name, kChannelsLast});
  }
}

// The stored order that spares most: that of most elements among the operands of full rank, the readers' wish or
// any permutation where that is even.
Permutation Walk::choose(const std::vector<ValueId>& operands, const ir::Node& node) const {
  const int rank = forms_.type(node.outputs[0]).shape.rank();
  std::vector<std::pair<Permutation, int64_t>> weights;
  for (ValueId id : operands) {
    const Form& form = forms_.form(id);
    if (form.reshaped || (form.permutation.empty() && forms_.type(id).shape.rank() != rank)) continue;
    const int64_t elements = checked_elements(forms_.type(id).shape).value_or(1);
    const auto at =
        std::find_if(weights.begin(), weights.end(), [&](const auto& w) { return w.first == form.permutation; });
    if (at == weights.end()) {
      weights.emplace_back(form.permutation, elements);
    } else {
      at->second += elements;
    }
  }
  const Permutation* wish = wishes_[node.outputs[0]].agreed();
  const auto rank_of = [&](const auto& w) {
    return std::tuple(w.second, wish != nullptr && w.first == *wish, !w.first.empty());
  };
  const auto best = std::max_element(weights.begin(), weights.end(),
                                     [&](const auto& l, const auto& r) { return rank_of(l) < rank_of(r); });
  return best == weights.end() ? Permutation{} : best->first;
}

std::vector<std::string> Walk::sources_before(const ir::Node& node) const {
  for (ValueId id : node.inputs) {
    if (id != kNoValue && id < static_cast<ValueId>(wishes_.size()) && !forms_.form(id).sources.empty())
      return forms_.form(id).sources;
  }
  return node.sources;
}

bool Walk::put_off_transpose(const ir::Node& node) {
  const auto permutation = transpose_of(graph(), node);
  if (!permutation || graph().values[node.inputs[0]].is_constant() || is_per_channel(forms_.type(node.inputs[0])))
    return false;
  Form form = forms_.form(node.inputs[0]);
  if (form.reshaped) form = {forms_.read_plain(node.inputs[0]), {}, std::nullopt, {}};
  form.permutation = compose(*permutation, form.permutation);
  form.sources = node.sources;
  forms_.put_off(node.outputs[0], std::move(form));
  return true;
}

bool Walk::move_reshape(const ir::Node& node) {
  const ValueId x = node.inputs[0], y = node.outputs[0];
  const Form form = forms_.form(x);
  if (form.is_plain() || is_per_channel(forms_.type(x))) return false;
  if (has_input(node, 1) && !graph().values[node.inputs[1]].is_constant()) return false;
  const Shape& to = forms_.type(y).shape;
  const bool is_known = std::count(to.begin(), to.end(), kUnknown) == (to.rank() > 0 && to[0] == kUnknown ? 1 : 0);
  if (!is_known) return false;
  if (form.reshaped) {
    forms_.put_off(y, {form.stored, form.permutation, to, node.sources});
    return true;
  }
  const auto regrouped = regroup(forms_.type(x).shape, form.permutation, to);
  if (!regrouped) {
    forms_.put_off(y, {form.stored, form.permutation, to, node.sources});
    return true;
  }
  ir::Node moved = node;
  moved.attributes = {};
  moved.inputs = {form.stored};
  const Shape& target = regrouped->stored;
  const std::vector<int32_t> extents(target.begin(), target.end());
  const std::span<const int32_t> span(extents);
  moved.inputs.push_back(
      graph().add_constant(graph().values[y].name + "/shape", {DType::kInt32, {target.rank()}, std::as_bytes(span)}));
  emit_stored(std::move(moved), {regrouped->permutation}, form.sources);
  return true;
}

void Walk::emit_stored(ir::Node node, const std::vector<Permutation>& outputs,
                       const std::vector<std::string>& sources) {
  const std::vector<ValueId> original = node.outputs;
  for (size_t i = 0; i < original.size(); ++i) {
    if (original[i] != kNoValue) node.outputs[i] = forms_.store(original[i], normal(outputs[i]), sources);
  }
  node.version = 0;
  forms_.append(std::move(node));
  for (ValueId id : original) {
    if (id != kNoValue) fulfil_wish(id);
  }
}

// Several readers that want the same order share one TRANSPOSE, here.
void Walk::fulfil_wish(ValueId output) {
  const Permutation* wish = wishes_[output].agreed();
  if (wish == nullptr || wishes_[output].readers < 2 || forms_.form(output).permutation == *wish) return;
  if (forms_.form(output).reshaped ||
      (!wish->empty() && forms_.type(output).shape.rank() != static_cast<int>(wish->size())))
    return;
  const ValueId stored = forms_.read(output, *wish);
  if (stored != output) forms_.put_off(output, {stored, *wish, std::nullopt, forms_.form(output).sources});
}

// Elementwise in operand 0: the node does not care about order or shape.
bool Walk::move_free(ir::Node& node) {
  const Form form = forms_.form(node.inputs[0]);
  if (form.is_plain() || (form.reshaped && node.outputs.size() != 1)) return false;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] != kNoValue) node.inputs[i] = i == 0 ? form.stored : forms_.read_plain(node.inputs[i]);
  }
  if (!form.reshaped) {
    emit_stored(node, std::vector<Permutation>(node.outputs.size(), form.permutation), form.sources);
    return true;
  }
  const ValueId y = node.outputs[0];
  const ValueId stored = forms_.add_like(y, graph().values[form.stored].type.shape);
  node.outputs = {stored};
  node.version = 0;
  forms_.append(std::move(node));
  forms_.put_off(y, {stored, form.permutation, form.reshaped, form.sources});
  return true;
}

// An operand of a broadcast, brought to full rank in the source's order, then permuted. One element needs neither.
ValueId Walk::broadcast_operand(ValueId id, const Permutation& permutation, const std::vector<std::string>& sources) {
  const Shape& shape = forms_.type(id).shape;
  const int rank = static_cast<int>(permutation.size());
  if (shape.rank() < rank && checked_elements(shape) == 1) return forms_.read_plain(id);
  if (shape.rank() == rank) return forms_.read(id, permutation);
  Shape full(std::vector<int64_t>(static_cast<size_t>(rank - shape.rank()), 1));
  for (int64_t extent : shape) full.push_back(extent);
  if (graph().values[id].is_constant()) return forms_.transpose_constant(id, full, inverse(permutation));
  return forms_.read(forms_.reshape(forms_.read_plain(id), full, sources), permutation);
}

bool Walk::move_broadcast(ir::Node& node) {
  const Permutation permutation = choose(node.inputs, node);
  if (permutation.empty() || static_cast<int>(permutation.size()) != forms_.type(node.outputs[0]).shape.rank())
    return false;
  const auto is_open = [&](ValueId id) {
    if (id == kNoValue) return false;
    const Shape& shape = forms_.type(id).shape;
    return shape.rank() < static_cast<int>(permutation.size()) && !shape.is_static();
  };
  if (std::any_of(node.inputs.begin(), node.inputs.end(), is_open)) return false;
  const std::vector<std::string> sources = sources_before(node);
  for (ValueId& id : node.inputs) {
    if (id != kNoValue) id = broadcast_operand(id, permutation, sources);
  }
  emit_stored(node, std::vector<Permutation>(node.outputs.size(), permutation), sources);
  return true;
}

bool Walk::move_by_rule(ir::Node& node, const ops::OpDef& def) {
  std::vector<bool> is_data(node.inputs.size(), def.layout.data_inputs.empty());
  for (int i : def.layout.data_inputs) {
    if (has_input(node, static_cast<size_t>(i))) is_data[i] = true;
  }
  std::vector<ValueId> operands;
  std::vector<ir::Type> types;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const ValueId id = node.inputs[i];
    types.push_back(id == kNoValue ? ir::Type{} : forms_.type(id));
    if (is_data[i] && id != kNoValue) operands.push_back(id);
  }
  const Permutation permutation = choose(operands, node);
  const auto fits = [&](ValueId id) { return forms_.type(id).shape.rank() == static_cast<int>(permutation.size()); };
  if (permutation.empty() || !std::all_of(operands.begin(), operands.end(), fits)) return false;
  ir::Node moved = node;
  NodeEdit edit(graph(), moved, permutation, std::move(types));
  if (!def.layout.remap(edit)) return false;
  const std::vector<std::string> sources = sources_before(node);
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoValue || moved.inputs[i] != node.inputs[i]) continue;
    moved.inputs[i] = forms_.read(node.inputs[i], is_data[i] ? permutation : Permutation{});
  }
  emit_stored(std::move(moved), edit.output_permutations, sources);
  return true;
}

// FLATTEN(T_p(x)) times columns is FLATTEN(x) times permuted columns.
bool Walk::fold_into_columns(ir::Node& node, const ops::OpDef& def) {
  if (def.layout.columns < 0 || !has_input(node, static_cast<size_t>(def.layout.columns))) return false;
  const Form form = forms_.form(node.inputs[0]);
  const ValueId weights = node.inputs[def.layout.columns];
  if (!form.reshaped || form.permutation.empty() || !graph().values[weights].is_constant()) return false;
  const Shape& stored = graph().values[form.stored].type.shape;
  const Shape source = permuted(stored, form.permutation);
  const Shape& w = forms_.type(weights).shape;
  const bool is_flat = form.reshaped->rank() == 2 && w.rank() == 2 && (*form.reshaped)[1] == w[1];
  if (!is_flat || (*form.reshaped)[0] != source[0] || form.permutation[0] != 0) return false;
  if (graph().values[weights].sparsity || dtype_bits(forms_.type(weights).dtype) < 8) return false;
  Shape taps = source;
  taps[0] = w[0];
  const ValueId moved = forms_.transpose_constant(weights, taps, inverse(form.permutation));
  graph().values[moved].type = forms_.type(weights);
  node.inputs[0] = forms_.reshape(form.stored, *form.reshaped, form.sources);
  node.inputs[def.layout.columns] = moved;
  emit_plain(node);
  return true;
}

bool Walk::move(ir::Node& node) {
  const ops::OpDef* def = ops::find(node);
  if (def == nullptr || node.inputs.empty() || node.inputs[0] == kNoValue) return false;
  if (node.outputs.empty() || node.outputs[0] == kNoValue) return false;
  const auto is_moved = [&](ValueId id) { return id != kNoValue && !forms_.form(id).is_plain(); };
  if (node.is("TRANSPOSE")) return put_off_transpose(node);
  if (std::none_of(node.inputs.begin(), node.inputs.end(), is_moved)) return false;
  if (node.is("RESHAPE")) return move_reshape(node);
  const auto per_channel = [&](ValueId id) { return id != kNoValue && is_per_channel(forms_.type(id)); };
  if (std::any_of(node.outputs.begin(), node.outputs.end(), per_channel)) return false;
  switch (def->layout.kind) {
    case LayoutKind::kFree: return move_free(node);
    case LayoutKind::kBroadcast: return move_broadcast(node);
    case LayoutKind::kRemaps: return move_by_rule(node, *def);
    case LayoutKind::kBlocks: return fold_into_columns(node, *def);
  }
  return false;
}

void Walk::emit_plain(ir::Node node) {
  for (ValueId& id : node.inputs) {
    if (id != kNoValue) id = forms_.read_plain(id);
  }
  const std::vector<ValueId> outputs = node.outputs;
  forms_.append(std::move(node));
  for (ValueId id : outputs) {
    if (id != kNoValue) fulfil_wish(id);
  }
}

void Walk::run() {
  std::vector<ir::Node> nodes = std::move(graph().nodes);
  for (ir::Node& node : nodes) {
    if (!move(node)) emit_plain(std::move(node));
  }
  forms_.finish();
}

}  // namespace

void sink_transposes(ir::Graph& graph, std::vector<RelaidInput>* relaid) {
  Walk walk(graph);
  if (relaid != nullptr) walk.relay_inputs(*relaid);
  walk.run();
}

}  // namespace pestle::passes
