// Loops: a part of the graph that is written once and run several times by WHILE, or written several times. Loop, Scan
// and the recurrent layers are repetitions whose turns they write.
#pragma once

#include <functional>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {

// What a turn starts with, in the frame that it is written into. Other values must be brought into that frame.
struct Turn {
  Frame& frame;
  ValueId counter;    // int32 [1]
  ValueId condition;  // bool, scalar
  ValueIds state;
};
struct TurnResult {
  ValueId condition = ir::kNoValue;  // whether there is a further turn; none: there is
  ValueIds state;                    // of the types that the turn started with
  ValueIds rows;                     // [1, ...]: what the turn adds to each stack
};
struct Repetition {
  int64_t turns = kUnknown;           // at most, where that is known
  ValueId most_turns = ir::kNoValue;  // int32 [1]: at most, where only a run tells
  ValueId condition = ir::kNoValue;   // bool, scalar: whether there is a first turn; none: there is
  ValueIds state;
  bool is_backwards = false;  // the counter goes from turns - 1 to 0, and the rows' places with it; no conditions
  std::function<Result<TurnResult>(const Turn&)> write;
  int64_t operators = 1;        // that a turn comes to, about
  int64_t unrolled_up_to = 32;  // operators, if the caller of the importer has no preference
};
struct Repeated {
  ValueIds state;
  ValueIds stacks;  // all rows, concatenated along axis 0
};

// By WHILE or turn after turn: as the import's options say, else whatever is short; where one fails, the other.
Result<Repeated> repeat(NodeContext& node, const Repetition& what);

// x's part at an index (int32 [1]) along an axis, which keeps an extent of 1.
ValueId part_at(Formula& f, ValueId x, ValueId index, int axis);
// With a first axis of extent 1.
ValueId as_row(Formula& f, ValueId x);
Shape without_axis(const Shape& shape, int axis);

// One way each; repeat() chooses.
Result<Repeated> repeat_by_while(NodeContext& node, const Repetition& what);
Result<Repeated> repeat_unrolled(NodeContext& node, const Repetition& what);

}  // namespace pestle::formats::onnx
