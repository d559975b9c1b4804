#include "ops/core/op_def.h"

#include <algorithm>

namespace pestle::ops {
namespace {

bool row_matches(const std::vector<DTypeSet>& row, const std::vector<const ir::Type*>& types) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i] == nullptr) continue;
    if (row.empty() || !row[std::min(i, row.size() - 1)].has(types[i]->dtype)) return false;
  }
  return true;
}

}  // namespace

const TypeRow* match_types(const OpDef& def, const std::vector<const ir::Type*>& inputs,
                           const std::vector<const ir::Type*>& outputs) {
  for (const TypeRow& row : def.types) {
    if (row_matches(row.inputs, inputs) && row_matches(row.outputs, outputs)) return &row;
  }
  return nullptr;
}

const TypeRow* match_types(const OpDef& def, const NodeView& view) {
  std::vector<const ir::Type*> inputs, outputs;
  for (int i = 0; i < view.inputs(); ++i) inputs.push_back(view.has_input(i) ? &view.input(i) : nullptr);
  for (int i = 0; i < view.outputs(); ++i) outputs.push_back(view.has_output(i) ? &view.output(i) : nullptr);
  return match_types(def, inputs, outputs);
}

std::optional<LinearOperands> linear_operands(const OpDef& def) {
  int found[3] = {-1, -1, -1};
  constexpr Role kRoles[3] = {Role::kActivation, Role::kWeight, Role::kBias};
  for (int i = 0; i < static_cast<int>(def.quantization.inputs.size()); ++i) {
    for (int r = 0; r < 3; ++r) {
      if (def.quantization.inputs[i].role != kRoles[r]) continue;
      if (found[r] >= 0 && r > 0) return std::nullopt;
      if (found[r] < 0) found[r] = i;
    }
  }
  if (found[0] < 0 || found[1] < 0 || found[2] < 0) return std::nullopt;
  return LinearOperands{found[0], found[1], found[2]};
}

bool keeps_state(const OpDef& def) {
  return std::any_of(def.inputs.begin(), def.inputs.end(), [](const OperandDef& operand) { return operand.is_state; });
}

bool passes_on(const OpDef& def, const NodeView& view) {
  return def.traits.is_copy || (def.passes_on != nullptr && def.passes_on(view));
}

const OperandRule& rule_of(const std::vector<OperandRule>& rules, int i) {
  if (rules.empty()) return kNoRule;
  return rules[std::min<size_t>(i, rules.size() - 1)];
}

}  // namespace pestle::ops
