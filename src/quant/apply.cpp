#include "quant/apply.h"

#include <fmt/core.h>

#include <algorithm>

#include "ops/core/registry.h"
#include "quant/check_plan.h"

namespace pestle::quant {
namespace {

const Storage kFloat32{};

ir::Type typed(const Shape& shape, const Storage& storage) {
  ir::Type type{storage.dtype, shape, nullptr};
  if (storage.is_quantized()) {
    auto quantization = std::make_shared<ir::Quantization>();
    quantization->scale = storage.scale;
    quantization->zero_point = storage.zero_point;
    quantization->axis = storage.axis;
    type.quantization = std::move(quantization);
  }
  return type;
}

class GraphApplier {
 public:
  GraphApplier(const ir::Graph& in, const GraphPlan& plan)
      : in_(in), plan_(plan), forms_(in.values.size()), numbers_(in.values.size(), 0) {}

  Result<ir::Graph> run() {
    out_.name = in_.name;
    for (size_t i = 0; i < in_.inputs.size(); ++i) {
      const ir::ValueId id = in_.inputs[i];
      out_.inputs.push_back(add_form(id, is_real(id) ? plan_.inputs[i] : kFloat32, in_.values[id].name));
      source_of_[id] = {in_.values[id].name};
    }
    for (size_t n = 0; n < in_.nodes.size(); ++n) PESTLE_TRY(add_node(n));
    for (size_t i = 0; i < in_.outputs.size(); ++i) {
      const ir::ValueId id = in_.outputs[i];
      PESTLE_ASSIGN(const ir::ValueId now, form(id, is_real(id) ? plan_.outputs[i] : kFloat32));
      name_output(id, now);
      out_.outputs.push_back(now);
    }
    return std::move(out_);
  }

  std::vector<size_t> take_positions() { return std::move(positions_); }

 private:
  struct Form {
    Storage storage;
    ir::ValueId id;
  };

  // Values that are not float32 (indices, shapes) have one form: their own.
  bool is_real(ir::ValueId id) const { return in_.values[id].type.dtype == DType::kFloat32; }

  ir::ValueId add_form(ir::ValueId id, const Storage& storage, std::string name) {
    ir::Value value = in_.values[id];
    value.name = std::move(name);
    value.data = nullptr;
    if (is_real(id)) value.type = typed(in_.values[id].type.shape, storage);
    const ir::ValueId now = out_.add_value(std::move(value));
    forms_[id].push_back({is_real(id) ? storage : kFloat32, now});
    return now;
  }

  std::string fresh_name(ir::ValueId id, const Storage& storage) {
    const std::string& base = in_.values[id].name;
    if (base.empty()) return base;
    return numbers_[id]++ == 0 ? fmt::format("{}_{}", base, dtype_name(storage.dtype))
                               : fmt::format("{}_{}_{}", base, dtype_name(storage.dtype), numbers_[id]);
  }

  const Form* find_form(ir::ValueId id, const Storage& storage) const {
    for (const Form& f : forms_[id]) {
      if (f.storage == storage) return &f;
    }
    return nullptr;
  }

  // The value in the wanted storage, converted if it is not there yet.
  Result<ir::ValueId> form(ir::ValueId id, const Storage& wanted) {
    const Storage& storage = is_real(id) ? wanted : kFloat32;
    if (const Form* found = find_form(id, storage)) return found->id;
    if (in_.values[id].is_constant()) return constant_form(id, storage);
    if (in_.values[id].is_variable && forms_[id].empty()) return add_form(id, storage, in_.values[id].name);
    if (forms_[id].empty())
      return fail(ErrorCode::kInternal, fmt::format("\"{}\" is read before it is computed", in_.values[id].name));
    const Form& from = forms_[id][0];
    if (in_.values[id].is_variable)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("the state \"{}\" is read in two storages", in_.values[id].name));
    ir::Node convert;
    convert.op = storage.is_quantized() ? "QUANTIZE" : "DEQUANTIZE";
    convert.inputs = {from.id};
    convert.sources = source_of_[id];
    convert.outputs = {add_form(id, storage, fresh_name(id, storage))};
    out_.nodes.push_back(std::move(convert));
    return forms_[id].back().id;
  }

  Result<ir::ValueId> constant_form(ir::ValueId id, const Storage& storage) {
    ir::Value value = in_.values[id];
    if (is_real(id) && storage.dtype != DType::kFloat32) {
      value.type = typed(value.type.shape, storage);
      // Codes that came from a source are kept, also the lowest one.
      const bool narrow = value.grid == nullptr || value.grid->scale != storage.scale;
      value.data = std::make_shared<const Bytes>(Bytes::own(store(in_.constant(id), storage, narrow)));
    }
    value.grid = nullptr;
    const ir::ValueId now = out_.add_value(std::move(value));
    forms_[id].push_back({storage, now});
    return now;
  }

  // A constant that is stored in fewer bits and read as float32.
  Result<ir::ValueId> dequantized_constant(ir::ValueId id, const Storage& storage, const ir::Node& reader) {
    for (const Form& f : dequantized_[id]) {
      if (f.storage == storage) return f.id;
    }
    PESTLE_ASSIGN(const ir::ValueId stored, constant_form(id, storage));
    ir::Value value;
    value.name = in_.values[id].name + "_float32";
    value.type = {DType::kFloat32, in_.values[id].type.shape, nullptr};
    ir::Node convert;
    convert.op = "DEQUANTIZE";
    convert.inputs = {stored};
    convert.outputs = {out_.add_value(std::move(value))};
    convert.sources = reader.sources;
    const ir::ValueId now = convert.outputs[0];
    out_.nodes.push_back(std::move(convert));
    dequantized_[id].push_back({storage, now});
    return now;
  }

