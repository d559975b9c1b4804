// Writes the first inputs of every target, made by our own writers: pestle_fuzz_seeds FOLDER
//   FOLDER/tflite  one small model an operator, and the small module of the plans
//   FOLDER/onnx    one small model an operator and number of inputs
//   FOLDER/npy, npz, json, plan_json
#include <algorithm>
#include <filesystem>

#include "codec/npz.h"
#include "formats/onnx/onnx.h"
#include "formats/tflite/tflite.h"
#include "ops/core/registry.h"
#include "quant/choose.h"
#include "quant/plan_json.h"
#include "tests/fuzz/onnx_writer.h"
#include "tests/fuzz/small_module.h"
#include "tests/fuzz/target.h"

using namespace pestle;

namespace {

class Seeds {
 public:
  explicit Seeds(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void add(const std::string& target, const std::string& name, std::span<const std::byte> bytes) {
    std::filesystem::create_directories(folder_ / target);
    const Status status = write_file((folder_ / target / name).string(), bytes);
    fuzz::promise(status.has_value(), "a seed can be written", status ? "" : describe(status.error()));
  }
  void add(const std::string& target, const std::string& name, const std::string& text) {
    add(target, name, std::as_bytes(std::span(text)));
  }
  void add(const std::string& name, const ir::Module& module) {
    fuzz::Buffer file;
    fuzz::promise(formats::tflite::write(module, file).has_value(), "a seed can be written", name);
    add("tflite", name, file.bytes);
  }

 private:
  std::filesystem::path folder_;
};

DType first_of(ops::DTypeSet set) {
  for (int i = 0; i < kDTypeCount; ++i) {
    if (set.has(static_cast<DType>(i))) return static_cast<DType>(i);
  }
  return DType::kFloat32;
}

// A graph of that one operator with operands of the first type row. Operands behind the first that are integers are
// constants: shapes, axes and indices.
ir::Module one_operator(const ops::OpDef& def, const ops::TypeRow& row) {
  ir::Graph graph;
  ir::Node node;
  node.op = def.name;
  node.is_custom = def.code == ops::kCustomCode;
  node.version = row.version;
  node.sources = {def.name};
  for (size_t i = 0; i < std::max(row.inputs.size(), def.inputs.size()); ++i) {
    const DType dtype = first_of(row.inputs[std::min(i, row.inputs.size() - 1)]);
    ir::Value value;
    value.name = "in" + std::to_string(i);
    value.type = {dtype, i == 0 ? Shape{1, 4, 4, 4} : Shape{4}, nullptr};
    if (is_quantized_storage(dtype)) value.type.quantization = ir::per_tensor(0.5f, 0);
    if (i > 0 && dtype != DType::kFloat32 && dtype_bits(dtype) >= 8) {
      value.data =
          std::make_shared<const Bytes>(Bytes::own(std::vector<std::byte>(storage_bytes(dtype, 4), std::byte{0})));
    }
    const bool is_fed = !value.is_constant();
    node.inputs.push_back(graph.add_value(std::move(value)));
    if (is_fed) graph.inputs.push_back(node.inputs.back());
  }
  for (size_t i = 0; i < row.outputs.size(); ++i) {
    ir::Value value;
    value.name = "out" + std::to_string(i);
    value.type = {first_of(row.outputs[i]), {1, 4, 4, 4}, nullptr};
    node.outputs.push_back(graph.add_value(std::move(value)));
  }
  graph.outputs = node.outputs;
  graph.nodes.push_back(std::move(node));
  ir::Module module;
  module.graphs.push_back(std::move(graph));
  return module;
}

void add_tflite(Seeds& seeds) {
  for (const ops::OpDef* def : ops::all()) {
    if (def->code < 0) continue;
    for (const ops::TypeRow& row : def->types) {
      seeds.add(std::string(def->name) + "_" + row.name + ".tflite", one_operator(*def, row));
    }
  }
}

codec::OnnxTensor onnx_tensor(const char* name, codec::OnnxType type, std::vector<int64_t> dims,
                              std::vector<std::byte> bytes) {
  codec::OnnxTensor tensor;
  tensor.name = name;
  tensor.type = type;
  tensor.dims = std::move(dims);
  tensor.data = Bytes::own(std::move(bytes));
  return tensor;
}

std::vector<std::byte> bytes_of(const std::vector<int64_t>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

// x and further operands: weights, a vector, integers.
codec::OnnxModel onnx_model(const std::string& op, const std::vector<std::string>& inputs) {
  codec::OnnxModel model;
  model.ir_version = 8;
  model.opsets = {{"", 22}};
  codec::OnnxNode node;
  node.name = op;
  node.op_type = op;
  node.inputs = inputs;
  node.outputs = {"y"};
  using Kind = codec::OnnxAttribute::Kind;
  if (op.ends_with("Pool")) node.attributes.push_back({"kernel_shape", Kind::kInts, {}, {}, {2, 2}, {}, {}, {}});
  if (op == "Transpose") node.attributes.push_back({"perm", Kind::kInts, {}, {}, {0, 2, 3, 1}, {}, {}, {}});
  model.graph.name = "g";
  model.graph.nodes.push_back(std::move(node));
  model.graph.initializers.push_back(
      onnx_tensor("w", codec::OnnxType::kFloat, {4, 4, 2, 2}, std::vector<std::byte>(256)));
  model.graph.initializers.push_back(onnx_tensor("b", codec::OnnxType::kFloat, {4}, std::vector<std::byte>(16)));
  model.graph.initializers.push_back(onnx_tensor("i", codec::OnnxType::kInt64, {1}, bytes_of({1})));
  model.graph.initializers.push_back(onnx_tensor("j", codec::OnnxType::kInt64, {4}, bytes_of({1, 4, 8, 8})));
  codec::OnnxValueInfo info;
  info.name = "x";
  info.is_tensor = true;
  info.type = codec::OnnxType::kFloat;
  info.has_shape = true;
  for (int64_t extent : {1, 4, 8, 8}) info.dims.push_back({extent, ""});
  model.graph.inputs.push_back(info);
  info.name = "y";
  info.dims.clear();
  model.graph.outputs.push_back(info);
  return model;
}

void add_onnx(Seeds& seeds) {
  const std::vector<std::vector<std::string>> operands = {
      {},         {"x"},           {"x", "w"},      {"x", "b"},         {"x", "i"},
      {"x", "j"}, {"x", "w", "b"}, {"x", "i", "i"}, {"x", "", "", "j"}, {"x", "b", "b", "b", "b"}};
  for (const std::string& op : formats::onnx::known_operators()) {
    for (size_t i = 0; i < operands.size(); ++i) {
      seeds.add("onnx", std::string(op) + "_" + std::to_string(i) + ".onnx",
                fuzz::write_onnx(onnx_model(op, operands[i])));
    }
  }
}

void add_arrays(Seeds& seeds) {
  std::vector<codec::NamedView> views;
  std::vector<Tensor> tensors;
  for (const DType dtype :
       {DType::kFloat32, DType::kFloat16, DType::kFloat64, DType::kInt8, DType::kInt64, DType::kBool}) {
    tensors.emplace_back(dtype, Shape{2, 3});
  }
  for (const Tensor& tensor : tensors) {
    const std::string name = dtype_name(tensor.dtype());
    if (const auto file = codec::write_npy(tensor.view())) seeds.add("npy", name + ".npy", *file);
    views.push_back({name, tensor.view()});
  }
  if (const auto file = codec::write_npz(views)) seeds.add("npz", "stored.npz", *file);
}

void add_json(Seeds& seeds) {
  seeds.add("json", "all.json",
            R"({"a": [1, -2.5e3, true, null, "\u00e9\n\"", {}], "b": {"c": []}, "d": 9223372036854775807})");
  const auto module = fuzz::small_module();
  fuzz::promise(module.has_value(), "the small module can be built", module ? "" : describe(module.error()));
  seeds.add("small_module.tflite", *module);
  const quant::Statistics statistics = quant::stand_in_statistics(*module);
  for (const quant::Mode& mode : quant::modes()) {
    const auto plan = quant::choose(*module, mode, &statistics, {});
    if (!plan) continue;
    const std::string text = print_json(quant::plan_to_json(*plan, *module), JsonStyle::kIndented);
    seeds.add("plan_json", std::string(mode.name) + ".json", text);
    seeds.add("json", std::string(mode.name) + ".json", text);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: pestle_fuzz_seeds FOLDER\n");
    return 2;
  }
  Seeds seeds(argv[1]);
  add_tflite(seeds);
  add_onnx(seeds);
  add_arrays(seeds);
  add_json(seeds);
  return 0;
}
