//   TRANSPOSE(Q) -> RELU -> ADD(c) -> TRANSPOSE(P)      =>      RELU -> ADD(c'), P and Q inverse
// Networks that keep channels first arrive with TRANSPOSEs around every convolution, pool and resize. Here they sink
// through the operators' layout rules until they meet and cancel, are folded into constants, become RESHAPEs (axes of
// extent 1) or reach a node that needs the source's order (walk.h). Image inputs of the main graph become NHWC; the
// report lists them. Outputs keep the source's order. A graph in which this would move more elements than before stays
// as it is. What remains is reported with the operator that needs it.
#include <algorithm>
#include <map>

#include "passes/layout/walk.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

int64_t elements_moved(const ir::Graph& graph) {
  int64_t sum = 0;
  for (const ir::Node& node : graph.nodes) {
    if (node.is("TRANSPOSE")) sum += checked_elements(graph.values[node.outputs[0]].type.shape).value_or(1);
  }
  return sum;
}

void report_transposes(const ir::Graph& graph, std::vector<RemainingTranspose>& out) {
  std::map<ir::ValueId, const ir::Node*> transposes;
  std::map<ir::ValueId, std::string> readers;
  for (const ir::Node& node : graph.nodes) {
    for (ir::ValueId id : node.inputs) {
      if (transposes.count(id) != 0) readers.try_emplace(id, node.op);
    }
    if (node.is("TRANSPOSE")) transposes.emplace(node.outputs[0], &node);
  }
  for (const auto& [id, node] : transposes) {
    const auto reader = readers.find(id);
    out.push_back({node->sources.front(), reader == readers.end() ? "graph output" : reader->second,
                   checked_elements(graph.values[id].type.shape).value_or(kUnknown)});
  }
}

// A TRANSPOSE that was made where nothing had been put off (of a value that fans out) stands for the node whose value
// it permutes, or for the graph input.
void complete_sources(ir::Graph& graph) {
  const std::vector<int> producers = ir::find_producers(graph);
  for (ir::Node& node : graph.nodes) {
    if (!node.sources.empty() || node.inputs.empty()) continue;
    const int producer = producers[node.inputs[0]];
    const std::string& name = graph.values[node.inputs[0]].name;
    node.sources = producer >= 0 ? graph.nodes[producer].sources : std::vector<std::string>{name};
  }
}

}  // namespace

Status move_transposes(ir::Module& module, PassContext& context) {
  for (size_t g = 0; g < module.graphs.size(); ++g) {
    ir::Graph& graph = module.graphs[g];
    const int64_t before = elements_moved(graph);
    if (before == 0) continue;
    ir::Graph moved = graph;
    std::vector<RelaidInput> relaid;
    sink_transposes(moved, g == 0 && !context.options.keep_input_layout ? &relaid : nullptr);
    complete_sources(moved);
    if (elements_moved(moved) <= before) {
      graph = std::move(moved);
      if (g == 0) context.report.relaid_inputs = std::move(relaid);
    }
    report_transposes(graph, context.report.transposes);
  }
  return {};
}

}  // namespace pestle::passes
