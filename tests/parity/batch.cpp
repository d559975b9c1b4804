#include "parity/batch.h"

#include <fmt/core.h>

#include <cstring>
#include <memory>

#include "base/json.h"
#include "formats/tflite/tflite.h"
#include "ops/core/builder.h"
#include "ops/core/fused_activation.h"
#include "runtime/executor.h"

namespace pestle::parity {
namespace {

// An operator may refuse a draw (scales that its kernel does not take), but not most of them.
constexpr int kDraws = 40;
constexpr int kThreads = 2;

class MemorySink : public ByteSink {
 public:
  Status write(std::span<const std::byte> bytes) override {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return {};
  }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

// FNV-1a: a seed that depends on the operator, the variant and the index and on nothing else.
uint64_t seed_of(uint64_t seed, const std::string& text) {
  uint64_t hash = 14695981039346656037u ^ seed;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

struct Outcome {
  std::vector<std::byte> model;
  std::vector<Tensor> reference;
  std::vector<Tensor> fast;
  std::string error;  // of ours, empty: none
};

Result<std::vector<Tensor>> run_reference(Case& c, const ir::Module& module) {
  const ir::Graph& graph = module.graphs[0];
  const ir::Node& node = graph.nodes[0];
  std::vector<ops::InputOperand> inputs;
  size_t at = 0;
  for (const CaseOperand& operand : c.operands()) {
    const ir::ValueId id = node.inputs[at++];
    inputs.push_back(operand.present ? ops::InputOperand{&graph.values[id].type, operand.data.view().bytes.data()}
                                     : ops::InputOperand{});
  }
  std::vector<ir::Type> types;
  for (ir::ValueId id : node.outputs) types.push_back(graph.values[id].type);
  for (int run = 1; run < c.runs(); ++run) PESTLE_TRY(ops::evaluate(c.def(), node, inputs, types, c.intermediates()));
  return ops::evaluate(c.def(), node, inputs, types, c.intermediates());
}

Result<std::vector<Tensor>> run_plan(Case& c, const ir::Module& module, bool fast, ThreadPool& pool) {
  PESTLE_ASSIGN(const auto plan, runtime::Plan::make(module, {.graph = 0, .fast_kernels = fast}));
  runtime::Executor executor(plan, pool);
  for (int run = 0; run < c.runs(); ++run) {
    int at = 0;
    for (const CaseOperand& operand : c.operands()) {
      if (operand.is_fed()) PESTLE_TRY(executor.set_input(at++, operand.data.view()));
    }
    PESTLE_TRY(executor.run());
  }
  std::vector<Tensor> outputs;
  for (size_t i = 0; i < module.graphs[0].outputs.size(); ++i) {
    outputs.push_back(Tensor::copy_of(executor.output(static_cast<int>(i))));
  }
  return outputs;
}

bool same_bytes(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    const auto left = a[i].view().bytes, right = b[i].view().bytes;
    if (a[i].shape() != b[i].shape() || left.size() != right.size()) return false;
    if (!left.empty() && std::memcmp(left.data(), right.data(), left.size()) != 0) return false;
  }
  return a.size() == b.size();
}

// The model as written, the reference's outputs, and those of the runtime for the model as it is read again.
Status run_ours(Case& c, ThreadPool& pool, Outcome& outcome) {
  PESTLE_ASSIGN(const ir::Module module, c.module());
  MemorySink sink;
  PESTLE_TRY(formats::tflite::write(module, sink));
  outcome.model = sink.take();
  PESTLE_ASSIGN(outcome.reference, run_reference(c, module));
  PESTLE_ASSIGN(const ir::Module again, formats::tflite::read(Bytes::copy_of(outcome.model)));
  PESTLE_ASSIGN(const std::vector<Tensor> plain, run_plan(c, again, false, pool));
  if (!same_bytes(plain, outcome.reference)) {
    return fail(ErrorCode::kInternal, "the runtime without fast kernels differs from the reference");
  }
  PESTLE_ASSIGN(outcome.fast, run_plan(c, again, true, pool));
  return {};
}

Json describe_tensor(const ir::Type& type) {
  Json json = Json::object();
  json.set("dtype", dtype_name(type.dtype));
  Json shape = Json::array();
  for (int64_t extent : type.shape) shape.push(extent);
  json.set("shape", std::move(shape));
  return json;
}

Json describe_outputs(Case& c, const ir::Module& module) {
  Json outputs = Json::array();
  const ir::Graph& graph = module.graphs[0];
  for (ir::ValueId id : graph.outputs) {
    const ir::Type& type = graph.values[id].type;
    Json json = describe_tensor(type);
    if (type.is_quantized()) {
      const bool clamps = c.def().traits.applies_activation;
      const auto range = clamps ? ops::code_range(ops::kFusedActivation(c.node()), type) : ops::code_range(type.dtype);
      json.set("low", range.low);
      json.set("high", range.high);
    }
    outputs.push(std::move(json));
  }
  return outputs;
}

Status put(std::FILE* file, std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size())
    return fail(ErrorCode::kIo, "cannot write the batch");
  return {};
}

Status put_record(std::FILE* file, const Json& header, Case* c, const Outcome& outcome) {
  const std::string line = print_json(header, JsonStyle::kCompact) + "\n";
  PESTLE_TRY(put(file, std::as_bytes(std::span(line))));
  if (c == nullptr) return {};
  PESTLE_TRY(put(file, outcome.model));
  for (const CaseOperand& operand : c->operands()) {
    if (operand.is_fed()) PESTLE_TRY(put(file, operand.data.view().bytes));
  }
  if (!outcome.error.empty()) return {};
  for (const Tensor& tensor : outcome.reference) PESTLE_TRY(put(file, tensor.view().bytes));
  if (same_bytes(outcome.reference, outcome.fast)) return {};
  for (const Tensor& tensor : outcome.fast) PESTLE_TRY(put(file, tensor.view().bytes));
  return {};
}

// Draws until the operator accepts; the last refusal if it never does.
struct Drawn {
  std::unique_ptr<Case> result;
  int draws = 1;
  std::string refusal;
};

class BatchWriter {
 public:
  BatchWriter(const ops::OpDef& def, const Generator& generator, std::FILE* file)
      : def_(def), generator_(generator), file_(file), pool_(kThreads) {}

