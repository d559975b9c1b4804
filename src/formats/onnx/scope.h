// Which value a name of the source means. Every source graph has its own names and sees those of the graphs around it;
// the body of a function sees its own only.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "codec/onnx.h"
#include "formats/onnx/frame.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {

class Scope {
 public:
  // All that is given outlives the scope. `outer` is null for the main graph and for functions.
  Scope(const codec::OnnxGraph& source, const std::vector<codec::OnnxOpset>& opsets, Frame& frame, Scope* outer);

  Frame& frame() { return frame_; }
  const std::vector<codec::OnnxOpset>& opsets() const { return opsets_; }
  int64_t opset_of(const std::string& domain) const;
  // A stored tensor becomes a constant when it is first asked for. "": kNoValue.
  Result<ValueId> value_of(const std::string& name);
  // The value that stands for a name here already, or kNoValue.
  ValueId known_value_of(const std::string& name) const;
  void bind(const std::string& name, ValueId value) { values_[name] = value; }
  // Outputs of nodes that were refused, and what depends on them.
  void bind_missing(const std::string& name) { missing_.insert(name); }
  bool is_missing(const std::string& name) const;

 private:
  const std::vector<codec::OnnxOpset>& opsets_;
  Frame& frame_;
  Scope* outer_;
  std::unordered_map<std::string, const codec::OnnxTensor*> initializers_;
  std::unordered_map<std::string, ValueId> values_;
  std::unordered_set<std::string> missing_;
};

}  // namespace pestle::formats::onnx
