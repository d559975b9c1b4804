#include "runtime/slices.h"

#include <algorithm>
#include <array>

#include "kernels/elementwise/elementwise.h"
#include "ops/core/per_channel.h"
#include "ops/core/registry.h"

namespace pestle::runtime {
namespace {

// Elements that are worth a thread's start.
constexpr int64_t kGrain = 4096;

// The reference of an operator of one operand over rows of any number.
struct RowReference {
  const ops::OpDef* def;
  ir::Node node;
  ir::Type input, output;
  int64_t row;

  Status run(const std::byte* in, std::byte* out, int64_t rows) const {
    ir::Type from = input, to = output;
    from.shape = to.shape = Shape{rows, row};
    const ops::InputOperand inputs[] = {{&from, in}};
    const ops::OutputOperand outputs[] = {{&to, out}};
    return def->evaluate({node, inputs, outputs});
  }
};

std::optional<RowReference> reference_of(const BindRequest& request, int64_t row) {
  const ir::Type& input = request.input(0);
  const ir::Type& output = request.output(0);
  const bool whole_bytes = dtype_bits(input.dtype) >= 8 && dtype_bits(output.dtype) >= 8;
  if (!whole_bytes || ops::is_per_channel(input) || ops::is_per_channel(output)) return std::nullopt;
  return RowReference{ops::find(request.node()), request.node(), input, output, row};
}

// out[i] = table[code in[i] as a byte], entries wider than a byte.
template <typename Entry>
void look_up(const std::byte* table, const StepContext& context, int64_t first, int64_t last) {
  const auto* entries = reinterpret_cast<const Entry*>(table);
  const uint8_t* in = context.in<uint8_t>(0);
  Entry* out = context.out<Entry>(0);
  for (int64_t i = first; i < last; ++i) out[i] = entries[in[i]];
}

void look_up(const std::byte* table, size_t entry_bytes, const StepContext& context, int64_t first, int64_t last) {
  if (entry_bytes == 1) {
    const kernels::TableArgs args{reinterpret_cast<const uint8_t*>(table), context.in<uint8_t>(0),
                                  context.out<uint8_t>(0)};
    kernels::best_table().run(args, first, last);
  } else if (entry_bytes == 2) {
    look_up<uint16_t>(table, context, first, last);
  } else {
    look_up<uint32_t>(table, context, first, last);
  }
}

}  // namespace

std::optional<Step> bind_table(const BindRequest& request) {
  const DType dtype = request.input(0).dtype;
  if (dtype != DType::kInt8 && dtype != DType::kUInt8) return std::nullopt;
  const auto reference = reference_of(request, 1);
  const auto entry_bytes = static_cast<size_t>(dtype_bits(request.output(0).dtype)) / 8;
  if (!reference || (entry_bytes != 1 && entry_bytes != 2 && entry_bytes != 4)) return std::nullopt;
  std::array<std::byte, 256> codes;
  for (size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::byte>(i);
  PackedMemory table(codes.size() * entry_bytes);
  if (!reference->run(codes.data(), table.data(), static_cast<int64_t>(codes.size()))) return std::nullopt;
  const int64_t elements = request.output(0).shape.elements();
  const auto run = [table, entry_bytes, elements](const StepContext& context) {
    context.pool.parallel_ranges(elements, kGrain, [&](int64_t first, int64_t last) {
      look_up(table.data(), entry_bytes, context, first, last);
    });
    return Status{};
  };
  return Step{entry_bytes == 1 ? kernels::best_table().name : "table", run, 0};
}

std::optional<Step> bind_slices(const BindRequest& request, int64_t row) {
  const auto reference = reference_of(request, row);
  if (!reference || row <= 0) return std::nullopt;
  const int64_t rows = request.output(0).shape.elements() / row;
  const int64_t in_bytes = row * dtype_bits(request.input(0).dtype) / 8;
  const int64_t out_bytes = row * dtype_bits(request.output(0).dtype) / 8;
  const auto run = [reference = *reference, rows, in_bytes, out_bytes](const StepContext& context) {
    // References of these operators fail on types only, which were checked.
    const int64_t grain = std::max<int64_t>(1, kGrain / reference.row);
    context.pool.parallel_ranges(rows, grain, [&](int64_t first, int64_t last) {
      (void)reference.run(context.inputs[0] + first * in_bytes, context.outputs[0] + first * out_bytes, last - first);
    });
    return Status{};
  };
  return Step{"reference, slices", run, 0};
}

}  // namespace pestle::runtime
