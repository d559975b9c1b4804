//   RESHAPE(.., C, ..) -> (.., g, C/g, ..)  ->  TRANSPOSE within the new axes  ->  RESHAPE back      =>      GATHER
// A channel shuffle is a permutation of one axis. As GATHER it follows that axis through any layout, where the RESHAPEs
// would stop it.
#include "ops/core/option.h"
#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

constexpr ops::IntOption kGatherAxis{"axis", 0};

struct Shuffle {
  int axis = 0;
  std::vector<int64_t> order;  // element i of the result's axis is element order[i]
};

// Axes [first, last) of `split` are one axis of `whole`; all others are the same.
struct SplitAxis {
  int first = 0, last = 0;
};

std::optional<SplitAxis> split_axis(const Shape& whole, const Shape& split) {
  const int extra = split.rank() - whole.rank();
  if (extra < 1 || !whole.is_static() || !split.is_static()) return std::nullopt;
  int first = 0;
  while (first < whole.rank() && whole[first] == split[first]) ++first;
  for (; first >= 0; --first) {
    if (first >= whole.rank()) continue;
    int64_t product = 1;
    for (int i = first; i <= first + extra; ++i) product *= split[i];
    bool same = product == whole[first];
    for (int i = first + 1; same && i < whole.rank(); ++i) same = whole[i] == split[i + extra];
    if (same) return SplitAxis{first, first + extra + 1};
  }
  return std::nullopt;
}

// Where the elements of the merged axis come from.
std::vector<int64_t> order_of(const Shape& split, const SplitAxis& axes, const std::vector<int64_t>& permutation) {
  std::vector<int64_t> strides(split.rank(), 1);
  for (int i = axes.last - 2; i >= axes.first; --i) strides[i] = strides[i + 1] * split[i + 1];
  std::vector<int64_t> order = {0};
  for (int i = axes.first; i < axes.last; ++i) {
    std::vector<int64_t> finer;
    for (int64_t base : order) {
      for (int64_t k = 0; k < split[static_cast<int>(permutation[i])]; ++k)
        finer.push_back(base + k * strides[permutation[i]]);
    }
    order = std::move(finer);
  }
  return order;
}

std::optional<Shuffle> shuffle_of(const ir::Graph& graph, const ir::Node& split, const ir::Node& transpose,
                                  const ir::Node& merge) {
  const Shape& whole = graph.values[split.inputs[0]].type.shape;
  const Shape& parts = graph.values[split.outputs[0]].type.shape;
  if (graph.values[merge.outputs[0]].type.shape != whole) return std::nullopt;
  const auto axes = split_axis(whole, parts);
  const auto permutation = int_constant(graph, transpose.inputs[1]);
  if (!axes || !permutation || static_cast<int>(permutation->size()) != parts.rank()) return std::nullopt;
  for (int i = 0; i < parts.rank(); ++i) {
    const int64_t from = (*permutation)[i];
    const bool is_inside = i >= axes->first && i < axes->last;
    if (is_inside ? from < axes->first || from >= axes->last : from != i) return std::nullopt;
  }
  return Shuffle{axes->first, order_of(parts, *axes, *permutation)};
}

// The node before `node` in a chain, if it is of that operator.
const ir::Node* before(ir::Rewriter& rewriter, const ir::Node* node, const char* op) {
  const ir::Node* maker = node == nullptr ? nullptr : rewriter.producer(node->inputs[0]);
  return maker != nullptr && maker->is(op) ? maker : nullptr;
}

std::optional<Shuffle> shuffle_before(ir::Rewriter& rewriter, const ir::Node& merge, ir::ValueId& shuffled) {
  if (!merge.is("RESHAPE") || !is_unquantized(rewriter.graph(), merge)) return std::nullopt;
  const ir::Node* transpose = before(rewriter, &merge, "TRANSPOSE");
  const ir::Node* split = before(rewriter, transpose, "RESHAPE");
  if (split == nullptr) return std::nullopt;
  shuffled = split->inputs[0];
  return shuffle_of(rewriter.graph(), *split, *transpose, merge);
}

}  // namespace

Status form_gather(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    ir::Rewriter rewriter(graph);
    for (ir::Node& node : rewriter.take_nodes()) {
      ir::ValueId shuffled = ir::kNoValue;
      if (const auto shuffle = shuffle_before(rewriter, node, shuffled)) {
        const auto count = static_cast<int64_t>(shuffle->order.size());
        rewriter.drop_reads(node);
        node.op = "GATHER";
        node.version = 0;
        node.options_record.clear();
        node.attributes = {};
        node.inputs = {shuffled, add_ints(rewriter, "order", {count}, shuffle->order)};
        kGatherAxis.set(node, shuffle->axis);
        rewriter.emit(std::move(node), true);
      } else {
        rewriter.emit(std::move(node));
      }
    }
    rewriter.finish();
  }
  return {};
}

}  // namespace pestle::passes
