// LSTM cells: with and without input gate, peephole, projection, layer norm and clips.
#include <algorithm>
#include <cmath>

#include "parity/generator.h"

namespace pestle::parity {
namespace {

Status settle(const Case& c) { return c.runs_hybrid() ? c.refuse_inner_ties() : Status{}; }

ir::Type scaled(DType dtype, Shape shape, double scale, int64_t zero = 0) {
  return {dtype, std::move(shape), ir::per_tensor(static_cast<float>(scale), zero)};
}

// What a cell has, and its extents.
struct Cell {
  int64_t inputs = 1, cells = 1, outputs = 1, aux = 0;
  bool input_gate = true, peephole = false, projection = false, norm = false;
  // Integer cells only.
  double x_scale = 0, h_scale = 0, hidden_scale = 0;
  int64_t h_zero = 0, hidden_zero = 0;
  int cell_exponent = -12;

  bool has_gate(int gate) const { return gate != 0 || input_gate; }
};

Cell draw_cell(Case& c, int64_t inputs) {
  Cell cell;
  cell.inputs = inputs;
  cell.cells = c.chance(15) ? c.integer(15, 35) : c.integer(1, 7);
  cell.input_gate = !c.chance(30);
  cell.peephole = c.chance(40);
  cell.projection = c.chance(40);
  cell.norm = c.chance(40);
  // A projection to more values than the cell has overruns memory of TFLite's kernels.
  cell.outputs = cell.projection ? c.integer(1, std::min<int64_t>(cell.cells, 7)) : cell.cells;
  if (c.chance(40)) c.set("cell_clip", static_cast<float>(c.real(0.3, 2)));
  if (c.chance(40)) c.set("proj_clip", static_cast<float>(c.real(0.3, 1)));
  return cell;
}

void put_weights(Case& c, Shape shape) {
  const bool codes = c.in(1) == DType::kInt8;
  c.constant(codes ? scaled(DType::kInt8, std::move(shape), c.real(0.002, 0.01)) : ir::Type{DType::kFloat32, shape, {}},
             codes ? Range{-127, 127} : Range{-0.9, 0.9});
}

void put_floats(Case& c, int64_t count, Range range) { c.constant({DType::kFloat32, {count}, nullptr}, range); }

// Operands 1 to 17: what the gates read.
void put_float_cell(Case& c, const Cell& cell) {
  for (int gate = 0; gate < 4; ++gate)
    cell.has_gate(gate) ? put_weights(c, {cell.cells, cell.inputs}) : (void)c.absent();
  for (int gate = 0; gate < 4; ++gate)
    cell.has_gate(gate) ? put_weights(c, {cell.cells, cell.outputs}) : (void)c.absent();
  for (int gate = 0; gate < 3; ++gate)
    cell.peephole&& cell.has_gate(gate) ? put_weights(c, {cell.cells}) : (void)c.absent();
  for (int gate = 0; gate < 4; ++gate) cell.has_gate(gate) ? put_floats(c, cell.cells, {-1, 1}) : (void)c.absent();
  cell.projection ? put_weights(c, {cell.outputs, cell.cells}) : (void)c.absent();
  cell.projection&& c.chance(60) ? put_floats(c, cell.outputs, {-0.5, 0.5}) : (void)c.absent();
}

void put_float_norm(Case& c, const Cell& cell) {
  if (!cell.norm && c.chance(30)) return;
  for (int gate = 0; gate < 4; ++gate)
    cell.norm&& cell.has_gate(gate) ? put_floats(c, cell.cells, {0.2, 1.5}) : (void)c.absent();
}

void draw_float(Case& c, const Shape& x, int64_t batches) {
  const bool codes = c.in(1) == DType::kInt8;
  c.set("fused_activation_function", std::string(c.chance(60) ? "TANH" : c.any_of({"RELU", "RELU6", "RELU_N1_TO_1"})));
  if (codes) c.set("asymmetric_quantize_inputs", c.chance(50));
  const Cell cell = draw_cell(c, x.back(0));
  c.input({DType::kFloat32, x, nullptr}, Range{-2, 2});
  c.avoid_ties(0, x.elements() / x.back(0));
  put_float_cell(c, cell);
  c.state({DType::kFloat32, {batches, cell.outputs}, nullptr});
  c.state({DType::kFloat32, {batches, cell.cells}, nullptr});
  put_float_norm(c, cell);
}

// The weights of two products and a vector of each gate, and the projection.
void put_integer_cell(Case& c, const Cell& cell, double norm_scale) {
  double scales[4] = {};
  for (int gate = 0; gate < 4; ++gate) {
    scales[gate] = c.log_real(0.002, 0.02);
    cell.has_gate(gate)
        ? (void)c.constant(scaled(DType::kInt8, {cell.cells, cell.inputs}, scales[gate]), Range{-127, 127})
        : (void)c.absent();
  }
  for (int gate = 0; gate < 4; ++gate)
    cell.has_gate(gate) ? put_weights(c, {cell.cells, cell.outputs}) : (void)c.absent();
  for (int gate = 0; gate < 3; ++gate)
    cell.peephole&& cell.has_gate(gate)
        ? (void)c.constant(scaled(DType::kInt16, {cell.cells}, c.log_real(1e-5, 1e-4)), Range{-32767, 32767})
        : (void)c.absent();
  for (int gate = 0; gate < 4; ++gate) {
    const double scale = cell.norm ? norm_scale / 1024 : cell.x_scale * scales[gate];
    cell.has_gate(gate) ? (void)c.constant(scaled(DType::kInt32, {cell.cells}, scale), Range{-1 / scale, 1 / scale})
                        : (void)c.absent();
  }
  if (!cell.projection) {
    c.absent();
    c.absent();
    return;
  }
  const double scale = c.log_real(0.002, 0.01), bias = scale * cell.hidden_scale;
  c.constant(scaled(DType::kInt8, {cell.outputs, cell.cells}, scale), Range{-127, 127});
  c.chance(60) ? (void)c.constant(scaled(DType::kInt32, {cell.outputs}, bias), Range{-0.3 / bias, 0.3 / bias})
               : (void)c.absent();
}

void draw_integer(Case& c, const Shape& x, int64_t batches) {
  c.set("fused_activation_function", std::string("TANH"));
  Cell cell = draw_cell(c, x.back(0));
  cell.x_scale = c.log_real(0.005, 0.05);
  cell.h_scale = c.chance(50) ? 1.0 / 128 : c.log_real(0.006, 0.02);
  cell.h_zero = c.integer(-10, 10);
  cell.hidden_scale = cell.projection ? c.log_real(0.006, 0.02) : cell.h_scale;
  cell.hidden_zero = cell.projection ? c.integer(-10, 10) : cell.h_zero;
  cell.cell_exponent = static_cast<int>(c.integer(-15, -9));
  const double norm_scale = c.log_real(2e-5, 1e-4);
  c.input(scaled(DType::kInt8, x, cell.x_scale, c.zero_point(DType::kInt8)));
  put_integer_cell(c, cell, norm_scale);
  c.state(scaled(DType::kInt8, {batches, cell.outputs}, cell.h_scale, cell.h_zero));
  c.state(scaled(DType::kInt16, {batches, cell.cells}, std::ldexp(1.0, cell.cell_exponent)));
  for (int gate = 0; gate < 4; ++gate)
    cell.norm&& cell.has_gate(gate)
        ? (void)c.constant(scaled(DType::kInt16, {cell.cells}, norm_scale), Range{-32767, 32767})
        : (void)c.absent();
  for (int gate = 0; gate < 4; ++gate) c.intermediate(scaled(DType::kInt16, {}, c.log_real(5e-5, 1e-3)));
  c.intermediate(scaled(DType::kInt8, {}, cell.hidden_scale, cell.hidden_zero));
  c.fixed(static_cast<float>(cell.h_scale), cell.h_zero);
}

void draw(Case& c, const Shape& x, int64_t batches) {
  c.quantized() ? draw_integer(c, x, batches) : draw_float(c, x, batches);
}

Status draw_sequence(Case& c) {
  const Shape x = c.shape(3);
  const bool time_major = c.chance(50);
  c.set("time_major", time_major);
  draw(c, x, x[time_major ? 1 : 0]);
  return settle(c);
}

// The kernel BASIC: its codes of x and h stand for (q - 128) / 128, its state is in steps of 2^-11.
Status draw_basic(Case& c) {
  const Shape x = c.shape(2);
  const int64_t units = c.chance(15) ? c.integer(8, 20) : c.integer(1, 7), length = x[1] + units;
  c.set("kernel_type", std::string("BASIC"));
  c.set("fused_activation_function", std::string("TANH"));
  c.outputs(4);
  if (c.in(0) == DType::kFloat32) {
    const auto real = [](Shape shape) { return ir::Type{DType::kFloat32, std::move(shape), nullptr}; };
    c.input(real(x), Range{-2, 2});
    c.state(real({x[0], units}));
    c.constant(real({4 * units, length}), Range{-0.9, 0.9});
    c.constant(real({4 * units}), Range{-1, 1});
    c.state(real({x[0], units}));
    return {};
  }
  const double scale = c.log_real(0.002, 0.02), one = 1.0 / 128;
  c.input(scaled(DType::kUInt8, x, one, 128));
  c.state(scaled(DType::kUInt8, {x[0], units}, one, 128));
  c.constant(scaled(DType::kUInt8, {4 * units, length}, scale, c.integer(100, 156)), Range{1, 255});
  c.constant(scaled(DType::kInt32, {4 * units}, scale * one), Range{-1 / (scale * one), 1 / (scale * one)});
  c.state(scaled(DType::kInt16, {x[0], units}, 1.0 / 2048));
  c.declared(0) = c.declared(2) = scaled(DType::kUInt8, {}, one, 128);
  c.declared(1) = scaled(DType::kInt16, {}, 1.0 / 2048);
  c.declared(3) = scaled(DType::kInt16, {}, 1.0 / 4096);
  return {};
}

Status draw_step(Case& c) {
  if (c.def().is_form_of != nullptr) return draw_basic(c);
  const Shape x = c.shape(2);
  draw(c, x, x[0]);
  return settle(c);
}

// TFLite's kernel wants both cells of one size, and is right with merged outputs and the batch first for one batch
// only. The second input of a cell that has no weights for it is as wide as the first.
Status draw_bidirectional(Case& c) {
  Shape x = c.shape(3);
  const bool time_major = c.chance(60), merges = c.chance(50), aux = c.chance(50), stacked = c.chance(60);
  if (merges && !time_major) x[0] = 1;
  c.set("time_major", time_major);
  c.set("merge_outputs", merges);
  c.set("fused_activation_function", std::string(c.chance(60) ? "TANH" : c.any_of({"RELU", "RELU6", "RELU_N1_TO_1"})));
  if (c.in(1) == DType::kInt8) c.set("asymmetric_quantize_inputs", c.chance(50));
  const int64_t batches = x[time_major ? 1 : 0];
  Cell cells[2] = {draw_cell(c, x[2]), {}};
  cells[1] = cells[0];
  c.input({DType::kFloat32, x, nullptr}, Range{-2, 2});
  c.avoid_ties(0, x[0] * x[1]);
  for (const Cell& cell : cells) put_float_cell(c, cell);
  for (const Cell& cell : cells) {
    c.state({DType::kFloat32, {batches, cell.outputs}, nullptr});
    c.state({DType::kFloat32, {batches, cell.cells}, nullptr});
  }
  const int64_t length = stacked ? c.integer(1, 6) : x[2];
  const int second = aux ? c.input({DType::kFloat32, {x[0], x[1], length}, nullptr}, Range{-2, 2}) : c.absent();
  if (aux) c.avoid_ties(second, x[0] * x[1]);
  for (const Cell& cell : cells) {
    for (int gate = 0; gate < 4; ++gate)
      aux&& stacked&& cell.has_gate(gate) ? put_weights(c, {cell.cells, length}) : (void)c.absent();
  }
  c.outputs(merges ? 1 : 2);
  return settle(c);
}

}  // namespace

std::vector<Generator> generators_lstm() {
  return {{.operators = {"UNIDIRECTIONAL_SEQUENCE_LSTM"}, .draw = draw_sequence, .rescales = true},
          {.operators = {"LSTM"}, .draw = draw_step, .rescales = true},
          {.operators = {"BIDIRECTIONAL_SEQUENCE_LSTM"}, .draw = draw_bidirectional}};
}

}  // namespace pestle::parity
