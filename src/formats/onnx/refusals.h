// The nodes that cannot be taken over, of all graphs of a model, and the one error that names them.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "codec/onnx.h"

namespace pestle::formats::onnx {

class Refusals {
 public:
  // `prefix` says in which node's graph it stands ("If_3/"); `ends` are tensors that --outputs could stop at.
  void add(const codec::OnnxNode& node, const std::string& prefix, Error why, const std::vector<std::string>& ends);
  size_t size() const { return list_.size(); }
  // What was added since the size was `count` does not count: another way is tried.
  void forget_from(size_t count) { list_.resize(count); }
  // `nodes` is how many there were.
  Error error(size_t nodes) const;

 private:
  struct Refusal {
    std::string label;
    Error why;
    std::vector<std::string> ends;
  };
  std::vector<Refusal> list_;
};

}  // namespace pestle::formats::onnx