  Result<ir::ValueId> operand(const NodePlan& plan, const ir::Node& node, int i) {
    const ir::ValueId id = node.inputs[i];
    if (id == ir::kNoValue) return id;
    const auto own = plan.operands.find(i);
    if (own != plan.operands.end()) {
      return plan.treatment == Treatment::kFloat ? dequantized_constant(id, own->second, node) : form(id, own->second);
    }
    const bool integer = plan.treatment == Treatment::kInteger && plan_.values[id].has_value();
    return form(id, integer ? *plan_.values[id] : kFloat32);
  }

  Status add_node(size_t n) {
    ir::Node node = in_.nodes[n];
    const NodePlan& plan = plan_.nodes[n];
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      PESTLE_ASSIGN(node.inputs[i], operand(plan, in_.nodes[n], static_cast<int>(i)));
    }
    const ops::OpDef* def = ops::find(node);
    if (plan.treatment == Treatment::kInteger || plan.treatment == Treatment::kHybrid) node.version = 0;
    if (plan.treatment == Treatment::kInteger && def->quantization.adjust != nullptr) {
      const ir::ValueId first = in_.nodes[n].outputs[0];
      def->quantization.adjust(node, plan_.values[first] ? plan_.values[first]->dtype : DType::kFloat32);
    }
    if (plan.treatment == Treatment::kHybrid && def->quantization.hybrid_asymmetric_inputs) {
      node.attributes.set("asymmetric_quantize_inputs", true);
    }
    for (ir::ValueId& id : node.outputs) {
      if (id == ir::kNoValue) continue;
      source_of_[id] = node.sources;
      const bool integer = plan.treatment == Treatment::kInteger && plan_.values[id].has_value();
      id = add_form(id, integer ? *plan_.values[id] : kFloat32, in_.values[id].name);
    }
    add_intermediates(n, node);
    positions_.push_back(out_.nodes.size());
    out_.nodes.push_back(std::move(node));
    return {};
  }

  // Integer nodes get those of their rule, others keep what they have.
  void add_intermediates(size_t n, ir::Node& node) {
    node.intermediates.clear();
    const NodePlan& plan = plan_.nodes[n];
    if (plan.treatment != Treatment::kInteger) {
      for (ir::ValueId id : in_.nodes[n].intermediates)
        node.intermediates.push_back(id == ir::kNoValue ? id : out_.add_value(ir::Value(in_.values[id])));
      return;
    }
    for (const Storage& storage : plan.intermediates) {
      ir::Value value;
      value.name = fmt::format("{}_inside_{}", in_.values[in_.nodes[n].outputs[0]].name, node.intermediates.size());
      value.type = typed({}, storage);
      node.intermediates.push_back(out_.add_value(std::move(value)));
    }
  }

  // The value that leaves the graph bears the source's name; the one it was converted from gets another.
  void name_output(ir::ValueId id, ir::ValueId now) {
    const std::string name = in_.values[id].name;
    for (const Form& f : forms_[id]) {
      if (f.id != now && !ir::is_input(out_, f.id) && out_.values[f.id].name == name)
        out_.values[f.id].name = fresh_name(id, f.storage);
    }
    if (!ir::is_input(out_, now)) out_.values[now].name = name;
  }

  const ir::Graph& in_;
  const GraphPlan& plan_;
  ir::Graph out_;
  std::vector<std::vector<Form>> forms_;
  std::vector<int> numbers_;
  std::map<ir::ValueId, std::vector<Form>> dequantized_;
  std::map<ir::ValueId, std::vector<std::string>> source_of_;
  std::vector<size_t> positions_;
};

// Entries that named the i-th of `before` name the i-th of `after`.
void follow(std::vector<ir::Signature::Entry>& entries, const std::vector<ir::ValueId>& before,
            const std::vector<ir::ValueId>& after) {
  for (ir::Signature::Entry& entry : entries) {
    const auto it = std::find(before.begin(), before.end(), entry.value);
    if (it != before.end()) entry.value = after[it - before.begin()];
  }
}

}  // namespace

Result<Applied> apply(const ir::Module& module, const QuantPlan& plan) {
  PESTLE_TRY(check_plan(module, plan));
  Applied applied;
  applied.module.description = module.description;
  applied.module.metadata = module.metadata;
  applied.module.signatures = module.signatures;
  for (size_t g = 0; g < module.graphs.size(); ++g) {
    GraphApplier applier(module.graphs[g], plan.graphs[g]);
    PESTLE_ASSIGN(ir::Graph graph, applier.run());
    for (ir::Signature& signature : applied.module.signatures) {
      if (signature.graph != static_cast<int>(g)) continue;
      follow(signature.inputs, module.graphs[g].inputs, graph.inputs);
      follow(signature.outputs, module.graphs[g].outputs, graph.outputs);
    }
    applied.node_of.push_back(applier.take_positions());
    applied.module.graphs.push_back(std::move(graph));
  }
  return applied;
}

}  // namespace pestle::quant
