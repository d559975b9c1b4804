#include "quant/plan_json.h"

#include <fmt/core.h>

#include <cmath>

#include "base/json_cursor.h"
#include "ir/fingerprint.h"
#include "ops/core/registry.h"
#include "quant/check_plan.h"

namespace pestle::quant {
namespace {

constexpr int64_t kFormat = 1;
constexpr const char* kTreatmentNames[] = {"float", "hybrid", "integer", "neutral"};

Json storage_json(const Storage& storage) {
  Json json = Json::object();
  json.set("dtype", dtype_name(storage.dtype));
  if (!storage.is_quantized()) return json;
  Json scales = Json::array(), zero_points = Json::array();
  for (float scale : storage.scale) scales.push(scale);
  bool zeros = true;
  for (int64_t zero : storage.zero_point) {
    zero_points.push(zero);
    zeros = zeros && zero == 0;
  }
  json.set("scale", scales);
  if (!zeros) json.set("zero_point", zero_points);
  if (storage.scale.size() > 1) json.set("axis", storage.axis);
  return json;
}

// The number of slices that an axis of a value has; 0 if it has no such axis.
int64_t extent(const ir::Type& type, int64_t axis) {
  return axis >= 0 && axis < type.shape.rank() ? type.shape[static_cast<int>(axis)] : 0;
}

Result<DType> read_dtype(const JsonCursor& cursor, bool has_scale) {
  PESTLE_ASSIGN(const JsonCursor at, cursor.at("dtype"));
  PESTLE_ASSIGN(const std::string name, at.string());
  const auto dtype = dtype_from_name(name);
  const bool is_real = dtype == DType::kFloat32 || dtype == DType::kFloat16;
  if (!is_real && !(dtype && zero_points_of(*dtype)))
    return at.error(fmt::format("\"{}\" is no type that numbers are stored in", name));
  if (is_real == has_scale) return at.error(fmt::format("{} {}", name, has_scale ? "takes no scale" : "needs a scale"));
  return *dtype;
}

Result<std::vector<int64_t>> read_zero_points(const JsonCursor& cursor, DType dtype, size_t scales) {
  PESTLE_ASSIGN(const auto at, cursor.find("zero_point"));
  if (!at) return std::vector<int64_t>(scales, 0);
  PESTLE_ASSIGN(const std::vector<int64_t> zeros, at->integers());
  if (zeros.size() != scales) return at->error("there must be as many zero points as scales");
  const ZeroPoints allowed = *zero_points_of(dtype);
  for (int64_t zero : zeros) {
    if (zero < allowed.least || zero > allowed.most) {
      return at->error(fmt::format("the zero point {} lies outside {} to {} of {}", zero, allowed.least, allowed.most,
                                   dtype_name(dtype)));
    }
  }
  return zeros;
}

Result<Storage> read_storage(const JsonCursor& cursor, const ir::Type& type) {
  Storage storage;
  PESTLE_ASSIGN(const auto scale_at, cursor.find("scale"));
  PESTLE_ASSIGN(storage.dtype, read_dtype(cursor, scale_at.has_value()));
  if (!scale_at) return storage;
  PESTLE_ASSIGN(const std::vector<double> scales, scale_at->numbers());
  for (double scale : scales) {
    // As a float: a double may be too small or too large for one.
    const auto narrow = static_cast<float>(scale);
    if (!(narrow > 0.0f) || !std::isfinite(narrow)) return scale_at->error("every scale must be a positive number");
    storage.scale.push_back(narrow);
  }
  PESTLE_ASSIGN(storage.zero_point, read_zero_points(cursor, storage.dtype, scales.size()));
  PESTLE_ASSIGN(const auto axis_at, cursor.find("axis"));
  if (axis_at) {
    PESTLE_ASSIGN(const int64_t axis, axis_at->integer(0, 7));
    storage.axis = static_cast<int>(axis);
  }
  if (scales.empty() || (scales.size() > 1 && extent(type, storage.axis) != static_cast<int64_t>(scales.size()))) {
    return scale_at->error(fmt::format("{} scales do not fit the shape {} along axis {}", scales.size(),
                                       to_string(type.shape), storage.axis));
  }
  return storage;
}

// What is computed has one scale: no kernel reads activations by channel.
Result<Storage> read_activation(const JsonCursor& cursor) {
  return read_storage(cursor, {DType::kFloat32, {}, nullptr});
}

Json graph_json(const GraphPlan& plan, const ir::Graph& graph) {
  Json inputs = Json::array(), outputs = Json::array(), nodes = Json::array();
  const auto named = [&graph](Json json, ir::ValueId id) {
    json.set("name", graph.values[id].name);
    return json;
  };
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    Json json = named(storage_json(plan.inputs[i]), graph.inputs[i]);
    if (plan.values[graph.inputs[i]]) json.set("value", storage_json(*plan.values[graph.inputs[i]]));
    inputs.push(json);
  }
  for (size_t i = 0; i < plan.outputs.size(); ++i) outputs.push(named(storage_json(plan.outputs[i]), graph.outputs[i]));
  for (size_t n = 0; n < plan.nodes.size(); ++n) {
    const NodePlan& node = plan.nodes[n];
    Json json = Json::object();
    json.set("node", n);
    json.set("operator", graph.nodes[n].op);
    json.set("name", graph.nodes[n].sources.empty() ? "" : graph.nodes[n].sources[0]);
    json.set("treatment", kTreatmentNames[static_cast<int>(node.treatment)]);
    if (!node.reason.empty()) json.set("reason", node.reason);
    Json operands = Json::array();
    for (const auto& [input, storage] : node.operands) {
      Json operand = storage_json(storage);
      operand.set("input", input);
      operands.push(operand);
    }
    if (!node.operands.empty()) json.set("operands", operands);
    Json intermediates = Json::array();
    for (const Storage& storage : node.intermediates) intermediates.push(storage_json(storage));
    if (!node.intermediates.empty()) json.set("intermediates", intermediates);
    Json values = Json::array();
    for (size_t o = 0; o < graph.nodes[n].outputs.size(); ++o) {
      const ir::ValueId id = graph.nodes[n].outputs[o];
      if (id == ir::kNoValue || !plan.values[id]) continue;
      Json value = named(storage_json(*plan.values[id]), id);
      value.set("output", o);
      values.push(value);
    }
    if (!values.as_array()->empty()) json.set("values", values);
    nodes.push(json);
  }
  Json json = Json::object();
  json.set("inputs", inputs);
  json.set("outputs", outputs);
  json.set("nodes", nodes);
  return json;
}

class GraphPlanReader {
 public:
  explicit GraphPlanReader(const ir::Graph& graph) : graph_(graph), seen_(graph.nodes.size()) {
    plan_.nodes.resize(graph.nodes.size());
    plan_.values.resize(graph.values.size());
    plan_.inputs.resize(graph.inputs.size());
    plan_.outputs.resize(graph.outputs.size());
  }

