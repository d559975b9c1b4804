// The declarative parts of an operator: which element types it takes, how it may be quantized, how a TRANSPOSE
// moves through it. Data only; the rooms that use them (quant, passes, formats) know no operator by name.
#pragma once

#include <cstdint>
#include <vector>

#include "base/dtype.h"
#include "ir/graph.h"

namespace pestle::ops {

// ---- element types ------------------------------------------------------------------------------------------

// A set of element types.
class DTypeSet {
 public:
  constexpr DTypeSet() = default;
  constexpr DTypeSet(DType dtype) : bits_(1u << static_cast<unsigned>(dtype)) {}
  constexpr bool has(DType dtype) const { return (bits_ >> static_cast<unsigned>(dtype)) & 1u; }
  friend constexpr DTypeSet operator|(DTypeSet a, DTypeSet b) { return DTypeSet(a.bits_ | b.bits_); }

 private:
  explicit constexpr DTypeSet(uint32_t bits) : bits_(bits) {}
  uint32_t bits_ = 0;
};

inline constexpr DTypeSet kF32 = DType::kFloat32;
inline constexpr DTypeSet kF16 = DType::kFloat16;
inline constexpr DTypeSet kI8 = DType::kInt8;
inline constexpr DTypeSet kU8 = DType::kUInt8;
inline constexpr DTypeSet kI16 = DType::kInt16;
inline constexpr DTypeSet kI32 = DType::kInt32;
inline constexpr DTypeSet kI64 = DType::kInt64;
inline constexpr DTypeSet kBool = DType::kBool;
inline constexpr DTypeSet kI4 = DType::kInt4;
inline constexpr DTypeSet kU32 = DType::kUInt32;
inline constexpr DTypeSet kBF16 = DType::kBFloat16;
// Every type whose elements have a size of their own in bytes: what RESHAPE and its like carry.
inline constexpr DTypeSet kAnyWhole = kF32 | kF16 | kBF16 | kI8 | kU8 | kI16 | kI32 | kI64 | kBool | kU32 |
                                      DTypeSet(DType::kUInt16) | DTypeSet(DType::kUInt64) | DTypeSet(DType::kFloat64) |
                                      DTypeSet(DType::kComplex64);
inline constexpr DTypeSet kIndex = kI32 | kI64;

// One combination of element types that the reference semantics compute, and the version of the TFLite operator
// that introduced it. The last entry repeats for variadic operators; absent optional operands are not compared.
struct TypeRow {
  const char* name;  // "float32", "int8", "int16x8", "hybrid", ...
  std::vector<DTypeSet> inputs;
  std::vector<DTypeSet> outputs;
  int version = 1;
};

// ---- quantization -------------------------------------------------------------------------------------------

enum class Role : uint8_t {
  kNone,        // never quantized: shapes, indices, axes, conditions
  kActivation,  // has a range of its own; constants take theirs from their contents
  kShared,      // one set of parameters for all operands of the node that are marked so
  kFixed,       // parameters that the kernel prescribes
  kWeight,      // constant: symmetric, narrow range, per channel along `axis`
  kBias,        // int32 (int64 with int16 activations), scale = product of those of two operands
  kState,       // a variable that the node reads and writes: as output 0 is stored, unless `dtype` says otherwise
};

// Parameters that a kernel prescribes, for int8 and int16 storage (docs/semantics.md#fixed-parameters).
struct FixedParameters {
  float int8_scale = 0;
  int32_t int8_zero_point = 0;
  float int16_scale = 0;  // zero point 0
};

// The operands whose scales are multiplied for a bias; -1: the kActivation and the kWeight one.
struct BiasFactors {
  int data = -1;
  int weights = -1;
  int intermediate = -1;  // takes the place of `data`
  int norm = -1;          // where the node has this operand, its scale times 2^-10 it is
};

struct OperandRule {
  Role role = Role::kNone;
  int axis = 0;                // kWeight: the channel axis; -1: per tensor only
  FixedParameters fixed = {};  // kFixed
  BiasFactors bias = {};       // kBias
  // kWeight, kState: how it is stored, symmetric, in any integer mode; float32: as the mode says.
  DType dtype = DType::kFloat32;
  int magnitude_bits = 0;     // kWeight with a dtype: codes have so many bits besides the sign; 0: all that it has
  bool integer_only = false;  // kWeight with a dtype: float32 unless the node is integer
  bool power_of_two = false;  // kState with a dtype: its scale is one, from 2^-15 to 2^-9
};

// A value inside the node that has no memory but parameters: symmetric over its range if calibration saw one (the node
// computes it then); else a scale with the zero point 0, or, if the scale is 0, those of output 0.
struct IntermediateRule {
  DType dtype = DType::kInt16;
  float scale = 0;
};

inline constexpr OperandRule kNoRule = {};
inline constexpr OperandRule kActivationRule = {Role::kActivation};
inline constexpr OperandRule kSharedRule = {Role::kShared};
inline constexpr OperandRule kBiasRule = {Role::kBias};
constexpr OperandRule weight_rule(int axis) { return {Role::kWeight, axis}; }
constexpr OperandRule fixed_rule(FixedParameters fixed) { return {Role::kFixed, 0, fixed}; }
constexpr OperandRule bias_rule(BiasFactors factors) { return {.role = Role::kBias, .bias = factors}; }
constexpr OperandRule state_rule(DType dtype = DType::kFloat32, bool power_of_two = false) {
  return {.role = Role::kState, .dtype = dtype, .power_of_two = power_of_two};
}

// How an operator may be stored in integers. The last entry of inputs and outputs repeats.
struct QuantRule {
  bool int8 = false;             // has a kernel with int8 activations that the converter uses
  bool int16 = false;            // likewise with int16 activations
  bool symmetric_int16 = false;  // the kernel refuses int16 codes whose zero point is not 0
  std::vector<OperandRule> inputs = {};
  std::vector<OperandRule> outputs = {};
  std::vector<IntermediateRule> intermediates = {};
  // Why a node has no integer kernel though its operator has one; null result: it has. Null: all have.
  const char* (*obstacle)(const ir::Node& node) = nullptr;

