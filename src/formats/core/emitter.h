// How importers write TFLite operators: by name, with properties by the schema's names. Checks, shapes and folding are
// the builder's (ops/core/builder.h). Every node gets the current source node's name; values get names made of it.
#pragma once

#include <string>
#include <vector>

#include "ops/core/builder.h"

namespace pestle::formats {

// One operator to be. Properties equal to the operator's default are dropped; enumerations and element types go by the
// schema's names ("SAME", "FLOAT32").
struct OpSpec {
  const char* op;
  std::vector<ir::ValueId> inputs;
  std::vector<Property> options = {};
  int outputs = 1;
  std::vector<ir::Type> types = {};  // for operators whose output type is not given by the inputs
  bool folds = true;                 // into a constant, where the result is known
};

class Emitter {
 public:
  explicit Emitter(ir::Graph& graph) : builder_(graph) {}

  // Nodes from here on stand for this node of the source model.
  void set_source(std::string name) { source_ = std::move(name); }
  const std::string& source() const { return source_; }

  ir::Graph& graph() { return builder_.graph(); }
  const ir::Value& value(ir::ValueId id) const { return builder_.value(id); }
  // A copy: values move in memory while nodes are emitted.
  Shape shape(ir::ValueId id) const { return id == ir::kNoValue ? Shape() : builder_.value(id).type.shape; }

  Result<std::vector<ir::ValueId>> emit_all(OpSpec spec);
  // An operator of one output.
  Result<ir::ValueId> emit(const char* op, std::vector<ir::ValueId> inputs, std::vector<Property> options = {});

  ir::ValueId constant(const ConstTensorView& view);  // copied
  ir::ValueId ints(std::span<const int64_t> values);  // int32 [n], as TFLite takes shapes and axes; clamped
  ir::ValueId integer(int64_t value);                 // int32 scalar, clamped
  ir::ValueId floats(Shape shape, std::span<const float> values);
  ir::ValueId number(float value);  // float32 scalar

  // Identities (same shape, permutation in order) add nothing.
  Result<ir::ValueId> transpose(ir::ValueId value, std::vector<int64_t> permutation);
  Result<ir::ValueId> reshape(ir::ValueId value, const Shape& shape);
  Result<ir::ValueId> cast(ir::ValueId value, DType dtype);

  // Between channels first (N, C, ...) and channels last (N, ..., C). Operators that TFLite has only in the latter are
  // wrapped in these; the layout pass removes what is superfluous.
  Result<ir::ValueId> to_channels_last(ir::ValueId value);
  Result<ir::ValueId> to_channels_first(ir::ValueId value);

 private:
  std::string name_for(const std::string& op) const;
  // What moves codes hands on what they mean.
  void share_quantization(ops::NodeSpec& node) const;

  ops::Builder builder_;
  std::string source_;
};

}  // namespace pestle::formats
