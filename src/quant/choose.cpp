#include "quant/choose.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "ir/fingerprint.h"
#include "ir/label.h"
#include "ops/core/registry.h"
#include "quant/check_plan.h"
#include "quant/check_weights.h"
#include "quant/choose_integer.h"

namespace pestle::quant {
namespace {

// One scale as one for each of `channels` channels.
void repeat(Storage& storage, int axis, int64_t channels) {
  storage.scale.assign(static_cast<size_t>(channels), storage.scale[0]);
  storage.zero_point.assign(static_cast<size_t>(channels), storage.zero_point[0]);
  storage.axis = axis;
}

std::string name_of(const ir::Node& node) { return node.sources.empty() ? node.op : node.sources[0]; }

bool matches(const std::string& pattern, const ir::Node& node) {
  if (pattern.starts_with("op:")) return glob_match(pattern.substr(3), node.op);
  return std::any_of(node.sources.begin(), node.sources.end(),
                     [&](const std::string& name) { return glob_match(pattern, name); });
}

Status check_patterns(const ir::Module& module, const std::vector<std::string>& patterns, const char* option) {
  for (const std::string& pattern : patterns) {
    bool found = false;
    std::vector<std::string> names;
    for (const ir::Graph& graph : module.graphs) {
      for (const ir::Node& node : graph.nodes) {
        found = found || matches(pattern, node);
        names.push_back(pattern.starts_with("op:") ? "op:" + node.op : name_of(node));
      }
    }
    if (found) continue;
    const auto near = nearest_words(pattern, names, 1);
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} '{}' matched no operator", option, pattern),
                near.empty() ? "names of operators: pestle inspect --nodes"
                             : fmt::format("did you mean '{}'? all names: pestle inspect --nodes", near[0]));
  }
  return {};
}

bool matches_any(const std::vector<std::string>& patterns, const ir::Node& node) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches(pattern, node); });
}

// Weights of a node whose kernel reads int8 in all of them or in none.
Status choose_hybrid_together(const ir::Graph& graph, size_t n, const ChoiceOptions& options, GraphPlan& plan) {
  const ir::Node& node = graph.nodes[n];
  const ops::QuantRule& rule = ops::find(node)->quantization;
  std::map<int, Storage> operands;
  for (int i = 0; i < static_cast<int>(node.inputs.size()); ++i) {
    const ir::ValueId id = node.inputs[i];
    const ops::OperandRule& operand = ops::rule_of(rule.inputs, i);
    if (id == ir::kNoValue || operand.role != ops::Role::kWeight || operand.integer_only) continue;
    const ir::Value& value = graph.values[id];
    if (!value.is_constant() || value.type.dtype != DType::kFloat32) {
      plan.nodes[n].reason = fmt::format("its input {} is no float constant", i);
      return {};
    }
    if (value.type.shape.elements() < options.min_elements) {
      plan.nodes[n].reason = fmt::format("its input {} has {} values, fewer than `min_elements` ({})", i,
                                         value.type.shape.elements(), options.min_elements);
      return {};
    }
    PESTLE_TRY(check_finite(graph, id));
    operands[i] = weight_storage(graph.constant(id), DType::kInt8, -1);
  }
  plan.nodes[n].operands = std::move(operands);
  plan.nodes[n].treatment = Treatment::kHybrid;
  return {};
}

// Constants of float nodes that are stored in fewer bits.
Status choose_stored_constants(const ir::Graph& graph, const Mode& mode, const ChoiceOptions& options,
                               GraphPlan& plan) {
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const ir::Node& node = graph.nodes[n];
    const ops::OpDef* def = ops::find(node);
    if (matches_any(options.keep_float, node)) {
      plan.nodes[n].reason = "kept float by `keep_float`";
      continue;
    }
    if (mode.scheme == Scheme::kDynamic && def != nullptr && def->quantization.hybrid_together) {
      PESTLE_TRY(choose_hybrid_together(graph, n, options, plan));
      continue;
    }
    for (int i = 0; i < static_cast<int>(node.inputs.size()); ++i) {
      const ir::ValueId id = node.inputs[i];
      if (id == ir::kNoValue || !graph.values[id].is_constant() || graph.values[id].type.dtype != DType::kFloat32)
        continue;
      if (mode.scheme == Scheme::kHalf) {
        plan.nodes[n].operands[i] = {DType::kFloat16, {}, {}};
        continue;
      }
      if (def == nullptr) continue;
      const ops::QuantRule& rule = def->quantization;
      const ops::OperandRule& operand = ops::rule_of(rule.inputs, i);
      if (operand.role != ops::Role::kWeight || operand.integer_only) continue;
      const bool dynamic = mode.scheme == Scheme::kDynamic;
      const int64_t elements = graph.values[id].type.shape.elements();
      if (dynamic && elements < options.min_elements) {
        plan.nodes[n].reason =
            fmt::format("its weights have {} values, fewer than `min_elements` ({})", elements, options.min_elements);
        continue;
      }
      const bool by_kernel = dynamic && rule.hybrid_weight == i;
      if (dynamic && !by_kernel) plan.nodes[n].reason = "its kernel reads no int8 weights: they are dequantized before";
      PESTLE_TRY(check_finite(graph, id));
      const bool per_channel = !options.per_tensor && (!by_kernel || rule.hybrid_per_channel);
      Storage storage = weight_storage(graph.constant(id), DType::kInt8, per_channel ? operand.axis : -1);
      if (by_kernel && !per_channel && rule.hybrid_needs_channels)
        repeat(storage, operand.axis, graph.values[id].type.shape[operand.axis]);
      plan.nodes[n].operands[i] = std::move(storage);
      if (by_kernel) plan.nodes[n].treatment = Treatment::kHybrid;
    }
  }
  return {};
}

