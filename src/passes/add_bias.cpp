//   CONV_2D(x, filter)      =>      CONV_2D(x, filter, zeros)
// and DEPTHWISE_CONV_2D likewise: some runtimes refuse them without a bias, and the quantizer corrects means there.
#include <map>

#include "ops/core/registry.h"
#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

constexpr size_t kBias = 2;

bool lacks_bias(const ir::Graph& graph, const ir::Node& node) {
  if (!node.is("CONV_2D") && !node.is("DEPTHWISE_CONV_2D")) return false;
  if (has_input(node, kBias) || !is_unquantized(graph, node)) return false;
  const ir::Type& y = graph.values[node.outputs[0]].type;
  return y.dtype == DType::kFloat32 && y.shape.rank() == 4 && y.shape[3] > 0;
}

}  // namespace

Status add_bias(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    std::map<int64_t, std::shared_ptr<const Bytes>> zeros;  // one buffer for biases of one length
    for (ir::Node& node : graph.nodes) {
      if (!lacks_bias(graph, node)) continue;
      const int64_t channels = graph.values[node.outputs[0]].type.shape[3];
      auto& bytes = zeros[channels];
      if (!bytes)
        bytes =
            std::make_shared<const Bytes>(Bytes::own(std::vector<std::byte>(storage_bytes(DType::kFloat32, channels))));
      ir::Value bias;
      bias.name = graph.values[node.outputs[0]].name + "/bias";
      bias.type = {DType::kFloat32, {channels}, nullptr};
      bias.data = bytes;
      node.inputs.resize(kBias + 1, ir::kNoValue);
      node.inputs[kBias] = graph.add_value(std::move(bias));
      node.version = 0;
    }
  }
  return {};
}

}  // namespace pestle::passes
