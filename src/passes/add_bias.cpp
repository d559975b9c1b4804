//   CONV_2D(x, filter)      =>      CONV_2D(x, filter, zeros)
// and so all operators that some runtimes refuse without a bias; the quantizer corrects means there.
#include <map>

#include "ops/core/registry.h"
#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

// The operand that should hold the bias of a node that has none.
std::optional<size_t> missing_bias(const ir::Graph& graph, const ir::Node& node) {
  const ops::OpDef* def = ops::find(node);
  if (def == nullptr || !def->traits.wants_bias || !is_unquantized(graph, node)) return std::nullopt;
  const auto bias = static_cast<size_t>(ops::linear_operands(*def)->bias);
  const ir::Type& y = graph.values[node.outputs[0]].type;
  const bool has_channels = y.dtype == DType::kFloat32 && y.shape.rank() > 0 && y.shape.back(0) > 0;
  return has_input(node, bias) || !has_channels ? std::nullopt : std::optional(bias);
}

}  // namespace

Status add_bias(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    std::map<int64_t, std::shared_ptr<const Bytes>> zeros;  // one buffer for biases of one length
    for (ir::Node& node : graph.nodes) {
      const auto place = missing_bias(graph, node);
      if (!place) continue;
      const int64_t channels = graph.values[node.outputs[0]].type.shape.back(0);
      auto& bytes = zeros[channels];
      if (!bytes)
        bytes =
            std::make_shared<const Bytes>(Bytes::own(std::vector<std::byte>(storage_bytes(DType::kFloat32, channels))));
      ir::Value bias;
      bias.name = graph.values[node.outputs[0]].name + "/bias";
      bias.type = {DType::kFloat32, {channels}, nullptr};
      bias.data = bytes;
      node.inputs.resize(std::max(node.inputs.size(), *place + 1), ir::kNoValue);
      node.inputs[*place] = graph.add_value(std::move(bias));
      node.version = 0;
    }
  }
  return {};
}

}  // namespace pestle::passes
