#include "flows/match_layers.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "ops/core/registry.h"

namespace pestle::flows {
namespace {

bool is_conversion(const ir::Node& node) { return ops::traits_of(node).is_conversion; }

bool is_real(const ir::Type& type) { return is_float(type.dtype) || type.is_quantized(); }

// One key of a layer; empty: it has none.
using KeyOf = std::string (*)(const ir::Graph& graph, const ir::Node& node, size_t output);

std::string key_by_name(const ir::Graph& graph, const ir::Node& node, size_t output) {
  return layer_name(graph.values[node.outputs[output]].name);
}

std::string key_by_source(const ir::Graph&, const ir::Node& node, size_t output) {
  if (node.sources.empty()) return {};
  return join(node.sources, "\n") + "\n" + std::to_string(output);
}

struct Place {
  size_t node = 0;
  ir::ValueId value = ir::kNoValue;
};

class Matcher {
 public:
  Matcher(const ir::Graph& a, const ir::Graph& b)
      : a_(a), b_(b), taken_a_(a.values.size()), taken_b_(b.values.size()) {}

  void match_by(KeyOf key_of) {
    const std::map<std::string, std::vector<Place>> candidates = places(a_, key_of, taken_a_);
    for (const auto& [key, list] : places(b_, key_of, taken_b_)) {
      const auto found = candidates.find(key);
      if (found == candidates.end() || found->second.size() != 1 || list.size() != 1) continue;
      pair(found->second[0], list[0]);
    }
  }

  std::vector<LayerPair> take() {
    std::sort(pairs_.begin(), pairs_.end(), [](const LayerPair& x, const LayerPair& y) {
      return x.node_b != y.node_b ? x.node_b < y.node_b : x.b < y.b;
    });
    return std::move(pairs_);
  }

 private:
  static std::map<std::string, std::vector<Place>> places(const ir::Graph& graph, KeyOf key_of,
                                                          const std::vector<bool>& taken) {
    std::map<std::string, std::vector<Place>> found;
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
      const ir::Node& node = graph.nodes[n];
      for (size_t o = 0; o < node.outputs.size() && !is_conversion(node); ++o) {
        const ir::ValueId id = node.outputs[o];
        if (id == ir::kNoValue || taken[id] || !is_real(graph.values[id].type)) continue;
        const std::string key = key_of(graph, node, o);
        if (!key.empty()) found[key].push_back({n, id});
      }
    }
    return found;
  }

  void pair(const Place& a, const Place& b) {
    if (!(a_.values[a.value].type.shape == b_.values[b.value].type.shape)) return;
    taken_a_[a.value] = taken_b_[b.value] = true;
    pairs_.push_back({a.value, b.value, a.node, b.node});
  }

  const ir::Graph& a_;
  const ir::Graph& b_;
  std::vector<bool> taken_a_, taken_b_;
  std::vector<LayerPair> pairs_;
};

}  // namespace

std::string layer_name(const std::string& value_name) {
  const size_t last = value_name.find_last_not_of("0123456789");
  // A number at the end counts only behind a type: "conv_2" is a name of its own.
  const bool numbered = last != std::string::npos && last + 1 < value_name.size() && value_name[last] == '_';
  for (const std::string& text : {value_name, numbered ? value_name.substr(0, last) : std::string()}) {
    for (const char* suffix : {"_int8", "_uint8", "_int16", "_float32"}) {
      if (text.ends_with(suffix)) return text.substr(0, text.size() - std::string_view(suffix).size());
    }
  }
  return value_name;
}

std::vector<LayerPair> match_layers(const ir::Graph& a, const ir::Graph& b) {
  Matcher matcher(a, b);
  matcher.match_by(key_by_name);
  matcher.match_by(key_by_source);
  return matcher.take();
}

}  // namespace pestle::flows
