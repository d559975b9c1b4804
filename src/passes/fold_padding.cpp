//   PAD(x, spatial axes) -> convolution VALID      =>      x -> convolution SAME
// for operators that slide a window over a float image, where SAME looks at the same elements.
#include "ops/core/registry.h"
#include "ops/core/window.h"
#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

using ops::Padding;

// Cells of zeros before and after rows and columns.
struct Border {
  int64_t top = 0, bottom = 0, left = 0, right = 0;
};

std::optional<Border> border_of(const ir::Graph& graph, const ir::Node* node) {
  if (node == nullptr || !node->is("PAD") || !is_unquantized(graph, *node)) return std::nullopt;
  const auto pads = int_constant(graph, node->inputs[1]);
  if (!pads || pads->size() != 8) return std::nullopt;
  const std::vector<int64_t>& p = *pads;
  if (p[0] != 0 || p[1] != 0 || p[6] != 0 || p[7] != 0) return std::nullopt;
  return Border{p[2], p[3], p[4], p[5]};
}

// SAME on the unpadded image has the same positions, and each sees what it saw. What the last window reaches beyond the
// image is zero under both; padding that no window reaches is of no consequence.
bool is_same_padding(const ir::Graph& graph, const ir::Node& conv, const Shape& image, const Border& border) {
  const Shape& filter = graph.values[conv.inputs[1]].type.shape;
  const Shape y = known_shape(graph.values[conv.outputs[0]]);
  ir::Node same = conv;
  ops::kPadding.set(same, Padding::kSame);
  const auto grid = ops::window_grid(same, image, {filter[1], filter[2]});
  return grid && image[1] != kUnknown && image[2] != kUnknown && grid->out_h == y[1] && grid->out_w == y[2] &&
         grid->pad_h == border.top && grid->pad_w == border.left;
}

void absorb_padding(ir::Rewriter& rewriter, ir::Node& conv) {
  if (!ops::traits_of(conv).pads_spatially) return;
  const ir::Graph& graph = rewriter.graph();
  if (ops::kPadding(conv) != Padding::kValid || !is_unquantized(graph, conv)) return;
  const ir::Node* pad = rewriter.producer(conv.inputs[0]);
  const auto border = border_of(graph, pad);
  if (!border) return;
  const ir::ValueId x = rewriter.resolve(pad->inputs[0]);
  if (!is_same_padding(graph, conv, known_shape(graph.values[x]), *border)) return;
  ops::kPadding.set(conv, Padding::kSame);
  conv.version = 0;
  conv.inputs[0] = x;
  ir::merge_sources(conv.sources, pad->sources);
}

}  // namespace

// A PAD that is read by nobody any more is left to remove_dead_nodes.
Status fold_padding(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    ir::Rewriter rewriter(graph);
    for (ir::Node& node : rewriter.take_nodes()) {
      absorb_padding(rewriter, node);
      rewriter.emit(std::move(node));
    }
    rewriter.finish();
  }
  return {};
}

}  // namespace pestle::passes
