// Compositions of operators, written as the formulas they compute:
//
//     Formula f(node.emit());
//     const auto x = node.input(0);
//     return f.result(f.div(x, f.add(f.number(1), f.op("ABS", {x}))));
//
// The first failure is kept; from then on every value is kNoValue and nothing is emitted.
#pragma once

#include <optional>

#include "formats/core/emitter.h"

namespace pestle::formats {

class Formula {
 public:
  explicit Formula(Emitter& emit) : emit_(emit) {}

  ir::ValueId op(const char* name, std::vector<ir::ValueId> inputs, std::vector<Property> options = {});
  ir::ValueId add(ir::ValueId a, ir::ValueId b) { return op("ADD", {a, b}); }
  ir::ValueId sub(ir::ValueId a, ir::ValueId b) { return op("SUB", {a, b}); }
  ir::ValueId mul(ir::ValueId a, ir::ValueId b) { return op("MUL", {a, b}); }
  ir::ValueId div(ir::ValueId a, ir::ValueId b) { return op("DIV", {a, b}); }
  // Times a number; nothing for 1.
  ir::ValueId scale(ir::ValueId a, float factor) { return factor == 1 ? a : mul(a, number(factor)); }
  ir::ValueId select(ir::ValueId condition, ir::ValueId yes, ir::ValueId no) {
    return op("SELECT_V2", {condition, yes, no});
  }
  // "SUM", "MEAN", "REDUCE_MAX", ... over the axes, whose extents stay as 1.
  ir::ValueId reduce(const char* name, ir::ValueId a, const std::vector<int64_t>& axes, bool keep_dims = true);
  ir::ValueId matmul(ir::ValueId a, ir::ValueId b, bool transpose_b = false);
  ir::ValueId slice(ir::ValueId a, int axis, int64_t begin, int64_t count);
  ir::ValueId concat(std::vector<ir::ValueId> parts, int64_t axis);
  ir::ValueId reshape(ir::ValueId a, const Shape& shape);
  ir::ValueId transpose(ir::ValueId a, std::vector<int64_t> permutation);
  ir::ValueId cast(ir::ValueId a, DType dtype);
  ir::ValueId broadcast_to(ir::ValueId a, const Shape& shape);

  // The extents of a value, of that type, computed even though they are known.
  ir::ValueId computed_shape(ir::ValueId a, DType dtype);

  ir::ValueId number(float value) { return emit_.number(value); }
  // A single number of an element type.
  ir::ValueId number(double value, DType dtype);
  ir::ValueId ints(const std::vector<int64_t>& values) { return emit_.ints(values); }
  ir::ValueId integer(int64_t value) { return emit_.integer(value); }
  ir::ValueId int64s(const std::vector<int64_t>& values);

  // kNoValue has none.
  Shape shape(ir::ValueId a) const;
  DType dtype(ir::ValueId a) const;
  bool failed() const { return error_.has_value(); }
  ir::ValueId fail_with(Error error);

  Result<std::vector<ir::ValueId>> result(std::vector<ir::ValueId> values) const;
  Result<std::vector<ir::ValueId>> result(ir::ValueId value) const { return result(std::vector<ir::ValueId>{value}); }
  Result<ir::ValueId> single(ir::ValueId value) const;
  Emitter& emit() { return emit_; }

 private:
  ir::ValueId take(Result<ir::ValueId> made);

  Emitter& emit_;
  std::optional<Error> error_;
};

}  // namespace pestle::formats
