#include "formats/tflite/versions.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <vector>

#include "formats/tflite/tflite.h"
#include "ops/core/registry.h"

namespace pestle::formats::tflite {
namespace {

using Dotted = std::vector<int>;

// "2.16.0" as numbers, so that 1.14 comes after 1.5.
Dotted dotted(std::string_view text) {
  Dotted parts;
  while (!text.empty()) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) break;
    parts.push_back(number);
    text.remove_prefix(std::min<size_t>(static_cast<size_t>(end - text.data()) + 1, text.size()));
  }
  return parts;
}

const std::map<std::pair<std::string_view, int>, std::string_view>& runtimes() {
  static const std::map<std::pair<std::string_view, int>, std::string_view> table = {
#define X(op, version, runtime) {{op, version}, runtime},
#include "formats/tflite/min_runtime_versions.inc"
#undef X
  };
  return table;
}

}  // namespace

int version_of(const ir::Graph& graph, const ir::Node& node) {
  if (node.version != 0) return node.version;
  const ops::OpDef* def = ops::find(node);
  if (def == nullptr) return 1;
  const ops::NodeView view(graph, node);
  const ops::TypeRow* row = ops::match_types(*def, view);
  const int version = row == nullptr ? 1 : row->version;
  return def->version == nullptr ? version : def->version(view, version);
}

void set_min_runtime_version(ir::Module& module) {
  std::string_view newest;
  for (const ir::Graph& graph : module.graphs) {
    for (const ir::Node& node : graph.nodes) {
      if (node.is_custom) continue;
      const auto it = runtimes().find({node.op, version_of(graph, node)});
      if (it != runtimes().end() && dotted(newest) < dotted(it->second)) newest = it->second;
    }
  }
  constexpr size_t kEntryBytes = 16;  // zero-padded text
  std::vector<std::byte> entry(kEntryBytes);
  for (size_t i = 0; i < newest.size() && i + 1 < kEntryBytes; ++i) entry[i] = static_cast<std::byte>(newest[i]);
  module.set_metadata("min_runtime_version", Bytes::own(std::move(entry)));
}

}  // namespace pestle::formats::tflite