  Result<GraphPlan> read(const JsonCursor& cursor) {
    PESTLE_TRY(read_boundary(cursor, "inputs", graph_.inputs, plan_.inputs));
    PESTLE_TRY(read_boundary(cursor, "outputs", graph_.outputs, plan_.outputs));
    PESTLE_ASSIGN(const JsonCursor nodes_at, cursor.at("nodes"));
    PESTLE_ASSIGN(const auto nodes, nodes_at.elements());
    for (const JsonCursor& node : nodes) PESTLE_TRY(read_node(node));
    return std::move(plan_);
  }

 private:
  Status read_boundary(const JsonCursor& cursor, const char* key, const std::vector<ir::ValueId>& ids,
                       std::vector<Storage>& out) {
    PESTLE_ASSIGN(const JsonCursor at, cursor.at(key));
    PESTLE_ASSIGN(const auto rows, at.elements());
    if (rows.size() != ids.size()) return at.error(fmt::format("the model has {} {}", ids.size(), key));
    for (size_t i = 0; i < rows.size(); ++i) {
      PESTLE_ASSIGN(out[i], read_activation(rows[i]));
      PESTLE_ASSIGN(const auto value_at, rows[i].find("value"));
      if (value_at) {
        PESTLE_ASSIGN(plan_.values[ids[i]], read_activation(*value_at));
      }
    }
    return {};
  }