  // Dynamic range ("hybrid"): float activations, int8 weights of operand `hybrid_weight`; -1: no such kernel.
  int hybrid_weight = -1;
  bool hybrid_together = false;  // reads int8 in all operands that are kWeight or in none, one scale each
  bool hybrid_per_channel = false;
  bool hybrid_needs_channels = false;     // reads a scale a channel even where there is one for all
  bool hybrid_asymmetric_inputs = false;  // sets asymmetric_quantize_inputs

  // Properties that an integer node needs beyond its types (ADD: pot_scale_int16 = false); null: none.
  void (*adjust)(ir::Node& node, DType activations) = nullptr;
};

// ---- layout -------------------------------------------------------------------------------------------------

// Output axis i of TRANSPOSE(permutation) is input axis permutation[i].
using Permutation = std::vector<int>;

// A node whose data inputs all come from TRANSPOSE(permutation), about to read the untransposed values instead.
// The rule changes the node's properties and constants so that it computes the same in the new order of axes, and
// says which TRANSPOSE each output then needs.
class LayoutEdit {
 public:
  virtual ~LayoutEdit() = default;
  virtual ir::Node& node() = 0;
  virtual const Permutation& permutation() const = 0;
  // Contents of a constant integer input, or nothing.
  virtual const std::vector<int64_t>* ints(int input) = 0;
  // Gives input `input` a new constant of the same dtype.
  virtual void set_ints(int input, const Shape& shape, const std::vector<int64_t>& values) = 0;
  virtual const ir::Type& input_type(int input) const = 0;  // in the old order of axes
  // Which permutation output `output` needs afterwards; initially permutation().
  virtual void set_output_permutation(int output, Permutation permutation) = 0;
};

enum class LayoutKind : uint8_t {
  kBlocks,     // needs its operands in the order they are in
  kFree,       // elementwise in input 0; other operands are scalars or independent of the order
  kBroadcast,  // elementwise over all inputs with broadcasting
  kRemaps,     // `remap` does it
};

struct LayoutRule {
  LayoutKind kind = LayoutKind::kBlocks;
  std::vector<int> data_inputs = {0};    // kRemaps: which inputs carry data (empty: all of a variadic one)
  bool (*remap)(LayoutEdit&) = nullptr;  // false: not possible for this node
  // kBlocks: the operand [outputs, columns] whose columns meet the last axis of input 0. The elements of that axis may
  // come in another order if the columns do.
  int columns = -1;
};

}  // namespace pestle::ops
