#include "formats/onnx/refusals.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "formats/onnx/select.h"

namespace pestle::formats::onnx {

void Refusals::add(const codec::OnnxNode& node, const std::string& prefix, Error why,
                   const std::vector<std::string>& ends) {
  list_.push_back({label_of(node, prefix), std::move(why), ends});
}

Error Refusals::error(size_t nodes) const {
  std::string list;
  std::vector<std::string> ends;
  ErrorCode code = ErrorCode::kUnsupported;
  for (const Refusal& refusal : list_) {
    list += fmt::format("\n  {}: {}", refusal.label, describe(refusal.why));
    if (refusal.why.code != ErrorCode::kUnsupported) code = refusal.why.code;
    for (const std::string& end : refusal.ends) {
      if (std::find(ends.begin(), ends.end(), end) == ends.end()) ends.push_back(end);
    }
  }
  const std::string hint =
      ends.empty() ? std::string() : fmt::format("to stop before them: --outputs {}", join(ends, ","));
  const char* noun = nodes == 1 ? "node" : "nodes";
  return {code, fmt::format("{} of {} {} cannot be taken over:{}", list_.size(), nodes, noun, list), hint, {}};
}

}  // namespace pestle::formats::onnx