  Result<Treatment> read_treatment(const JsonCursor& cursor, const ir::Node& node) {
    PESTLE_ASSIGN(const std::string name, cursor.string());
    for (int i = 0; i < 4; ++i) {
      if (name != kTreatmentNames[i]) continue;
      const auto treatment = static_cast<Treatment>(i);
      const ops::OpDef* def = ops::find(node);
      const bool allowed =
          treatment == Treatment::kFloat || treatment == Treatment::kNeutral ||
          (def != nullptr && (treatment == Treatment::kHybrid ? def->quantization.hybrid_weight >= 0
                                                              : def->quantization.int8 || def->quantization.int16));
      if (!allowed) return cursor.error(fmt::format("{} has no {} kernel", node.op, name));
      return treatment;
    }
    return cursor.error(fmt::format("\"{}\" is no treatment", name), "float, hybrid, integer or neutral");
  }

  Status read_node(const JsonCursor& cursor) {
    PESTLE_ASSIGN(const JsonCursor node_at, cursor.at("node"));
    PESTLE_ASSIGN(const int64_t n, node_at.integer(0, static_cast<int64_t>(graph_.nodes.size()) - 1));
    if (seen_[n]) return node_at.error(fmt::format("node {} is listed twice", n));
    seen_[n] = true;
    const ir::Node& node = graph_.nodes[n];
    NodePlan& plan = plan_.nodes[n];
    PESTLE_ASSIGN(const JsonCursor op_at, cursor.at("operator"));
    PESTLE_ASSIGN(const std::string op, op_at.string());
    if (op != node.op) return op_at.error(fmt::format("node {} of the model is a {}", n, node.op));
    PESTLE_ASSIGN(const JsonCursor treatment_at, cursor.at("treatment"));
    PESTLE_ASSIGN(plan.treatment, read_treatment(treatment_at, node));
    PESTLE_ASSIGN(const auto reason_at, cursor.find("reason"));
    if (reason_at) {
      PESTLE_ASSIGN(plan.reason, reason_at->string());
    }
    PESTLE_ASSIGN(const auto operands_at, cursor.find("operands"));
    if (operands_at) PESTLE_TRY(read_operands(*operands_at, node, plan));
    PESTLE_TRY(read_intermediates(cursor, node, plan));
    PESTLE_ASSIGN(const auto values_at, cursor.find("values"));
    if (values_at) PESTLE_TRY(read_values(*values_at, node));
    return {};
  }

  Status read_operands(const JsonCursor& cursor, const ir::Node& node, NodePlan& plan) {
    PESTLE_ASSIGN(const auto rows, cursor.elements());
    for (const JsonCursor& row : rows) {
      PESTLE_ASSIGN(const JsonCursor input_at, row.at("input"));
      PESTLE_ASSIGN(const int64_t input, input_at.integer(0, static_cast<int64_t>(node.inputs.size()) - 1));
      const ir::ValueId id = node.inputs[input];
      if (id == ir::kNoValue || graph_.values[id].type.dtype != DType::kFloat32)
        return input_at.error("this input holds no real numbers");
      if (plan.treatment != Treatment::kInteger && !graph_.values[id].is_constant()) {
        return input_at.error("only constants can be stored apart from what a float operator computes with");
      }
      PESTLE_ASSIGN(plan.operands[static_cast<int>(input)], read_storage(row, graph_.values[id].type));
    }
    return {};
  }

