#include "formats/tflite/cut.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "ir/label.h"

namespace pestle::formats::tflite {
namespace {

// Metadata that speak of inputs and outputs by their places, and of inputs alone.
constexpr const char* kOfInterface = "TFLITE_METADATA";
constexpr const char* kOfInputs[] = {"pestle.preprocess", "pestle.layout"};

bool are_one_name(const std::string& own, const std::string& name) {
  return !own.empty() && (own == name || own + ":0" == name || own == name + ":0");
}

// Converters name what they fused by all of its parts: "relu;conv/BiasAdd;conv".
bool has_part(const std::string& own, const std::string& name) {
  return std::ranges::any_of(split(own, ';'), [&](const std::string& part) { return are_one_name(part, name); });
}

class Cutter {
 public:
  Cutter(ir::Graph& graph, const ImportOptions& options) : graph_(graph), options_(options) {}

  Status cut() {
    PESTLE_TRY(check_stateless());
    PESTLE_TRY(choose(options_.inputs, graph_.inputs));
    PESTLE_TRY(choose(options_.outputs, graph_.outputs));
    for (ir::ValueId id : graph_.inputs) {
      if (graph_.values[id].is_constant())
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("\"{}\" is a constant and cannot become an input", graph_.values[id].name));
    }
    PESTLE_TRY(drop_unneeded());
    return {};
  }

 private:
  Status check_stateless() const {
    for (const ir::Node& node : graph_.nodes) {
      const bool keeps_state = node.outputs.empty() || std::ranges::count(node.mutating_inputs, true) > 0;
      if (keeps_state)
        return fail(ErrorCode::kUnsupported,
                    fmt::format("{} keeps state, and such a graph cannot be cut", ir::label(graph_, node)));
    }
    return {};
  }

  // Tensors' own names before those of nodes, and parts of names last, if only one tensor has the part.
  Result<ir::ValueId> find(const std::string& name) const {
    std::vector<ir::ValueId> found;
    std::vector<std::string> known;
    for (size_t i = 0; i < graph_.values.size(); ++i) {
      const ir::Value& value = graph_.values[i];
      if (value.is_constant()) continue;
      if (value.name == name) return static_cast<ir::ValueId>(i);
      if (are_one_name(value.name, name)) found.push_back(static_cast<ir::ValueId>(i));
      known.push_back(value.name);
    }
    for (const ir::Node& node : graph_.nodes) {
      for (const std::string& source : node.sources) {
        if (are_one_name(source, name)) found.push_back(node.outputs[0]);
        known.push_back(source);
      }
    }
    if (!found.empty()) return found[0];
    for (size_t i = 0; i < graph_.values.size(); ++i) {
      const ir::Value& value = graph_.values[i];
      if (!value.is_constant() && has_part(value.name, name)) found.push_back(static_cast<ir::ValueId>(i));
    }
    if (found.size() == 1) return found[0];
    if (found.size() > 1) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("{} tensors have \"{}\" in their names", found.size(), name),
                  fmt::format("the first of them is \"{}\"", graph_.values[found[0]].name));
    }
    const auto near = nearest_words(name, known, 3);
    return fail(ErrorCode::kNotFound, fmt::format("the model has no tensor or node \"{}\"", name),
                near.empty() ? "" : fmt::format("did you mean {}?", join(near, ", ")));
  }

  Status choose(const std::vector<std::string>& names, std::vector<ir::ValueId>& ids) const {
    if (names.empty()) return {};
    std::vector<ir::ValueId> chosen;
    for (const std::string& name : names) {
      PESTLE_ASSIGN(const ir::ValueId id, find(name));
      if (std::ranges::find(chosen, id) != chosen.end())
        return fail(ErrorCode::kInvalidArgument, fmt::format("the cut point \"{}\" is named twice", name));
      chosen.push_back(id);
    }
    ids = std::move(chosen);
    return {};
  }

  bool is_fed(ir::ValueId id) const { return std::ranges::find(graph_.inputs, id) != graph_.inputs.end(); }

  // Keeps what the outputs need, up to the inputs.
  Status drop_unneeded() {
    const std::vector<int> producers = ir::find_producers(graph_);
    std::vector<bool> needed(graph_.nodes.size());
    std::vector<ir::ValueId> wanted = graph_.outputs;
    while (!wanted.empty()) {
      const ir::ValueId id = wanted.back();
      wanted.pop_back();
      if (id == ir::kNoValue || is_fed(id)) continue;
      if (graph_.values[id].is_constant() || graph_.values[id].is_variable) continue;
      const int producer = producers[id];
      if (producer < 0) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("the outputs also need \"{}\", which is not among the inputs of the cut",
                                graph_.values[id].name),
                    "name it as well: --inputs NAME,NAME");
      }
      if (needed[producer]) continue;
      needed[producer] = true;
      const std::vector<ir::ValueId>& read = graph_.nodes[producer].inputs;
      wanted.insert(wanted.end(), read.begin(), read.end());
    }
    for (ir::ValueId id : graph_.inputs) {
      if (producers[id] < 0 || !needed[producers[id]]) continue;
      return fail(ErrorCode::kUnsupported,
                  fmt::format("\"{}\" is computed together with another tensor that is needed", graph_.values[id].name),
                  "cut before the node that computes both");
    }
    size_t at = 0;
    std::erase_if(graph_.nodes, [&](const ir::Node&) { return !needed[at++]; });
    return {};
  }

  ir::Graph& graph_;
  const ImportOptions& options_;
};

}  // namespace

Status cut(ir::Module& module, const ImportOptions& options) {
  if (options.inputs.empty() && options.outputs.empty()) return {};
  PESTLE_TRY(Cutter(module.graphs[0], options).cut());
  std::erase_if(module.signatures, [](const ir::Signature& signature) { return signature.graph == 0; });
  std::erase_if(module.metadata, [&options](const auto& entry) {
    const bool of_inputs = std::ranges::find(kOfInputs, entry.first) != std::end(kOfInputs);
    return entry.first == kOfInterface || (of_inputs && !options.inputs.empty());
  });
  return {};
}

}  // namespace pestle::formats::tflite
