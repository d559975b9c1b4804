#include "quant/choose.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "ir/label.h"
#include "ops/core/registry.h"
#include "quant/check_weights.h"
#include "quant/choose_integer.h"

namespace pestle::quant {
namespace {

std::string name_of(const ir::Node& node) { return node.sources.empty() ? node.op : node.sources[0]; }

bool matches(const std::string& pattern, const ir::Node& node) {
  if (pattern.starts_with("op:")) return glob_match(pattern.substr(3), node.op);
  return std::any_of(node.sources.begin(), node.sources.end(),
                     [&](const std::string& name) { return glob_match(pattern, name); });
}

Status check_patterns(const ir::Module& module, const std::vector<std::string>& patterns, const char* flag) {
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
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} '{}' matched no operator", flag, pattern),
                near.empty() ? "names of operators: pestle inspect --nodes"
                             : fmt::format("did you mean '{}'? all names: pestle inspect --nodes", near[0]));
  }
  return {};
}

bool matches_any(const std::vector<std::string>& patterns, const ir::Node& node) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches(pattern, node); });
}

// Constants of float nodes that are stored in fewer bits.
void choose_stored_constants(const ir::Graph& graph, const Mode& mode, const ChoiceOptions& options, GraphPlan& plan) {
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const ir::Node& node = graph.nodes[n];
    const ops::OpDef* def = ops::find(node);
    if (matches_any(options.keep_float, node)) continue;
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
      if (operand.role != ops::Role::kWeight) continue;
      const bool dynamic = mode.scheme == Scheme::kDynamic;
      if (dynamic && graph.values[id].type.shape.elements() < options.min_elements) continue;
      const bool by_kernel = dynamic && rule.hybrid_weight == i;
      const bool per_channel = !options.per_tensor && (!by_kernel || rule.hybrid_per_channel);
      plan.nodes[n].operands[i] = weight_storage(graph.constant(id), DType::kInt8, per_channel ? operand.axis : -1);
      if (by_kernel) plan.nodes[n].treatment = Treatment::kHybrid;
    }
  }
}

Status check_strict(const ir::Module& module, const QuantPlan& plan, const Mode& mode, const ChoiceOptions& options) {
  if (!mode.full && !options.strict) return {};
  std::string list;
  size_t count = 0;
  for (size_t g = 0; g < module.graphs.size(); ++g) {
    for (size_t n = 0; n < module.graphs[g].nodes.size(); ++n) {
      const ir::Node& node = module.graphs[g].nodes[n];
      if (plan.graphs[g].nodes[n].treatment != Treatment::kFloat || matches_any(options.allow_float, node)) continue;
      list += fmt::format("\n  {}: {}", ir::label(module.graphs[g], node), plan.graphs[g].nodes[n].reason);
      ++count;
    }
  }
  if (count == 0) return {};
  const char* softer = mode.activations == DType::kInt16 ? "int16x8" : "int8";
  return fail(ErrorCode::kUnsupported,
              fmt::format("{} operator{} cannot be integer:{}", count, count == 1 ? "" : "s", list),
              fmt::format("use --mode {} (these stay float), or allow them by name: --allow-float PATTERN", softer));
}

}  // namespace

Result<QuantPlan> choose(const ir::Module& module, const Mode& mode, const Statistics* statistics,
                         const ChoiceOptions& options) {
  PESTLE_TRY(check_weights(module));
  PESTLE_TRY(check_patterns(module, options.keep_float, "--keep-float"));
  PESTLE_TRY(check_patterns(module, options.allow_float, "--allow-float"));
  QuantPlan plan;
  plan.mode = mode.name;
  for (size_t g = 0; g < module.graphs.size(); ++g) {
    const ir::Graph& graph = module.graphs[g];
    GraphPlan graph_plan;
    graph_plan.nodes.resize(graph.nodes.size());
    graph_plan.values.resize(graph.values.size());
    graph_plan.inputs.resize(graph.inputs.size());
    graph_plan.outputs.resize(graph.outputs.size());
    if (mode.scheme == Scheme::kInteger) {
      std::vector<bool> keep(graph.nodes.size());
      for (size_t n = 0; n < keep.size(); ++n) keep[n] = matches_any(options.keep_float, graph.nodes[n]);
      PESTLE_TRY(choose_integer(graph, {mode, statistics->graphs[g], statistics->observer, options, keep}, graph_plan));
    } else if (mode.scheme != Scheme::kFloat) {
      choose_stored_constants(graph, mode, options, graph_plan);
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
