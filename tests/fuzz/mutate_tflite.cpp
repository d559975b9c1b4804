#include "tests/fuzz/mutate_tflite.h"

#include <algorithm>
#include <cstring>

namespace pestle::fuzz {
namespace {

using codec::TfliteQuantization;

void change_value(PropertyValue& value, Dice& dice) {
  std::visit(
      [&dice]<typename T>(T& held) {
        if constexpr (requires { dice.change_list(held); }) {
          dice.change_list(held);
        } else {
          dice.change(held);
        }
      },
      value);
}

// An enumerator by its number, which the writer takes too.
void change_option(codec::TfliteOperator& op, Dice& dice) {
  const auto fields = codec::tflite_options_fields(op.options_record);
  if (!fields || fields->empty()) return;
  const codec::TfliteOptionField& field = (*fields)[dice.below(fields->size())];
  auto it = std::find_if(op.options.begin(), op.options.end(), [&](const Property& p) { return p.name == field.name; });
  if (it == op.options.end()) it = op.options.insert(it, {field.name, field.fallback});
  if (auto* name = std::get_if<std::string>(&it->value)) {
    *name = std::to_string(dice.one_in(4) ? dice.below(256) : dice.below(6));
  } else {
    change_value(it->value, dice);
  }
}

void mutate_quantization(std::optional<TfliteQuantization>& quantization, Dice& dice) {
  if (!quantization) quantization.emplace();
  TfliteQuantization& q = *quantization;
  switch (dice.below(10)) {
    case 0: quantization.reset(); break;
    case 1: dice.change_list(q.scale); break;
    case 2: dice.change_list(q.zero_point); break;
    case 3: dice.change(q.quantized_dimension); break;
    case 4: dice.change_list(q.min); break;
    case 5: dice.change_list(q.max); break;
    case 6: q.details = static_cast<TfliteQuantization::Details>(dice.below(4)); break;
    case 7: dice.change_list(q.custom); break;
    case 8:
      dice.change(q.scales_tensor);
      dice.change(q.zero_points_tensor);
      dice.change(q.block_size);
      break;
    default: dice.change_list(q.quantized_dimensions);
  }
}

void mutate_sparsity(std::optional<codec::TfliteSparsity>& sparsity, Dice& dice) {
  if (!sparsity) sparsity.emplace();
  if (dice.one_in(6)) return sparsity.reset();
  if (sparsity->dimensions.empty() || dice.one_in(4)) sparsity->dimensions.emplace_back();
  codec::TfliteSparseDimension& dim = dice.any(sparsity->dimensions);
  constexpr int kWidths[] = {8, 16, 32};
  switch (dice.below(7)) {
    case 0: dice.change_list(sparsity->traversal_order); break;
    case 1: dice.change_list(sparsity->block_map); break;
    case 2: dim.sparse = !dim.sparse; break;
    case 3: dice.change(dim.dense_size); break;
    case 4: dim.segment_bits = dice.any(kWidths); break;
    case 5: dice.change_list(dim.segments); break;
    default: dice.change_list(dim.indices);
  }
}

void mutate_tensor(codec::TfliteTensor& tensor, const codec::TfliteFile& file, Dice& dice) {
  switch (dice.below(12)) {
    case 0:
    case 1:
    case 2: dice.change_list(tensor.shape); break;
    case 3: dice.change_list(tensor.shape_signature); break;
    case 4: tensor.type = static_cast<int8_t>(dice.below(24)); break;
    case 5: tensor.buffer = static_cast<uint32_t>(dice.below(file.buffers.size() + 1)); break;
    case 6: tensor.is_variable = !tensor.is_variable; break;
    case 7: dice.change(tensor.name); break;
    case 8: mutate_sparsity(tensor.sparsity, dice); break;
    case 9: tensor.variant_types.push_back({{1, 2}, static_cast<int8_t>(dice.below(24)), dice.one_in(2)}); break;
    default: mutate_quantization(tensor.quantization, dice);
  }
}

// Mostly indices that exist, so that the graph stays one.
void change_indices(std::vector<int32_t>& ids, size_t count, Dice& dice) {
  if (dice.one_in(8) || ids.empty()) return dice.change_list(ids);
  dice.any(ids) = static_cast<int32_t>(dice.below(count + 1)) - (dice.one_in(4) ? 1 : 0);
}

void mutate_operator(codec::TfliteOperator& op, const codec::TfliteFile& file, size_t tensors, Dice& dice) {
  switch (dice.below(9)) {
    case 0: op.code_index = static_cast<uint32_t>(dice.below(file.operator_codes.size() + 1)); break;
    case 1: change_indices(op.inputs, tensors, dice); break;
    case 2: change_indices(op.outputs, tensors, dice); break;
    case 3: change_indices(op.intermediates, tensors, dice); break;
    case 4: op.mutating_variable_inputs.assign(dice.below(4), dice.one_in(2)); break;
    case 5: dice.change_list(op.custom_options); break;
    default: change_option(op, dice);
  }
}

void mutate_graph(codec::TfliteGraph& graph, const codec::TfliteFile& file, Dice& dice) {
  const size_t tensors = graph.tensors.size();
  switch (dice.below(12)) {
    case 0: change_indices(graph.inputs, tensors, dice); break;
    case 1: change_indices(graph.outputs, tensors, dice); break;
    case 2: dice.shuffle(graph.operators); break;
    case 3: dice.shuffle(graph.tensors); break;
    case 4:
    case 5:
    case 6:
    case 7:
      if (!graph.operators.empty()) mutate_operator(dice.any(graph.operators), file, tensors, dice);
      break;
    default:
      if (!graph.tensors.empty()) mutate_tensor(dice.any(graph.tensors), file, dice);
  }
}

void mutate_code(codec::TfliteOperatorCode& code, Dice& dice) {
  switch (dice.below(4)) {
    case 0: code.builtin = static_cast<int32_t>(dice.below(220)); break;
    case 1: dice.change(code.version); break;
    case 2: dice.change(code.custom); break;
    default: code.version = static_cast<int32_t>(dice.below(12));
  }
}

// Contents of constants: shapes, axes and indices are read from them.
void mutate_buffer(Bytes& buffer, Dice& dice) {
  constexpr size_t kLargest = 4096;
  if (buffer.size() > kLargest) return;
  std::vector<std::byte> bytes(buffer.view().begin(), buffer.view().end());
  if (bytes.size() >= sizeof(int32_t) && dice.one_in(2)) {
    const size_t at = dice.below(bytes.size() / sizeof(int32_t)) * sizeof(int32_t);
    const auto value = static_cast<int32_t>(dice.number(1));
    std::memcpy(bytes.data() + at, &value, sizeof value);
  } else {
    dice.change_list(bytes);
  }
  buffer = Bytes::own(std::move(bytes));
}

void mutate_signature(codec::TfliteSignature& signature, Dice& dice) {
  auto& entries = dice.one_in(2) ? signature.inputs : signature.outputs;
  switch (dice.below(4)) {
    case 0: dice.change(signature.key); break;
    case 1: dice.change(signature.graph); break;
    case 2: dice.shuffle(entries); break;
    default:
      if (entries.empty()) entries.emplace_back();
      dice.any(entries).tensor = static_cast<uint32_t>(dice.below(8));
  }
}

}  // namespace

void mutate(codec::TfliteFile& file, Dice& dice) {
  for (size_t changes = 1 + dice.below(4); changes > 0; --changes) {
    switch (dice.below(12)) {
      case 0:
        if (!file.operator_codes.empty()) mutate_code(dice.any(file.operator_codes), dice);
        break;
      case 1:
      case 2:
        if (!file.buffers.empty()) mutate_buffer(dice.any(file.buffers), dice);
        break;
      case 3:
        if (dice.one_in(4) || file.signatures.empty()) file.signatures.push_back({"s", 0, {{"a", 0}}, {{"b", 1}}});
        mutate_signature(dice.any(file.signatures), dice);
        break;
      case 4:
        if (dice.one_in(4)) {
          file.metadata.push_back({"m", static_cast<uint32_t>(dice.below(file.buffers.size() + 1))});
        } else {
          dice.shuffle(file.metadata);
        }
        break;
      default:
        if (!file.graphs.empty()) mutate_graph(dice.any(file.graphs), file, dice);
    }
  }
}

}  // namespace pestle::fuzz
