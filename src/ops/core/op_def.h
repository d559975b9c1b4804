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
  // kVariadic: one or more; kAnyNumber: none or more; both only as the last.
  enum Kind : uint8_t { kRequired, kOptional, kVariadic, kAnyNumber } kind = kRequired;
  bool is_state = false;  // a variable that the operator reads and writes (InputOperand::state)
};

// Which elements of its one data operand an element of the output depends on.
enum class Locality : uint8_t {
  kAll,      // any
  kElement,  // the one in its place: output and operand have one shape
  kRow,      // those that differ from it in the last axis only; output and operand have one shape
};

// Elementwise arithmetic of two operands that broadcast, before the fused activation.
enum class Arithmetic : uint8_t { kNone, kAdd, kSubtract, kMultiply, kDivide };

// Real bounds of a result; a bound at infinity is none.
struct ClampBounds {
  float low;
  float high;
};

// What other rooms do with an operator because of what it is. They ask here and keep no lists of names.
struct Traits {
  bool has_side_effects = false;  // must run even if nobody reads its outputs
  bool is_random = false;         // never folded
  bool is_control = false;        // runs other graphs or reaches variables: has no reference, runtime/control does
  bool output_may_share_input = false;  // may overwrite input 0 (same number of bytes, elementwise)
  bool is_copy = false;                 // moves bytes without changing them (RESHAPE): output may be input 0
  bool depends_on_shape_only =
      false;  // reads the shape of input 0, never its contents (SHAPE): folded once it is static
  Locality locality = Locality::kAll;
  Arithmetic arithmetic = Arithmetic::kNone;
  std::optional<ClampBounds> clamps = {};  // is nothing but a range of values (RELU)
  bool applies_activation = false;         // its kernels apply fused_activation_function to the result
  bool wants_bias = false;                 // some runtimes refuse it without its optional bias
  bool pads_spatially = false;  // slides the window [_, H, W, _] of input 1 over axes 1 and 2 of input 0; SAME counts
                                // what lies outside as zero
  bool is_conversion = false;   // changes how real numbers are stored, and nothing else
  bool is_nonnegative = false;  // no element of the output is negative
  bool keeps_nonnegative = false;    // nor is one here, if none of input 0 is
  bool makes_probabilities = false;  // turns the rows of input 0, scores, into shares of 1
};

struct OpDef;
// True if an operand is state: two runs on the same inputs may differ, and the node is never folded.
bool keeps_state(const OpDef& def);

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

  // True if the node hands on the elements of input 0 in their order, provided that the shapes are the same; null: only
  // if it is a copy.
  bool (*passes_on)(const NodeView&) = nullptr;

  // Definitions of nodes of this operator that are not as said here: other kernels, with other operands.
  std::vector<const OpDef*> forms = {};
  // Of a form: whether a node is one.
  bool (*is_form_of)(const ir::Node&) = nullptr;

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
// whose rules are kActivation, kWeight and kBias, one of each. Nothing for other operators.
struct LinearOperands {
  int input = 0, weights = 0, bias = 0;
};
std::optional<LinearOperands> linear_operands(const OpDef& def);

// True if the node hands on the elements of input 0 in their order, provided that the shapes are the same.
bool passes_on(const OpDef& def, const NodeView& view);

// The rule of the i-th operand: the last rule repeats; operands beyond an empty list have none.
const OperandRule& rule_of(const std::vector<OperandRule>& rules, int i);

}  // namespace pestle::ops