  Status write(const Variant& variant, int64_t index, uint64_t seed) {
    PESTLE_ASSIGN(const Drawn drawn,
                  draw(variant, seed_of(seed, fmt::format("{}|{}|{}", def_.name, variant.label, index))));
    Json header = Json::object();
    header.set("operator", def_.name);
    header.set("label", variant.label);
    header.set("index", index);
    header.set("draws", drawn.draws);
    header.set("rejected", drawn.refusal);
    if (!drawn.result) return put_record(file_, header, nullptr, {});
    return write_accepted(*drawn.result, std::move(header));
  }

 private:
  Result<Drawn> draw(const Variant& variant, uint64_t seed) {
    Drawn drawn;
    for (; drawn.draws <= kDraws; ++drawn.draws) {
      auto c = std::make_unique<Case>(def_, variant, seed + static_cast<uint64_t>(drawn.draws));
      Status status = generator_.draw(*c);
      if (status) status = c->finish();
      if (status) {
        drawn.result = std::move(c);
        drawn.refusal.clear();
        return drawn;
      }
      if (status.error().code == ErrorCode::kInternal) return in_context(std::move(status).error(), variant.label);
      drawn.refusal = describe(status.error());
    }
    return drawn;
  }

  Status write_accepted(Case& c, Json header) {
    Outcome outcome;
    if (Status status = run_ours(c, pool_, outcome); !status) outcome.error = describe(status.error());
    PESTLE_ASSIGN(const ir::Module module, c.module());
    const ir::Graph& graph = module.graphs[0];
    header.set("rescales", generator_.rescales && graph.values[graph.outputs[0]].type.is_quantized());
    header.set("runs", c.runs());
    header.set("model", outcome.model.size());
    Json inputs = Json::array();
    for (ir::ValueId id : graph.inputs) inputs.push(describe_tensor(graph.values[id].type));
    header.set("inputs", std::move(inputs));
    header.set("outputs", describe_outputs(c, module));
    header.set("error", outcome.error);
    header.set("fast", outcome.error.empty() && !same_bytes(outcome.reference, outcome.fast));
    return put_record(file_, header, &c, outcome);
  }

  const ops::OpDef& def_;
  const Generator& generator_;
  std::FILE* file_;
  ThreadPool pool_;
};

}  // namespace

Status write_batch(const ops::OpDef& def, const Generator& generator, const BatchOptions& options, std::FILE* file) {
  BatchWriter writer(def, generator, file);
  for (const Variant& variant : variants_of(def, generator)) {
    if (!options.only.empty() && options.only != variant.label) continue;
    for (int64_t i = 0; i < options.cases; ++i) PESTLE_TRY(writer.write(variant, options.first + i, options.seed));
  }
  return {};
}

}  // namespace pestle::parity