bool has_floats(const ir::Graph& graph, const ir::Node& node) {
  for (const auto* ids : {&node.inputs, &node.outputs}) {
    for (ir::ValueId id : *ids) {
      if (id != ir::kNoValue && graph.values[id].type.dtype == DType::kFloat32) return true;
    }
  }
  return false;
}

// Calibration watches the main graph only: without ranges, graphs that control flow calls get the weights of dynamic.
Status choose_called(const ir::Graph& graph, const ChoiceOptions& options, GraphPlan& plan) {
  PESTLE_TRY(choose_stored_constants(graph, *find_mode("dynamic"), options, plan));
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    NodePlan& node = plan.nodes[n];
    if (node.treatment == Treatment::kFloat && node.reason.empty() && has_floats(graph, graph.nodes[n]))
      node.reason = "it runs inside control flow, of whose values no ranges are taken";
  }
  return {};
}

// Full modes, and any mode if asked to, take no operator that stays float though the mode would have it otherwise.
// What the user named himself does.
Status check_strict(const ir::Module& module, const QuantPlan& plan, const Mode& mode, const ChoiceOptions& options) {
  if (!mode.full && !options.strict) return {};
  std::string list;
  size_t count = 0;
  for (size_t g = 0; g < module.graphs.size(); ++g) {
    for (size_t n = 0; n < module.graphs[g].nodes.size(); ++n) {
      const ir::Node& node = module.graphs[g].nodes[n];
      const NodePlan& node_plan = plan.graphs[g].nodes[n];
      if (node_plan.treatment != Treatment::kFloat || node_plan.reason.empty()) continue;
      if (matches_any(options.allow_float, node) || matches_any(options.keep_float, node)) continue;
      list += fmt::format("\n  {}: {}", ir::label(module.graphs[g], node), node_plan.reason);
      ++count;
    }
  }
  if (count == 0) return {};
  const char* softer =
      mode.activations == DType::kInt16 ? "`mode` int16x8 leaves them float" : "`mode` int8 leaves them float";
  const char* small =
      mode.scheme == Scheme::kDynamic ? "`min_elements` 0 stores small weights too" : "leave out `strict`";
  return fail(ErrorCode::kUnsupported,
              fmt::format("{} operator{} {}:{}", count, count == 1 ? "" : "s",
                          mode.needs_data() ? "cannot be integer" : "would stay float", list),
              fmt::format("{}; or allow them by name: `allow_float` PATTERN", mode.full ? softer : small));
}

// In a mode whose operators are all float there is nothing to be strict about.
Status check_strict_makes_sense(const Mode& mode, const ChoiceOptions& options) {
  if (!options.strict || (mode.scheme != Scheme::kFloat && mode.scheme != Scheme::kHalf)) return {};
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("`strict` contradicts `mode` {}: all of its operators are float", mode.name),
              "leave out `strict`, or choose a mode that computes with integers");
}

}  // namespace

Result<QuantPlan> choose(const ir::Module& module, const Mode& mode, const Statistics* statistics,
                         const ChoiceOptions& options) {
  PESTLE_TRY(check_strict_makes_sense(mode, options));
  PESTLE_TRY(check_weights(module));
  PESTLE_TRY(check_patterns(module, options.keep_float, "`keep_float`"));
  PESTLE_TRY(check_patterns(module, options.allow_float, "`allow_float`"));
  QuantPlan plan;
  plan.mode = mode.name;
  plan.fingerprint = ir::structure_fingerprint(module);
  for (size_t g = 0; g < module.graphs.size(); ++g) {
    const ir::Graph& graph = module.graphs[g];
    GraphPlan graph_plan;
    graph_plan.nodes.resize(graph.nodes.size());
    graph_plan.values.resize(graph.values.size());
    graph_plan.inputs.resize(graph.inputs.size());
    graph_plan.outputs.resize(graph.outputs.size());
    if (mode.scheme == Scheme::kInteger && g >= statistics->graphs.size()) {
      PESTLE_TRY(choose_called(graph, options, graph_plan));
    } else if (mode.scheme == Scheme::kInteger) {
      std::vector<bool> keep(graph.nodes.size());
      for (size_t n = 0; n < keep.size(); ++n) keep[n] = matches_any(options.keep_float, graph.nodes[n]);
      PESTLE_TRY(choose_integer(
          graph, {mode, statistics->graphs[g], statistics->intermediates[g], statistics->observer, options, keep},
          graph_plan));
    } else if (mode.scheme != Scheme::kFloat) {
      PESTLE_TRY(choose_stored_constants(graph, mode, options, graph_plan));
    }
    plan.graphs.push_back(std::move(graph_plan));
  }
  PESTLE_TRY(check_strict(module, plan, mode, options));
  return plan;
}

std::vector<FloatNode> float_nodes(const ir::Module& module, const QuantPlan& plan) {
  std::vector<FloatNode> list;
  for (size_t g = 0; g < module.graphs.size(); ++g) {
    for (size_t n = 0; n < module.graphs[g].nodes.size(); ++n) {
      const NodePlan& node = plan.graphs[g].nodes[n];
      if (node.treatment != Treatment::kFloat || node.reason.empty()) continue;
      list.push_back({name_of(module.graphs[g].nodes[n]), module.graphs[g].nodes[n].op, node.reason});
    }
  }
  return list;
}

}  // namespace pestle::quant
