//   DIV(x, constant)      =>      MUL(x, 1 / constant)
//   DIV(x, SQRT(y))       =>      MUL(x, RSQRT(y))
// Multiplying is faster everywhere, and integer kernels exist for it. The last bit of a quotient may differ.
#include <cmath>

#include "passes/core/edit.h"
#include "passes/passes.h"

namespace pestle::passes {
namespace {

bool is_float_quotient(const ir::Graph& graph, const ir::Node& node) {
  return node.is("DIV") && is_unquantized(graph, node) && graph.values[node.outputs[0]].type.dtype == DType::kFloat32;
}

void become(ir::Node& node, const char* op) {
  node.op = op;
  node.version = 0;
  node.options_record.clear();
}

// Reciprocals that are numbers and no subnormals; nothing if one is not.
std::optional<std::vector<float>> reciprocals(const ir::Graph& graph, ir::ValueId id) {
  auto values = float_constant(graph, id);
  if (!values) return std::nullopt;
  for (float& value : *values) {
    value = 1.0f / value;
    if (!std::isnormal(value)) return std::nullopt;
  }
  return values;
}

// The reciprocal of a root that only this node reads, computed instead of the root; kNoValue if it is none.
ir::ValueId reciprocal_root(ir::Rewriter& rewriter, ir::ValueId divisor) {
  const ir::Node* maker = rewriter.producer(divisor);
  if (maker == nullptr || !maker->is("SQRT") || rewriter.uses(divisor) > 1) return ir::kNoValue;
  ir::Node root = *maker;
  become(root, "RSQRT");
  const ir::Value& value = rewriter.graph().values[divisor];
  const ir::ValueId reciprocal = rewriter.add_value(value.name + "_reciprocal", value.type);
  root.outputs = {reciprocal};
  rewriter.emit(std::move(root), true);
  return reciprocal;
}

void form_product(ir::Rewriter& rewriter, ir::Node& node) {
  const ir::ValueId divisor = node.inputs[1];
  ir::ValueId factor = ir::kNoValue;
  if (const auto values = reciprocals(rewriter.graph(), divisor)) {
    const ir::Value& value = rewriter.graph().values[divisor];
    const Shape shape = value.type.shape;
    factor = add_floats(rewriter, std::string(value.name), shape, *values);
  } else {
    factor = reciprocal_root(rewriter, divisor);
  }
  if (factor == ir::kNoValue) return rewriter.emit(std::move(node));
  rewriter.drop_reads(node);
  node.inputs[1] = factor;
  become(node, "MUL");
  rewriter.emit(std::move(node), true);
}

}  // namespace

Status form_products(ir::Module& module, PassContext&) {
  for (ir::Graph& graph : module.graphs) {
    ir::Rewriter rewriter(graph);
    for (ir::Node& node : rewriter.take_nodes()) {
      if (is_float_quotient(graph, node)) {
        form_product(rewriter, node);
      } else {
        rewriter.emit(std::move(node));
      }
    }
    rewriter.finish();
  }
  return {};
}

}  // namespace pestle::passes
