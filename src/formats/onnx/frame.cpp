#include "formats/onnx/frame.h"

#include <cassert>

namespace pestle::formats::onnx {

using ir::ValueId;

Frame::Frame(std::string name, Frame* outer) : emit_(graph_), outer_(outer) {
  graph_.name = std::move(name);
  if (outer != nullptr) emit_.set_source(outer->emit().source());
}

ValueId Frame::add_input(std::string name, ir::Type type) {
  ir::Value value;
  value.name = std::move(name);
  value.has_rank = true;
  value.type = std::move(type);
  const ValueId id = graph_.add_value(std::move(value));
  graph_.inputs.push_back(id);
  return id;
}

void Frame::set_computation(ValueId constant, Computation computation) {
  computations_[constant] = std::move(computation);
}

Result<ValueId> Frame::result_of(ValueId value) {
  const auto known = computations_.find(value);
  if (known == computations_.end()) return value;
  return known->second();
}

ValueId Frame::bring(ValueId value, Frame& from) {
  if (&from == this || value == ir::kNoValue) return value;
  assert(&from == outer_);
  const auto known = brought_.find(value);
  if (known != brought_.end()) return known->second;
  ir::Value copy = from.graph().values[value];
  copy.is_variable = false;
  copy.has_rank = true;
  copy.signature.clear();
  const bool is_constant = copy.is_constant();
  const ValueId id = graph_.add_value(std::move(copy));
  if (!is_constant) captures_.push_back({value, id});
  brought_.emplace(value, id);
  return id;
}

}  // namespace pestle::formats::onnx
