// One case of the differential harness: a model of a single operator with random shapes, properties, scales and
// data. A generator (ops/<stem>.cpp) draws the case through this interface; the harness then writes it as .tflite,
// runs it by our reference and by our runtime, and the judge (judge.py) runs the same file by LiteRT.
//
// Everything is drawn from the case's own seed, so a case can be made again alone:
//     pestle_parity --only LABEL --first INDEX --cases 1 OPERATOR
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/tensor.h"
#include "ops/core/op_def.h"

namespace pestle::parity {

// A row of an operator's table of element types with one type chosen wherever the generator asks for every one.
struct Variant {
  std::string label;  // "int8", or "any: int32" where a row holds several types
  const ops::TypeRow* row = nullptr;
  std::vector<std::optional<DType>> inputs;  // by position; nothing: any of the row
  std::vector<std::optional<DType>> outputs;
};

// Bounds of the data of an operand, both included: reals for floats, codes for integers.
struct Range {
  double low = 0;
  double high = 0;
};

struct CaseOperand {
  bool present = true;
  bool constant = false;
  ir::Type type;
  Tensor data;
  bool variable = false;  // state: zeros (int8: zero points), in memory of the runtime's own

  bool is_fed() const { return present && !constant && !variable; }
};

class Case {
 public:
  Case(const ops::OpDef& def, const Variant& variant, uint64_t seed);

  const ops::OpDef& def() const { return def_; }
  // Element types of this case: the variant's, or drawn from its row.
  DType in(int i) const { return pick_type(input_types_, i); }
  DType out(int i) const { return pick_type(output_types_, i); }
  bool quantized() const { return is_quantized_storage(in(0)); }
  // float32 data and int8 weights.
  bool runs_hybrid() const { return in(0) == DType::kFloat32 && in(1) == DType::kInt8; }

  // ---- drawing
  int64_t integer(int64_t low, int64_t high) { return random_.integer(low, high); }
  double real(double low, double high) { return random_.real(low, high); }
  double log_real(double low, double high);  // uniform in the logarithm
  bool chance(int percent) { return random_.integer(0, 99) < percent; }
  template <typename T>
  T any_of(std::initializer_list<T> values) {
    return values.begin()[random_.integer(0, static_cast<int64_t>(values.size()) - 1)];
  }
  // Extents from 1 to `largest`, often odd or 1; about one shape in 32 has an extent of 0 if `may_be_empty`.
  Shape shape(int rank, int64_t largest = 7, bool may_be_empty = false);
  // Two shapes that broadcast to one of the given rank; about a third are equal.
  std::pair<Shape, Shape> broadcast_shapes(int rank);
  // A type with random parameters if its elements are stored codes, else a plain one.
  ir::Type type(DType dtype, Shape shape);
  // The same, with codes that span a real range between `least` and `most`.
  ir::Type spanning(DType dtype, Shape shape, double least, double most);
  // Parameters of a weight: symmetric; one scale a slice of `axis`, or one for all if axis is negative.
  ir::Type weight(DType dtype, Shape shape, int axis);
  float scale();
  int64_t zero_point(DType dtype);

  // ---- the node
  void set(const char* name, ir::AttributeValue value);
  void fused_activation();  // a clamp in a quarter of the cases, if the operator has that property
  ir::Node& node() { return node_; }

  // ---- operands, in order; each returns its position
  int input(const ir::Type& type, std::optional<Range> range = {});
  int constant(const ir::Type& type, std::optional<Range> range = {});
  int either(const ir::Type& type, std::optional<Range> range = {});  // a constant in a quarter of the cases
  int constant_ints(DType dtype, Shape shape, const std::vector<int64_t>& values);
  int constant_ints(DType dtype, const std::vector<int64_t>& values);
  int absent();
  int state(const ir::Type& type);
  // A value inside the operator that the file describes and nobody computes; not counted as an operand.
  void intermediate(const ir::Type& type) { intermediates_.push_back(type); }
  const std::vector<ir::Type>& intermediates() const { return intermediates_; }
  // How often the operator runs: twice if it has state, so that what it left there counts.
  int runs() const;
  CaseOperand& operand(int i) { return operands_[i]; }
  std::vector<CaseOperand>& operands() { return operands_; }
  // A bias of one value a channel for operands `data` and 1 (weight): about as large as the sums it is added to.
  int bias(DType dtype, int64_t channels, int64_t taps, int data = 0);
  // Replaces codes from `low` to `high` of an 8- or 16-bit operand by a code beside them.
  void avoid_codes(int operand, int64_t low, int64_t high);
  // Makes every other element of operand `to` that of operand `from`, which has the same type and shape.
  void repeat_half(int from, int to);
  // Moves float data away from where the run-time quantizer of hybrid kernels could round either way. The range of
  // each of `rows` rows stays as it is.
  void avoid_ties(int operand, int64_t rows);

  // Refuses the draw if a change of all its floats in the sixth digit moves a result of more than that: then some code
  // that the run-time quantizer makes of what a cell computed is near a tie, and its last bit decides.
  Status refuse_inner_ties() const;

  // ---- outputs: one unless said otherwise; dtype and shape come from the operator
  void outputs(int count) { declared_.resize(count); }
  ir::Type& declared(int i) { return declared_[i]; }
  void like(int operand);  // the parameters of an operand
  void fixed(float output_scale, int64_t output_zero);
  // Parameters from the real range of the outputs: the operator is evaluated in float32 first. A scale up to four
  // times what the range needs; now and then far too large, or a little too small.
  Status fit();
  // The same from a range that the generator knows.
  void fit_range(int output, DType dtype, Range real);

  // Rejected: the operator's own checks refuse what was drawn.
  Status finish();
  Result<ir::Module> module() const;

 private:
  DType pick_type(const std::vector<DType>& types, int i) const {
    return types.empty() ? DType::kFloat32 : types[std::min<size_t>(i, types.size() - 1)];
  }
  int add(const ir::Type& type, std::optional<Range> range, bool is_constant);
  void fill(Tensor& tensor, bool is_quantized, std::optional<Range> range);
  void drop_vain_clamp(const Tensor& result);
  Result<std::vector<Tensor>> results_with(float change) const;
  Result<std::vector<ir::Type>> infer(const ir::Node& node, const std::vector<CaseOperand>& operands,
                                      std::vector<ir::Type> declared) const;

  const ops::OpDef& def_;
  Random random_;
  std::vector<DType> input_types_, output_types_;
  ir::Node node_;
  std::vector<CaseOperand> operands_;
  std::vector<ir::Type> declared_;
  std::vector<ir::Type> intermediates_;
};

}  // namespace pestle::parity
