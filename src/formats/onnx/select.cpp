#include "formats/onnx/select.h"

#include <fmt/core.h>

#include <functional>
#include <queue>
#include <unordered_set>

#include "base/text.h"
#include "formats/onnx/free_names.h"

namespace pestle::formats::onnx {
namespace {

using codec::OnnxGraph;
using codec::OnnxNode;

class Selector {
 public:
  Selector(const OnnxGraph& graph, const ImportOptions& options) : graph_(graph), options_(options) {}

  Result<Selection> select() {
    PESTLE_TRY(index());
    Selection selection;
    PESTLE_TRY(choose_inputs(selection));
    PESTLE_TRY(choose_outputs(selection));
    const std::vector<bool> needed = find_needed(selection);
    PESTLE_TRY(sort(needed, selection));
    return selection;
  }

 private:
  Status index() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      for (const std::string& output : graph_.nodes[i].outputs) {
        if (output.empty()) continue;
        if (!producer_.emplace(output, i).second) {
          return fail(ErrorCode::kInvalidModel, fmt::format("the tensor \"{}\" is computed twice", output));
        }
      }
      reads_.push_back(names_read_by(graph_.nodes[i]));
    }
    for (const codec::OnnxTensor& tensor : graph_.initializers) constants_.insert(tensor.name);
    return {};
  }

  // A cut point: the name of a tensor, or of a node (its first output), with or without ":0".
  Result<std::string> find_tensor(const std::string& name) const {
    const std::string bare = name.ends_with(":0") ? name.substr(0, name.size() - 2) : name;
    std::vector<std::string> known;
    for (const std::string& candidate : {name, bare, bare + ":0"}) {
      if (producer_.contains(candidate)) return candidate;
    }
    for (const codec::OnnxValueInfo& input : graph_.inputs) {
      if (input.name == name || input.name == bare) return input.name;
      known.push_back(input.name);
    }
    for (const OnnxNode& node : graph_.nodes) {
      if (node.outputs.empty()) continue;
      if (!node.name.empty() && (node.name == name || node.name == bare)) return node.outputs[0];
      known.push_back(node.outputs[0]);
      if (!node.name.empty()) known.push_back(node.name);
    }
    const auto near = nearest_words(name, known, 3);
    return fail(ErrorCode::kNotFound, fmt::format("the model has no tensor or node \"{}\"", name),
                near.empty() ? "" : fmt::format("did you mean {}?", join(near, ", ")));
  }

  Status choose_inputs(Selection& selection) {
    for (const std::string& name : options_.inputs) {
      PESTLE_ASSIGN(std::string tensor, find_tensor(name));
      selection.inputs.push_back(std::move(tensor));
    }
    if (!options_.inputs.empty()) return {};
    for (const codec::OnnxValueInfo& input : graph_.inputs) {
      if (!constants_.contains(input.name)) selection.inputs.push_back(input.name);
    }
    return {};
  }

  Status choose_outputs(Selection& selection) {
    for (const std::string& name : options_.outputs) {
      PESTLE_ASSIGN(std::string tensor, find_tensor(name));
      selection.outputs.push_back(std::move(tensor));
    }
    if (!options_.outputs.empty()) return {};
    for (const codec::OnnxValueInfo& output : graph_.outputs) selection.outputs.push_back(output.name);
    if (selection.outputs.empty())
      return fail(ErrorCode::kInvalidModel, "the model has no outputs", "name some: --outputs NAME");
    return {};
  }

  std::vector<bool> find_needed(const Selection& selection) const {
    const std::unordered_set<std::string> fed(selection.inputs.begin(), selection.inputs.end());
    std::vector<bool> needed(graph_.nodes.size());
    std::vector<std::string> wanted = selection.outputs;
    while (!wanted.empty()) {
      const std::string name = std::move(wanted.back());
      wanted.pop_back();
      const auto found = producer_.find(name);
      if (found == producer_.end() || fed.contains(name) || needed[found->second]) continue;
      needed[found->second] = true;
      for (const std::string& input : reads_[found->second]) wanted.push_back(input);
    }
    return needed;
  }

  // Always the first node of the file that is ready.
  Status sort(const std::vector<bool>& needed, Selection& selection) const {
    const std::unordered_set<std::string> fed(selection.inputs.begin(), selection.inputs.end());
    std::vector<int> waits(graph_.nodes.size());
    std::vector<std::vector<size_t>> readers(graph_.nodes.size());
    std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
    size_t total = 0;
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!needed[i]) continue;
      ++total;
      for (const std::string& input : reads_[i]) {
        const auto found = producer_.find(input);
        if (found == producer_.end() || fed.contains(input)) continue;
        readers[found->second].push_back(i);
        ++waits[i];
      }
      if (waits[i] == 0) ready.push(i);
    }
    while (!ready.empty()) {
      const size_t next = ready.top();
      ready.pop();
      selection.nodes.push_back(&graph_.nodes[next]);
      for (size_t reader : readers[next]) {
        if (--waits[reader] == 0) ready.push(reader);
      }
    }
    if (selection.nodes.size() == total) return {};
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (waits[i] > 0)
        return fail(ErrorCode::kInvalidModel,
                    fmt::format("{} reads, through other nodes, its own output", label_of(graph_.nodes[i])));
    }
    return {};
  }

  const OnnxGraph& graph_;
  const ImportOptions& options_;
  std::unordered_map<std::string, size_t> producer_;
  std::vector<std::vector<std::string>> reads_;  // of each node
  std::unordered_set<std::string> constants_;
};

}  // namespace

Result<Selection> select_nodes(const OnnxGraph& graph, const ImportOptions& options) {
  return Selector(graph, options).select();
}

std::string label_of(const OnnxNode& node, const std::string& prefix) {
  const bool is_nameless = node.name.empty() && !node.outputs.empty();
  return operation_label(node.op_type, prefix + (is_nameless ? node.outputs[0] : node.name));
}

std::string source_name(const OnnxNode& node) {
  if (!node.name.empty()) return node.name;
  return node.outputs.empty() ? node.op_type : fmt::format("{}:{}", node.op_type, node.outputs[0]);
}

}  // namespace pestle::formats::onnx
