// The verb `ops`: what the registry says of every operator, as words that a table, a page or a document can show.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace pestle::flows {

struct OperandInfo {
  std::string name;
  std::string kind;          // "required", "optional", "variadic"
  std::string quantization;  // how its integers stand for reals, one phrase; empty: never quantized
};

struct OptionRow {
  std::string name, kind, fallback;
};

// One combination of element types; a type list is "float32" or "int8|uint8", one an operand, the last one repeats.
struct TypeCombination {
  std::string name;
  std::vector<std::string> inputs, outputs;
  int version = 1;
};

struct OperatorInfo {
  std::string name;
  int code = 0;
  std::string options_record;
  std::string summary;
  std::vector<OperandInfo> inputs, outputs;
  std::vector<OptionRow> options;
  std::vector<TypeCombination> types;
  std::vector<std::string> modes;   // "float32", "int8", "int16x8", "dynamic"
  std::string dynamic_range;        // how the dynamic mode stores it; empty: it does not
  std::string layout;               // how a TRANSPOSE moves through it, one sentence
  std::vector<std::string> traits;  // one phrase each
  int newest_version = 1;
};

// All operators, in the order of their names.
std::vector<OperatorInfo> operators();
// One of them; an unknown name is an error with the nearest ones as hint. Case does not matter.
Result<OperatorInfo> find_operator(const std::string& name);

}  // namespace pestle::flows