  // An integer node has all that its rule names.
  Status read_intermediates(const JsonCursor& cursor, const ir::Node& node, NodePlan& plan) {
    const ops::OpDef* def = ops::find(node);
    const bool wanted = plan.treatment == Treatment::kInteger && def != nullptr;
    const size_t count = wanted ? def->quantization.intermediates.size() : 0;
    PESTLE_ASSIGN(const auto at, cursor.find("intermediates"));
    std::vector<JsonCursor> rows;
    if (at) {
      PESTLE_ASSIGN(rows, at->elements());
    }
    if (rows.size() != count) return cursor.error(fmt::format("{} has {} intermediates here", node.op, count));
    for (const JsonCursor& row : rows) {
      PESTLE_ASSIGN(Storage storage, read_activation(row));
      if (!storage.is_quantized()) return row.error("an intermediate needs a scale");
      plan.intermediates.push_back(std::move(storage));
    }
    return {};
  }

  Status read_values(const JsonCursor& cursor, const ir::Node& node) {
    PESTLE_ASSIGN(const auto rows, cursor.elements());
    for (const JsonCursor& row : rows) {
      PESTLE_ASSIGN(const JsonCursor output_at, row.at("output"));
      PESTLE_ASSIGN(const int64_t output, output_at.integer(0, static_cast<int64_t>(node.outputs.size()) - 1));
      const ir::ValueId id = node.outputs[output];
      if (id == ir::kNoValue || graph_.values[id].type.dtype != DType::kFloat32)
        return output_at.error("this output holds no real numbers");
      PESTLE_ASSIGN(plan_.values[id], read_activation(row));
    }
    return {};
  }

  const ir::Graph& graph_;
  std::vector<bool> seen_;  // by node
  GraphPlan plan_;
};

}  // namespace

Json plan_to_json(const QuantPlan& plan, const ir::Module& module) {
  Json graphs = Json::array();
  for (size_t g = 0; g < plan.graphs.size(); ++g) graphs.push(graph_json(plan.graphs[g], module.graphs[g]));
  Json json = Json::object();
  json.set("pestle_plan", kFormat);
  json.set("mode", plan.mode);
  json.set("fingerprint", ir::structure_fingerprint(module));
  json.set("graphs", graphs);
  return json;
}

Result<QuantPlan> plan_from_json(const Json& json, const ir::Module& module) {
  const JsonCursor cursor(json, "plan");
  PESTLE_ASSIGN(const JsonCursor format_at, cursor.at("pestle_plan"));
  PESTLE_ASSIGN(const int64_t format, format_at.integer());
  if (format != kFormat) return format_at.error(fmt::format("format {} is not read, only {}", format, kFormat));
  QuantPlan plan;
  PESTLE_ASSIGN(const JsonCursor mode_at, cursor.at("mode"));
  PESTLE_ASSIGN(plan.mode, mode_at.string());
  PESTLE_ASSIGN(const JsonCursor fingerprint_at, cursor.at("fingerprint"));
  PESTLE_ASSIGN(plan.fingerprint, fingerprint_at.string());
  if (plan.fingerprint != ir::structure_fingerprint(module)) {
    return fail(ErrorCode::kInvalidArgument, "the plan was made for another model",
                "make a new one for this model: `save_plan`");
  }
  PESTLE_ASSIGN(const JsonCursor graphs_at, cursor.at("graphs"));
  PESTLE_ASSIGN(const auto graphs, graphs_at.elements());
  if (graphs.size() != module.graphs.size())
    return graphs_at.error(fmt::format("the model has {} graphs", module.graphs.size()));
  for (size_t g = 0; g < graphs.size(); ++g) {
    PESTLE_ASSIGN(GraphPlan graph_plan, GraphPlanReader(module.graphs[g]).read(graphs[g]));
    plan.graphs.push_back(std::move(graph_plan));
  }
  PESTLE_TRY(check_scales(module, plan));
  return plan;
}

}  // namespace pestle::quant
