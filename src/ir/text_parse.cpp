#include <fmt/core.h>

#include <limits>

#include "ir/text.h"
#include "ir/text_parts.h"

namespace pestle::ir {
namespace {

constexpr int64_t kInt32Low = std::numeric_limits<int32_t>::min(), kInt32High = std::numeric_limits<int32_t>::max();

class Parser {
 public:
  explicit Parser(std::string_view text) : t_(text), parts_(t_) {}

  Result<Module> parse() {
    PESTLE_TRY(t_.expect_word("pestle-module"));
    PESTLE_TRY(t_.integer(1, 1));
    while (!t_.at_end()) PESTLE_TRY(statement());
    if (module_.graphs.empty()) return t_.error_here("the module has no graph");
    return std::move(module_);
  }

 private:
  Status statement() {
    if (t_.take_word("description")) {
      PESTLE_ASSIGN(module_.description, t_.string());
    } else if (t_.take_word("metadata")) {
      PESTLE_ASSIGN(std::string name, t_.string());
      PESTLE_TRY(t_.expect_word("base64"));
      PESTLE_ASSIGN(auto bytes, t_.bytes());
      module_.metadata.emplace_back(std::move(name), Bytes::own(std::move(bytes)));
    } else if (t_.take_word("graph")) {
      return graph();
    } else if (t_.take_word("signature")) {
      return signature();
    } else {
      return t_.error_here("expected description, metadata, graph or signature");
    }
    return {};
  }

  Status graph() {
    module_.graphs.emplace_back();
    Graph& graph = module_.graphs.back();
    PESTLE_ASSIGN(graph.name, t_.string());
    PESTLE_TRY(t_.expect('{'));
    PESTLE_TRY(t_.expect_word("inputs"));
    PESTLE_ASSIGN(graph.inputs, parts_.values());
    PESTLE_TRY(t_.expect_word("outputs"));
    PESTLE_ASSIGN(graph.outputs, parts_.values());
    const Tokens at_ports = t_;
    while (!t_.take('}')) PESTLE_TRY(value_or_node(graph));
    for (const auto* ids : {&graph.inputs, &graph.outputs}) PESTLE_TRY(check_ids(graph, *ids, at_ports));
    return check_blocks(graph);
  }

  // Values are written before the nodes that use them, so what a node names is known here.
  Status value_or_node(Graph& graph) {
    std::vector<ValueId> outputs;
    const Tokens start = t_;
    if (t_.take('(')) {
      PESTLE_TRY(t_.expect(')'));
    } else {
      do {
        PESTLE_ASSIGN(const ValueId id, parts_.value());
        if (outputs.empty() && t_.peek() == '"') return value(graph, id, start);
        outputs.push_back(id);
      } while (t_.take(','));
    }
    PESTLE_TRY(check_ids(graph, outputs, start));
    PESTLE_TRY(t_.expect('='));
    return node(graph, std::move(outputs));
  }

  Status check_ids(const Graph& graph, const std::vector<ValueId>& ids, const Tokens& place) const {
    for (ValueId id : ids) {
      if (id >= static_cast<ValueId>(graph.values.size()))
        return place.error_here(fmt::format("there is no value %{}", id));
    }
    return {};
  }

  Status check_blocks(const Graph& graph) const {
    for (const Value& value : graph.values) {
      if (!value.type.quantization || !value.type.quantization->blocks) continue;
      const BlockScales& blocks = *value.type.quantization->blocks;
      PESTLE_TRY(check_ids(graph, {blocks.scales, blocks.zero_points}, t_));
      if (blocks.scales == kNoValue) return t_.error(fmt::format("the block scales of \"{}\" are missing", value.name));
    }
    return {};
  }

  Status value(Graph& graph, ValueId id, const Tokens& start) {
    if (id != static_cast<ValueId>(graph.values.size()))
      return start.error_here(fmt::format("expected %{}: values are numbered in order", graph.values.size()));
    Value value;
    PESTLE_ASSIGN(value.name, t_.string());
    PESTLE_ASSIGN(value.type, parts_.type());
    value.is_variable = t_.take_word("variable");
    value.has_rank = t_.take_word("ranked");
    if (t_.take_word("signature")) {
      PESTLE_ASSIGN(value.signature, parts_.ints<int64_t>());
    }
    if (t_.take_word("variants")) {
      PESTLE_TRY(parts_.list('[', ']', [&]() -> Status {
        PESTLE_ASSIGN(auto type, parts_.type());
        value.variant_types.push_back(std::move(type));
        return {};
      }));
    }
    if (t_.take_word("quantization")) {
      PESTLE_ASSIGN(value.type.quantization, parts_.quantization());
    }
    if (t_.take_word("sparsity")) {
      PESTLE_ASSIGN(value.sparsity, parts_.sparsity());
    }
    if (t_.take('=')) {
      PESTLE_ASSIGN(value.data, contents(graph, value.type));
    }
    graph.values.push_back(std::move(value));
    return {};
  }

