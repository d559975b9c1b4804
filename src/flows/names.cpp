#include "flows/names.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"

namespace pestle::flows {
namespace {

std::string_view bare(std::string_view name) {
  constexpr std::string_view kPrefix = "serving_default_", kSuffix = ":0";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  if (name.ends_with(kSuffix)) name.remove_suffix(kSuffix.size());
  return name;
}

// All names of the value: its own, then those of signatures of the main graph.
std::vector<std::string_view> names_of(const ir::Module& module, ir::ValueId id) {
  std::vector<std::string_view> names = {module.graphs[0].values[id].name};
  for (const ir::Signature& signature : module.signatures) {
    if (signature.graph != 0) continue;
    for (const auto& entry : signature.inputs) {
      if (entry.value == id) names.push_back(entry.name);
    }
  }
  return names;
}

std::vector<size_t> matches(const ir::Module& module, std::string_view name, bool by_bare_name) {
  std::vector<size_t> found;
  const std::vector<ir::ValueId>& inputs = module.graphs[0].inputs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto names = names_of(module, inputs[i]);
    if (std::any_of(names.begin(), names.end(),
                    [&](std::string_view own) { return by_bare_name ? bare(own) == bare(name) : own == name; })) {
      found.push_back(i);
    }
  }
  return found;
}

}  // namespace

Result<size_t> find_input(const ir::Module& module, std::string_view name) {
  const std::vector<ir::ValueId>& inputs = module.graphs[0].inputs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (name == fmt::format("#{}", i)) return i;
  }
  for (bool by_bare_name : {false, true}) {
    const std::vector<size_t> found = matches(module, name, by_bare_name);
    if (found.size() == 1) return found[0];
    if (found.size() > 1) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("{} inputs are called \"{}\"", found.size(), name),
                  fmt::format("address them by place: #{} is the first of them", found[0]));
    }
  }
  std::vector<std::string> known;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const ir::Value& value = module.graphs[0].values[inputs[i]];
    known.push_back(fmt::format("{} ({} {})", value.name.empty() ? fmt::format("#{}", i) : value.name,
                                dtype_name(value.type.dtype), to_string(value.type.shape)));
  }
  return fail(ErrorCode::kInvalidArgument, fmt::format("the model has no input \"{}\"", name),
              known.empty() ? "it has no inputs at all" : "it has: " + join(known, ", "));
}

std::vector<std::string> distinct_names(const ir::Graph& graph, std::span<const ir::ValueId> values,
                                        std::string_view fallback) {
  std::vector<std::string> names;
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string& own = graph.values[values[i]].name;
    const auto shares =
        std::count_if(values.begin(), values.end(), [&](ir::ValueId id) { return graph.values[id].name == own; });
    names.push_back(own.empty() || shares > 1 ? fmt::format("{}_{}", fallback, i) : own);
  }
  return names;
}

}  // namespace pestle::flows
