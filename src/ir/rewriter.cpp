#include "ir/rewriter.h"

#include <algorithm>
#include <unordered_set>

namespace pestle::ir {

Rewriter::Rewriter(Graph& graph) : graph_(graph), uses_(count_uses(graph)) {
  emitted_.reserve(graph.nodes.size());
  grow();
}

void Rewriter::grow() {
  for (size_t i = forward_.size(); i < graph_.values.size(); ++i) forward_.push_back(static_cast<ValueId>(i));
  uses_.resize(graph_.values.size());
  producer_.resize(graph_.values.size(), -1);
}

ValueId Rewriter::resolve(ValueId value) const {
  if (value == kNoValue) return kNoValue;
  ValueId end = value;
  while (forward_[end] != end) end = forward_[end];
  while (forward_[value] != end) value = std::exchange(forward_[value], end);
  return end;
}

Node* Rewriter::producer(ValueId value) {
  const int index = producer_[resolve(value)];
  return index < 0 ? nullptr : &emitted_[index];
}

ValueId Rewriter::add_value(std::string name, Type type) {
  Value value;
  value.name = std::move(name);
  value.type = std::move(type);
  const ValueId id = graph_.add_value(std::move(value));
  grow();
  return id;
}

ValueId Rewriter::add_constant(std::string name, const ConstTensorView& view) {
  const ValueId id = graph_.add_constant(std::move(name), view);
  grow();
  return id;
}

ValueId Rewriter::add_constant(std::string name, Type type, Bytes bytes) {
  Value value;
  value.name = std::move(name);
  value.type = std::move(type);
  value.data = std::make_shared<const Bytes>(std::move(bytes));
  const ValueId id = graph_.add_value(std::move(value));
  grow();
  return id;
}

void Rewriter::emit(Node node, bool is_new) {
  for (ValueId& id : node.inputs) {
    id = resolve(id);
    if (is_new && id != kNoValue) ++uses_[id];
  }
  for (ValueId id : node.outputs) {
    if (id != kNoValue) producer_[id] = static_cast<int>(emitted_.size());
  }
  emitted_.push_back(std::move(node));
}

bool Rewriter::replace(ValueId old, ValueId now, std::span<const std::string> sources) {
  now = resolve(now);
  if (is_output(graph_, old)) {
    const Value& target = graph_.values[now];
    if (target.is_constant() || is_input(graph_, now) || is_output(graph_, now)) return false;
    graph_.values[now].name = graph_.values[old].name;
    graph_.values[now].signature = graph_.values[old].signature;
    std::replace(graph_.outputs.begin(), graph_.outputs.end(), old, now);
  }
  uses_[now] += uses_[old];
  uses_[old] = 0;
  forward_[old] = now;
  if (Node* node = producer(now)) merge_sources(node->sources, sources);
  return true;
}

void Rewriter::drop_reads(const Node& node) {
  for (ValueId id : node.inputs) {
    if (id != kNoValue) --uses_[resolve(id)];
  }
}

void Rewriter::finish() { graph_.nodes = std::move(emitted_); }

void merge_sources(std::vector<std::string>& into, std::span<const std::string> more) {
  for (const std::string& name : more) {
    if (std::find(into.begin(), into.end(), name) == into.end()) into.push_back(name);
  }
}

namespace {

std::vector<bool> mentioned_values(const Module& module, int graph_index) {
  const Graph& graph = module.graphs[graph_index];
  std::vector<bool> used(graph.values.size());
  const auto mark = [&used](const std::vector<ValueId>& ids) {
    for (ValueId id : ids) {
      if (id != kNoValue) used[id] = true;
    }
  };
  mark(graph.inputs);
  mark(graph.outputs);
  for (const Node& node : graph.nodes) {
    mark(node.inputs);
    mark(node.outputs);
    mark(node.intermediates);
  }
  for (const Signature& signature : module.signatures) {
    if (signature.graph != graph_index) continue;
    for (const auto& entry : signature.inputs) used[entry.value] = true;
    for (const auto& entry : signature.outputs) used[entry.value] = true;
  }
  for (size_t i = 0; i < graph.values.size(); ++i) {
    const auto& quantization = graph.values[i].type.quantization;
    if (used[i] && quantization && quantization->blocks) {
      mark({quantization->blocks->scales, quantization->blocks->zero_points});
    }
  }
  return used;
}

void renumber_blocks(Value& value, const std::vector<ValueId>& renamed) {
  if (!value.type.quantization || !value.type.quantization->blocks) return;
  auto changed = std::make_shared<Quantization>(*value.type.quantization);
  for (ValueId* id : {&changed->blocks->scales, &changed->blocks->zero_points}) {
    if (*id != kNoValue) *id = renamed[*id];
  }
  value.type.quantization = std::move(changed);
}

}  // namespace

void remove_unused_values(Module& module) {
  for (size_t g = 0; g < module.graphs.size(); ++g) {
    Graph& graph = module.graphs[g];
    const std::vector<bool> used = mentioned_values(module, static_cast<int>(g));
    std::vector<ValueId> renamed(graph.values.size(), kNoValue);
    std::vector<Value> kept;
    for (size_t i = 0; i < graph.values.size(); ++i) {
      if (!used[i]) continue;
      renamed[i] = static_cast<ValueId>(kept.size());
      kept.push_back(std::move(graph.values[i]));
    }
    graph.values = std::move(kept);
    for (Value& value : graph.values) renumber_blocks(value, renamed);
    const auto apply = [&renamed](std::vector<ValueId>& ids) {
      for (ValueId& id : ids) {
        if (id != kNoValue) id = renamed[id];
      }
    };
    apply(graph.inputs);
    apply(graph.outputs);
    for (Node& node : graph.nodes) {
      apply(node.inputs);
      apply(node.outputs);
      apply(node.intermediates);
    }
    for (Signature& signature : module.signatures) {
      if (signature.graph != static_cast<int>(g)) continue;
      for (auto& entry : signature.inputs) entry.value = renamed[entry.value];
      for (auto& entry : signature.outputs) entry.value = renamed[entry.value];
    }
  }
}

}  // namespace pestle::ir
