#include <fmt/core.h>

#include <algorithm>

#include "ir/verifier.h"
#include "passes/pass.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

constexpr Pass kPipeline[] = {
    // Weights first: all that follows wants to see float32 constants.
    {"fold_float16", "float16 constants behind DEQUANTIZE become float32 constants", fold_float16},
    // Importers fold while they build; .tflite files arrive unfolded. What is constant needs no layout.
    {"fold_constants", "nodes of constant operands become constants", fold_constants},
    {"remove_dead_nodes", "nodes and values that nothing reads go away", remove_dead_nodes},
    // Before the layout pass, whose cost is that of the nodes it must carry a permutation through.
    {"remove_identities", "nodes that change nothing go away", remove_identities},
    // Free in any layout as one operator, two comparisons with constants as two.
    {"form_activations", "MAXIMUM and MINIMUM by constants become RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1",
     form_activations},
    {"form_products", "divisions by constants and roots become multiplications", form_products},
    // In the source's layout, where a shuffle can be told from its RESHAPEs; RESHAPEs hold up TRANSPOSEs.
    {"form_gather", "RESHAPE, TRANSPOSE, RESHAPE that shuffle one axis become GATHER", form_gather},
    {"form_slices", "GATHER of one index whose axis is put back becomes SLICE", form_slices},
    // Every pattern below is channels last, and in an NCHW source stands apart until the TRANSPOSEs are gone.
    {"move_transposes", "TRANSPOSEs move until they meet and cancel; image inputs become NHWC", move_transposes},
    // Constants that the layout pass permuted, RESHAPEs that it put side by side.
    {"fold_constants", "", fold_constants},
    {"canonicalize_reshapes", "SQUEEZE, EXPAND_DIMS and chains of RESHAPEs become one RESHAPE", canonicalize_reshapes},
    {"remove_identities", "", remove_identities},
    {"remove_dead_nodes", "", remove_dead_nodes},
    // After canonicalize_reshapes, because it wants to see MEAN followed by one RESHAPE.
    {"canonicalize_reductions", "pools over the whole image become MEAN; MEAN takes over a RESHAPE that drops its axes",
     canonicalize_reductions},
    // Before the folds, which treat a grouped convolution of one channel a group as what it is.
    {"form_depthwise", "CONV_2D with one input channel a group becomes DEPTHWISE_CONV_2D", form_depthwise},
    // Before fold_batch_norm: additive constants in front of a convolution fold only if it does not pad.
    {"fold_padding", "PAD before a convolution becomes its SAME padding", fold_padding},
    // Before fuse_activation: a node with a fused activation takes no factor any more.
    {"fold_batch_norm", "per-channel factors and summands go into filter and bias", fold_batch_norm},
    {"fuse_activation", "RELU, RELU6 and RELU_N1_TO_1 go into the node before", fuse_activation},
    // After fold_batch_norm, which makes the biases that are needed.
    {"add_bias", "convolutions without a bias get one of zeros", add_bias},
    {"remove_dead_nodes", "", remove_dead_nodes},
};

// Signatures name the outputs of a graph by value; a pass may put another value in an output's place.
class SignatureAnchors {
 public:
  explicit SignatureAnchors(const ir::Module& module) {
    for (const ir::Signature& signature : module.signatures) {
      std::vector<size_t> places;
      const auto& outputs = module.graphs[signature.graph].outputs;
      for (const auto& entry : signature.outputs) {
        places.push_back(static_cast<size_t>(std::find(outputs.begin(), outputs.end(), entry.value) - outputs.begin()));
      }
      places_.push_back(std::move(places));
    }
  }
  void restore(ir::Module& module) const {
    for (size_t s = 0; s < places_.size(); ++s) {
      ir::Signature& signature = module.signatures[s];
      const auto& outputs = module.graphs[signature.graph].outputs;
      for (size_t i = 0; i < places_[s].size(); ++i) {
        if (places_[s][i] < outputs.size()) signature.outputs[i].value = outputs[places_[s][i]];
      }
    }
  }

 private:
  std::vector<std::vector<size_t>> places_;
};

size_t count_nodes(const ir::Module& module) {
  size_t count = 0;
  for (const ir::Graph& graph : module.graphs) count += graph.nodes.size();
  return count;
}

bool is_listed(const std::vector<std::string>& names, const Pass& pass) {
  return std::find(names.begin(), names.end(), pass.name) != names.end();
}

}  // namespace

std::span<const Pass> pipeline() { return kPipeline; }

Status run_pass(const Pass& pass, ir::Module& module, PassContext& context) {
  const size_t before = count_nodes(module);
  const SignatureAnchors anchors(module);
  if (Status status = pass.run(module, context); !status) {
    return in_context(std::move(status).error(), fmt::format("pass {}", pass.name));
  }
  anchors.restore(module);
  context.report.runs.push_back({pass.name, before, count_nodes(module)});
#ifndef NDEBUG
  if (Status status = ir::verify(module); !status) {
    return in_context(std::move(status).error(), fmt::format("after pass {}", pass.name));
  }
#endif
  return {};
}

Result<PassReport> run_pipeline(ir::Module& module, const PassOptions& options) {
  for (const std::string& name : options.skip) {
    const bool known =
        std::any_of(std::begin(kPipeline), std::end(kPipeline), [&](const Pass& p) { return name == p.name; });
    if (!known) return fail(ErrorCode::kInvalidArgument, fmt::format("there is no pass \"{}\"", name));
  }
  PassContext context{options, {}};
  for (const Pass& pass : kPipeline) {
    if (!is_listed(options.skip, pass)) PESTLE_TRY(run_pass(pass, module, context));
  }
  return std::move(context.report);
}

}  // namespace pestle::passes
