#include "formats/onnx/scope.h"

#include <fmt/core.h>

namespace pestle::formats::onnx {

Scope::Scope(const codec::OnnxGraph& source, const std::vector<codec::OnnxOpset>& opsets, Frame& frame, Scope* outer)
    : opsets_(opsets), frame_(frame), outer_(outer) {
  for (const codec::OnnxTensor& tensor : source.initializers) initializers_.emplace(tensor.name, &tensor);
}

int64_t Scope::opset_of(const std::string& domain) const {
  for (const codec::OnnxOpset& opset : opsets_) {
    if (opset.domain == domain) return opset.version;
  }
  return domain.empty() ? 0 : 1;
}

Result<ValueId> Scope::value_of(const std::string& name) {
  if (name.empty()) return ir::kNoValue;
  const auto known = values_.find(name);
  if (known != values_.end()) return known->second;
  ValueId id = ir::kNoValue;
  const auto initializer = initializers_.find(name);
  if (initializer != initializers_.end()) {
    PESTLE_ASSIGN(id, add_constant(frame_.graph(), name, *initializer->second));
  } else if (outer_ != nullptr) {
    PESTLE_ASSIGN(const ValueId outside, outer_->value_of(name));
    id = frame_.bring(outside, outer_->frame());
  } else {
    return fail(ErrorCode::kInvalidModel,
                fmt::format("its input \"{}\" is neither computed nor stored anywhere", name));
  }
  values_.emplace(name, id);
  return id;
}

ValueId Scope::known_value_of(const std::string& name) const {
  const auto known = values_.find(name);
  return known == values_.end() ? ir::kNoValue : known->second;
}

bool Scope::is_missing(const std::string& name) const {
  if (missing_.contains(name)) return true;
  const bool is_own = values_.contains(name) || initializers_.contains(name);
  return !is_own && outer_ != nullptr && outer_->is_missing(name);
}

}  // namespace pestle::formats::onnx
