// OpDef: all that is true of one operator, in one place (src/ops/<stem>.cpp), used by every room above.
//
// To add an operator, add src/ops/<stem>.cpp with
//     namespace pestle::ops { const OpDef& op_<stem>() { static const OpDef def = {...}; return def; } }
// The build finds the file and puts it into the registry. Use conv_2d.cpp as the model.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/status.h"
#include "ops/core/operands.h"
#include "ops/core/option.h"
#include "ops/core/rules.h"

namespace pestle::ops {

struct OperandDef {
  const char* name;
  enum Kind : uint8_t { kRequired, kOptional, kVariadic } kind = kRequired;  // kVariadic: one or more, last
};

struct Traits {
  bool has_side_effects = false;        // must run even if nobody reads its outputs
  bool is_random = false;               // never folded
  bool output_may_share_input = false;  // may overwrite input 0 (same number of bytes, elementwise)
  bool is_copy = false;                 // moves bytes without changing them (RESHAPE): output may be input 0
  bool depends_on_shape_only =
      false;  // reads the shape of input 0, never its contents (SHAPE): folded once it is static
};

// The builtin code of all operators that go by a name of their own.
inline constexpr int kCustomCode = 32;

struct OpDef {
  const char* name;            // TFLite's name of the builtin operator, or a custom operator's own
  int code;                    // its builtin code
  const char* options_record;  // name of its options table in the schema; "" if it has none
  const char* summary;         // what it computes, one line, index notation
  std::vector<OperandDef> inputs;
  std::vector<OperandDef> outputs;
  std::vector<OptionInfo> options;
  std::vector<TypeRow> types;
  Traits traits = {};

  // Checks properties and operand types and sets the outputs' dtype and shape. Contents of integer operands are
  // used where known; an extent that depends on unknown contents is kUnknown.
  Status (*infer)(Inference&) = nullptr;
  // Reference semantics: plain loops, one thread. May fail only on what operand contents say (an index out of range).
  Status (*evaluate)(const Evaluation&) = nullptr;

  QuantRule quantization = {};
  LayoutRule layout = {};
  // Multiply-accumulates of one run; null: none worth counting.
  int64_t (*macs)(const NodeView&) = nullptr;
  // Smallest version of the TFLite operator that allows this node; null: the version of the matching type row.
  int (*version)(const NodeView&, int row_version) = nullptr;
};

// The row of `def` that the operand types match, or null. Outputs of size 0 are not compared.
const TypeRow* match_types(const OpDef& def, const std::vector<const ir::Type*>& inputs,
                           const std::vector<const ir::Type*>& outputs);
const TypeRow* match_types(const OpDef& def, const NodeView& view);

// Where a layer that is linear before its activation has its input, its constant weights and its bias: the operands
// whose rules are kActivation, kWeight and kBias. Nothing for other operators.
struct LinearOperands {
  int input = 0, weights = 0, bias = 0;
};
std::optional<LinearOperands> linear_operands(const OpDef& def);

// The rule of the i-th operand: the last rule repeats; operands beyond an empty list have none.
const OperandRule& rule_of(const std::vector<OperandRule>& rules, int i);

}  // namespace pestle::ops
