// What a file of map/ works with. map/<stem>.cpp holds one source operator, or a family that differs only in a name:
//
//     Result<ValueIds> map(NodeContext& node) { ... return one(node.emit().emit("RELU", {node.input(0)})); }
//     const Mapping& map_relu() { static const Mapping mapping = {{"Relu"}, 1, map}; return mapping; }
//
// The build finds the file and puts map_<stem>() into the list. Operators of other domains go by "domain.Name".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/onnx.h"
#include "formats/core/emitter.h"
#include "formats/onnx/nesting.h"

namespace pestle::formats::onnx {

using ir::ValueId;
using ValueIds = std::vector<ValueId>;

// One node of the source model while it is mapped. Shapes are those of the source (channels first).
class NodeContext {
 public:
  struct Place {
    Nesting& nesting;
    Frame& frame;  // that the node is mapped into
  };
  NodeContext(const Place& place, const codec::OnnxNode& node, ValueIds inputs, int64_t opset)
      : place_(place),
        emit_(place.frame.emit()),
        node_(node),
        op_type_(node.op_type),
        inputs_(std::move(inputs)),
        opset_(opset) {}

  const std::string& op_type() const { return op_type_; }
  int64_t opset() const { return opset_; }  // of the node's domain; 0 where the file names none
  bool is_before(int64_t opset) const { return opset_ > 0 && opset_ < opset; }
  int inputs() const { return static_cast<int>(inputs_.size()); }
  int outputs() const { return static_cast<int>(node_.outputs.size()); }
  const ValueIds& all_inputs() const { return inputs_; }
  bool wants_output(int i) const { return i < outputs() && !node_.outputs[i].empty(); }

  bool has(int i) const { return i < inputs() && inputs_[i] != ir::kNoValue; }
  ValueId input(int i) const { return has(i) ? inputs_[i] : ir::kNoValue; }  // kNoValue where it is left out
  // A copy: values move in memory while nodes are emitted.
  // Of an operand that is left out: a scalar of float32.
  Shape shape(int i) const { return has(i) ? emit_.shape(inputs_[i]) : Shape(); }
  int rank(int i) const { return shape(i).rank(); }
  DType dtype(int i) const { return has(i) ? emit_.value(inputs_[i]).type.dtype : DType::kFloat32; }
  bool is_constant(int i) const { return has(i) && emit_.value(inputs_[i]).is_constant(); }
  // Contents of a constant operand; `what` names it in the error where it is not constant.
  Result<std::vector<int64_t>> ints(int i, const char* what) const;
  Result<std::vector<float>> floats(int i, const char* what) const;
  // The one number of a constant operand, a length: 1 to 2^24.
  Result<int64_t> positive(int i, const char* what) const;

  // Attributes. One of the wrong kind reads as absent and fails the node afterwards.
  bool has_attribute(const char* name) const;
  int64_t integer(const char* name, int64_t fallback);
  float number(const char* name, float fallback);
  std::string text(const char* name, const std::string& fallback);
  std::vector<int64_t> integers(const char* name, std::vector<int64_t> fallback = {});
  std::vector<float> numbers(const char* name);
  const codec::OnnxTensor* tensor(const char* name);
  std::vector<std::string> texts(const char* name);
  const codec::OnnxGraph* graph(const char* name);

  // Integers that are an operand from opset `since` on and an attribute before; nothing where neither is there.
  Result<std::optional<std::vector<int64_t>>> integers_by_opset(const char* name, int operand, int64_t since);
  // An axis of a rank, counted from the end if negative.
  Result<int> axis(int64_t value, int rank) const;
  Result<std::vector<int64_t>> axes(std::vector<int64_t> values, int rank) const;

  // Maps the node as if it were of another operator of the standard and had these operands; its attributes are those
  // of the node.
  Result<ValueIds> map_as(const char* op_type, ValueIds inputs, int64_t opset);

  Emitter& emit() { return emit_; }
  Frame& frame() { return place_.frame; }
  Nesting& nesting() { return place_.nesting; }
  const ImportOptions& options() const { return place_.nesting.options(); }
  const std::optional<Error>& attribute_error() const { return attribute_error_; }

 private:
  const codec::OnnxAttribute* find(const char* name, codec::OnnxAttribute::Kind kind);

  Place place_;
  Emitter& emit_;
  const codec::OnnxNode& node_;
  std::string op_type_;
  ValueIds inputs_;
  int64_t opset_;
  std::optional<Error> attribute_error_;
};

struct Mapping {
  std::vector<const char*> names;
  int least_inputs = 1;  // inputs that must be there, from the first on
  Result<ValueIds> (*map)(NodeContext&);
  bool takes_unknown_sizes = false;  // else operands with a size that only a run tells are refused before
};
// The mapping of an operator, or null.
const Mapping* find_mapping(const std::string& domain, const std::string& op_type);

// Results of mappings with one output.
inline Result<ValueIds> one(Result<ValueId> value) {
  if (!value) return Failure(std::move(value).error());
  return ValueIds{*value};
}
Failure unsupported(std::string why);
// The type in which TFLite computes plain numbers of a type: it takes small integers for quantized codes, so they are
// widened to int32.
DType computed_type(DType dtype);
// An error for constants that a mapping would make larger than any file that asks for them should.
Status check_affordable(int64_t elements);

// An ONNX tensor as a constant of the graph: elements stay a view unless they must be converted (float16, bfloat16 and
// double become float32).
Result<ValueId> add_constant(ir::Graph& graph, const std::string& name, const codec::OnnxTensor& tensor);
// The element type that values of an ONNX type have in the graph, or nothing.
std::optional<DType> dtype_of(codec::OnnxType type);

}  // namespace pestle::formats::onnx
