// Operators that keep state. A case is one run from fresh state; sequences have several steps.
#include "parity/generator.h"

namespace pestle::parity {
namespace {

Status settle(const Case& c) { return c.runs_hybrid() ? c.refuse_inner_ties() : Status{}; }

void cell_options(Case& c) {
  c.set("fused_activation_function", std::string(c.any_of({"NONE", "RELU", "RELU6", "RELU_N1_TO_1", "TANH"})));
  if (c.in(1) == DType::kInt8) c.set("asymmetric_quantize_inputs", c.chance(50));
}

// Codes are small enough that TANH does not become 1: what is 1 and -1 lies on ties of the asymmetric quantizer.
void cell_weights(Case& c, DType dtype, Shape shape) {
  const bool codes = dtype == DType::kInt8;
  ir::Type type{dtype, std::move(shape), nullptr};
  if (codes) type.quantization = ir::per_tensor(static_cast<float>(c.log_real(1e-3, 1e-2)), 0);
  c.constant(type, codes ? Range{-127, 127} : Range{-0.7, 0.7});
}

void draw_cell(Case& c, const Shape& x, int64_t batches) {
  const int64_t units = c.integer(1, 7);
  cell_options(c);
  c.input({DType::kFloat32, x, nullptr}, Range{-2, 2});
  c.avoid_ties(0, x.elements() / x.back(0));
  cell_weights(c, c.in(1), {units, x.back(0)});
  cell_weights(c, c.in(1), {units, units});
  c.constant({DType::kFloat32, {units}, nullptr}, Range{-1, 1});
  c.state({DType::kFloat32, {batches, units}, nullptr});
}

Status draw_rnn(Case& c) {
  const Shape x = c.shape(2);
  draw_cell(c, x, x[0]);
  return settle(c);
}

Status draw_sequence_rnn(Case& c) {
  const Shape x = c.shape(3);
  const bool time_major = c.chance(50);
  c.set("time_major", time_major);
  draw_cell(c, x, x[time_major ? 1 : 0]);
  return settle(c);
}

// Where TFLite's kernel is right: with int8 weights and the time first, sequences of one step, and merged outputs only
// with asymmetric codes; with int8 weights or the time first, a second input as wide as the first; with the batch
// first, a second input with weights.
Status draw_bidirectional_rnn(Case& c) {
  Shape x = c.shape(3);
  const bool time_major = c.chance(50), merges = c.chance(50), aux = c.chance(50);
  const bool stacked = !time_major || c.chance(60);
  if (time_major && c.in(1) == DType::kInt8) x[0] = 1;
  const int64_t batches = x[time_major ? 1 : 0],
                length = time_major || c.in(1) == DType::kInt8 ? x[2] : c.integer(1, 6);
  c.set("time_major", time_major);
  c.set("merge_outputs", merges);
  cell_options(c);
  if (time_major && merges && c.in(1) == DType::kInt8) c.set("asymmetric_quantize_inputs", true);
  c.input({DType::kFloat32, x, nullptr}, Range{-2, 2});
  c.avoid_ties(0, x[0] * x[1]);
  int64_t units[2] = {c.integer(1, 7), c.integer(1, 7)};
  for (const int64_t count : units) {
    cell_weights(c, c.in(1), {count, x[2]});
    cell_weights(c, c.in(1), {count, count});
    c.constant({DType::kFloat32, {count}, nullptr}, Range{-1, 1});
    c.state({DType::kFloat32, {batches, count}, nullptr});
  }
  const int second = aux ? c.input({DType::kFloat32, {x[0], x[1], length}, nullptr}, Range{-2, 2}) : c.absent();
  if (aux) c.avoid_ties(second, x[0] * x[1]);
  for (const int64_t count : units) aux&& stacked ? cell_weights(c, c.in(1), {count, length}) : (void)c.absent();
  c.outputs(merges ? 1 : 2);
  return settle(c);
}

Status draw_svdf(Case& c) {
  const Shape x = c.shape(2);
  const int64_t units = c.integer(1, 6), rank = c.integer(1, 3), memory = c.integer(1, 7);
  c.set("rank", rank);
  const Shape state{x[0], units * rank * memory};
  if (c.in(0) == DType::kInt8) {
    c.set("fused_activation_function", std::string("RELU"));
    const auto scaled = [](DType dtype, Shape shape, double scale, int64_t zero) {
      return ir::Type{dtype, std::move(shape), ir::per_tensor(static_cast<float>(scale), zero)};
    };
    const double s = c.real(3e-4, 2e-3), t = c.real(1e-5, 4e-5);
    c.input(scaled(DType::kInt8, x, c.real(0.005, 0.05), c.integer(-128, 127)));
    c.constant(scaled(DType::kInt8, {units * rank, x[1]}, c.real(0.002, 0.01), 0), Range{-127, 127});
    c.constant(scaled(DType::kInt16, {units * rank, memory}, t, 0));
    c.constant(scaled(DType::kInt32, {units}, s * t, 0), Range{-2e7, 2e7});
    c.state(scaled(DType::kInt16, state, s, 0));
    c.fixed(static_cast<float>(c.real(0.02, 0.1)), c.integer(-100, 100));
    return {};
  }
  cell_options(c);
  c.input({DType::kFloat32, x, nullptr}, Range{-2, 2});
  c.avoid_ties(0, x[0]);
  cell_weights(c, c.in(1), {units * rank, x[1]});
  cell_weights(c, c.in(2), {units * rank, memory});
  c.constant({DType::kFloat32, {units}, nullptr}, Range{-1, 1});
  c.state({DType::kFloat32, state, nullptr});
  return settle(c);
}

}  // namespace

std::vector<Generator> generators_recurrent() {
  return {{.operators = {"RNN"}, .draw = draw_rnn},
          {.operators = {"UNIDIRECTIONAL_SEQUENCE_RNN"}, .draw = draw_sequence_rnn},
          {.operators = {"BIDIRECTIONAL_SEQUENCE_RNN"}, .draw = draw_bidirectional_rnn},
          {.operators = {"SVDF"}, .draw = draw_svdf}};
}

}  // namespace pestle::parity
