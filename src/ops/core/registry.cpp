#include "ops/core/registry.h"

#include <algorithm>
#include <unordered_map>

namespace pestle::ops {

#define PESTLE_ITEM(stem) const OpDef& op_##stem();
#include "pestle_lists/ops.inc"
#undef PESTLE_ITEM

namespace {

std::vector<const OpDef*> load() {
  std::vector<const OpDef*> defs = {
#define PESTLE_ITEM(stem) &op_##stem(),
#include "pestle_lists/ops.inc"
#undef PESTLE_ITEM
  };
  std::sort(defs.begin(), defs.end(),
            [](const OpDef* a, const OpDef* b) { return std::string_view(a->name) < b->name; });
  return defs;
}

}  // namespace

std::span<const OpDef* const> all() {
  static const std::vector<const OpDef*> defs = load();
  return defs;
}

const OpDef* find(std::string_view name) {
  static const auto index = [] {
    std::unordered_map<std::string_view, const OpDef*> map;
    for (const OpDef* def : all()) map.emplace(def->name, def);
    return map;
  }();
  const auto it = index.find(name);
  return it == index.end() ? nullptr : it->second;
}

const OpDef* find(const ir::Node& node) {
  const OpDef* def = find(node.op);
  for (size_t i = 0; def != nullptr && i < def->forms.size(); ++i) {
    if (!def->forms[i]->is_form_of(node)) continue;
    def = def->forms[i];
    break;
  }
  return def != nullptr && (def->code == kCustomCode) == node.is_custom ? def : nullptr;
}

const Traits& traits_of(const ir::Node& node) {
  static const Traits none;
  const OpDef* def = find(node);
  return def == nullptr ? none : def->traits;
}

int64_t macs_of(const ir::Graph& graph, const ir::Node& node) {
  const OpDef* def = find(node);
  return def == nullptr || def->macs == nullptr ? 0 : def->macs(NodeView(graph, node));
}

}  // namespace pestle::ops