  Result<std::shared_ptr<const Bytes>> contents(const Graph& graph, const Type& type) {
    if (t_.take_word("shared")) return shared_contents(graph);
    if (t_.take_word("base64")) {
      PESTLE_ASSIGN(auto bytes, t_.bytes());
      return std::make_shared<const Bytes>(Bytes::own(std::move(bytes)));
    }
    PESTLE_ASSIGN(auto bytes, parts_.numbers(type));
    return std::make_shared<const Bytes>(Bytes::own(std::move(bytes)));
  }

  Result<std::shared_ptr<const Bytes>> shared_contents(const Graph& graph) {
    PESTLE_ASSIGN(const int64_t g, t_.integer(0, static_cast<int64_t>(module_.graphs.size()) - 1));
    const auto values = static_cast<int64_t>(
        g + 1 == static_cast<int64_t>(module_.graphs.size()) ? graph.values.size() : module_.graphs[g].values.size());
    PESTLE_ASSIGN(const int64_t i, t_.integer(0, values - 1));
    const Value& first = module_.graphs[g].values[i];
    if (!first.is_constant()) return t_.error(fmt::format("value {} of graph {} is no constant", i, g));
    return first.data;
  }

  Status node(Graph& graph, std::vector<ValueId> outputs) {
    Node node;
    node.outputs = std::move(outputs);
    node.is_custom = t_.take_word("custom");
    PESTLE_ASSIGN(node.op, t_.peek() == '"' ? t_.string() : t_.word());
    const Tokens at_inputs = t_;
    PESTLE_ASSIGN(node.inputs, parts_.values());
    PESTLE_TRY(check_ids(graph, node.inputs, at_inputs));
    if (t_.peek() == '{') PESTLE_TRY(properties(node));
    if (t_.take_word("version")) {
      PESTLE_ASSIGN(const int64_t version, t_.integer(kInt32Low, kInt32High));
      node.version = static_cast<int>(version);
    }
    if (t_.take_word("record")) {
      PESTLE_ASSIGN(node.options_record, t_.string());
    }
    if (t_.take_word("options")) {
      PESTLE_ASSIGN(node.custom_options, t_.bytes());
    }
    if (t_.take_word("intermediates")) {
      const Tokens at_intermediates = t_;
      PESTLE_ASSIGN(node.intermediates, parts_.values());
      PESTLE_TRY(check_ids(graph, node.intermediates, at_intermediates));
    }
    if (t_.take_word("mutating")) {
      PESTLE_ASSIGN(const auto flags, parts_.ints<int32_t>());
      node.mutating_inputs.assign(flags.begin(), flags.end());
    }
    PESTLE_TRY(t_.expect_word("sources"));
    PESTLE_ASSIGN(node.sources, parts_.strings());
    graph.nodes.push_back(std::move(node));
    return {};
  }

  Status properties(Node& node) {
    return parts_.list('{', '}', [&]() -> Status {
      PESTLE_ASSIGN(const std::string name, t_.word());
      if (node.attributes.find(name) != nullptr) return t_.error(fmt::format("{} is given twice", name));
      PESTLE_TRY(t_.expect('='));
      PESTLE_ASSIGN(auto property, parts_.property());
      node.attributes.set(name, std::move(property));
      return {};
    });
  }

  Status signature() {
    Signature signature;
    PESTLE_ASSIGN(signature.key, t_.string());
    PESTLE_TRY(t_.expect_word("graph"));
    PESTLE_ASSIGN(const int64_t graph, t_.integer(0, static_cast<int64_t>(module_.graphs.size()) - 1));
    signature.graph = static_cast<int>(graph);
    PESTLE_TRY(t_.expect_word("inputs"));
    PESTLE_TRY(entries(module_.graphs[graph], signature.inputs));
    PESTLE_TRY(t_.expect_word("outputs"));
    PESTLE_TRY(entries(module_.graphs[graph], signature.outputs));
    module_.signatures.push_back(std::move(signature));
    return {};
  }

  Status entries(const Graph& graph, std::vector<Signature::Entry>& entries) {
    return parts_.list('{', '}', [&]() -> Status {
      Signature::Entry entry;
      PESTLE_ASSIGN(entry.name, t_.string());
      PESTLE_TRY(t_.expect('='));
      const Tokens place = t_;
      PESTLE_ASSIGN(entry.value, parts_.value());
      PESTLE_TRY(check_ids(graph, {entry.value}, place));
      entries.push_back(std::move(entry));
      return {};
    });
  }

  Tokens t_;
  TextParts parts_;
  Module module_;
};

}  // namespace

Result<Module> parse(std::string_view text) { return Parser(text).parse(); }

}  // namespace pestle::ir
