// For tests: one node with operands written out, inferred and evaluated by the operator's definition.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ops/core/builder.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"

namespace pestle::ops {

// scale 0: not quantized.
struct CodeScale {
  float scale = 0;
  int32_t zero_point = 0;
};

class OneNode {
 public:
  explicit OneNode(const char* op) : def_(find(op)) { node_.op = op; }

  ir::Node& node() { return node_; }

  template <typename T>
  OneNode& input(Shape shape, const std::vector<T>& values, CodeScale q = {}) {
    tensors_.push_back(Tensor::of<T>(shape, std::span<const T>(values)));
    types_.push_back({dtype_of<T>(), std::move(shape), quantization(q)});
    return *this;
  }
  // What the graph declares for the output.
  OneNode& output(DType dtype, CodeScale q = {}) {
    declared_ = {dtype, {}, quantization(q)};
    return *this;
  }

  // Scales along an axis for the input given last.
  OneNode& per_channel(std::vector<float> scales, int32_t axis) {
    ir::Quantization channels;
    channels.zero_point.resize(scales.size(), 0);
    channels.scale = std::move(scales);
    channels.axis = axis;
    types_.back().quantization = std::make_shared<const ir::Quantization>(std::move(channels));
    return *this;
  }
  // From now on the inference knows the contents of the inputs, as it knows those of constants.
  OneNode& known() {
    knows_contents_ = true;
    return *this;
  }

  // The inferred output type.
  Result<ir::Type> infer() const {
    std::vector<KnownOperand> operands;
    for (size_t i = 0; i < types_.size(); ++i) {
      operands.push_back({&types_[i], knows_contents_ ? tensors_[i].view().bytes.data() : nullptr});
    }
    Inference inference(node_, std::move(operands), {declared_});
    PESTLE_TRY(infer_node(*def_, inference));
    return inference.take_outputs()[0];
  }

  Result<Tensor> run() const {
    PESTLE_ASSIGN(const ir::Type type, infer());
    std::vector<InputOperand> operands;
    for (size_t i = 0; i < types_.size(); ++i) operands.push_back({&types_[i], tensors_[i].view().bytes.data()});
    PESTLE_ASSIGN(auto outputs, evaluate(*def_, node_, operands, std::vector<ir::Type>{type}));
    return std::move(outputs[0]);
  }

  // The values of the output; empty if something failed.
  template <typename T>
  std::vector<T> values() const {
    const Result<Tensor> result = run();
    if (!result) return {};
    const std::span<const T> span = result->view().template values<T>();
    return {span.begin(), span.end()};
  }

 private:
  static std::shared_ptr<const ir::Quantization> quantization(CodeScale q) {
    return q.scale == 0 ? nullptr : ir::per_tensor(q.scale, q.zero_point);
  }

  const OpDef* def_;
  ir::Node node_;
  std::vector<Tensor> tensors_;
  std::vector<ir::Type> types_;
  ir::Type declared_;
  bool knows_contents_ = false;
};

}  // namespace pestle::ops
