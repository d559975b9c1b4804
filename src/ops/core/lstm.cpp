#include "ops/core/lstm.h"

#include <algorithm>

#include "ops/core/lstm_float.h"
#include "ops/core/lstm_integer.h"

namespace pestle::ops {

int LstmPlaces::peephole(LstmGate gate) const {
  switch (gate) {
    case kInputGate: return weights + 8;
    case kForgetGate: return weights + 9;
    case kOutputGate: return weights + 10;
    case kCellGate: return -1;
  }
  return -1;
}

LstmExtents lstm_extents(const Shape& weights, const Shape& recurrent) {
  return {weights[1], weights[0], recurrent.back(0)};
}

namespace {

Status invalid(const char* message) { return fail(ErrorCode::kInvalidModel, message); }

// An operand of each gate: the input gate's is there if `with_input_gate`, those of the others if `with_others`.
Status check_gates(const Inference& in, int (LstmPlaces::*place)(LstmGate) const, const LstmPlaces& places,
                   bool with_input_gate, bool with_others) {
  for (const LstmGate gate : kLstmGates) {
    const int at = (places.*place)(gate);
    if (at < 0) continue;
    if (in.has(at) != (gate == kInputGate ? with_input_gate : with_others))
      return fail(ErrorCode::kInvalidModel, "input " + std::to_string(at) + (in.has(at) ? " is given" : " is missing") +
                                                " while those of other gates are not alike");
  }
  return {};
}

Status check_presence(const Inference& in, const LstmPlaces& places) {
  const bool full = in.has(places.input(kInputGate));
  const bool peephole = in.has(places.peephole(kForgetGate)), norm = in.has(places.norm(kForgetGate));
  const bool aux = in.has(places.aux_input(kForgetGate));
  PESTLE_TRY(check_gates(in, &LstmPlaces::input, places, full, true));
  PESTLE_TRY(check_gates(in, &LstmPlaces::recurrent, places, full, true));
  PESTLE_TRY(check_gates(in, &LstmPlaces::bias, places, full, true));
  PESTLE_TRY(check_gates(in, &LstmPlaces::peephole, places, full && peephole, peephole));
  PESTLE_TRY(check_gates(in, &LstmPlaces::norm, places, full && norm, norm));
  PESTLE_TRY(check_gates(in, &LstmPlaces::aux_input, places, full && aux, aux));
  if (in.has(places.projection_bias()) && !in.has(places.projection()))
    return invalid("there is a bias of a projection without a projection");
  return {};
}

Status check_optional_shape(const Inference& in, int operand, const Shape& expected) {
  return in.has(operand) ? check_operand_shape(in, operand, expected) : Status{};
}

// The recurrent weights may be a diagonal, in float32.
Status check_recurrent(const Inference& in, int operand, const LstmExtents& n) {
  if (!in.has(operand)) return {};
  if (in.shape(operand).rank() != 1) return check_operand_shape(in, operand, {n.cells, n.outputs});
  if (in.dtype(operand) != DType::kFloat32) return invalid("a diagonal of recurrent weights must be float32");
  return check_operand_shape(in, operand, {n.cells});
}

Status check_shapes(const Inference& in, const LstmPlaces& places, const LstmExtents& n, const LstmFeed& feed) {
  for (const LstmGate gate : kLstmGates) {
    PESTLE_TRY(check_optional_shape(in, places.input(gate), {n.cells, feed.length}));
    PESTLE_TRY(check_recurrent(in, places.recurrent(gate), n));
    PESTLE_TRY(check_optional_shape(in, places.peephole(gate), {n.cells}));
    PESTLE_TRY(check_optional_shape(in, places.bias(gate), {n.cells}));
    PESTLE_TRY(check_optional_shape(in, places.norm(gate), {n.cells}));
    PESTLE_TRY(check_optional_shape(in, places.aux_input(gate), {n.cells, feed.aux_length}));
  }
  PESTLE_TRY(check_optional_shape(in, places.projection(), {n.outputs, n.cells}));
  PESTLE_TRY(check_optional_shape(in, places.projection_bias(), {n.outputs}));
  PESTLE_TRY(check_operand_shape(in, places.hidden(), {feed.batches, n.outputs}));
  PESTLE_TRY(check_operand_shape(in, places.cell(), {feed.batches, n.cells}));
  if (!in.has(places.projection()) && n.outputs != n.cells)
    return invalid("without a projection the output must be as wide as the cell");
  return {};
}

Status check_weight_scales(const Inference& in, const LstmPlaces& places) {
  for (int i = places.weights; i <= places.projection(); ++i) {
    if (in.has(i) && in.dtype(i) == DType::kInt8) PESTLE_TRY(check_one_scale(in.type(i), "weights"));
  }
  for (int i = places.aux_weights; i >= 0 && i < places.aux_weights + 4; ++i) {
    if (in.has(i)) PESTLE_TRY(check_one_scale(in.type(i), "weights"));
  }
  return {};
}

}  // namespace

Status check_lstm(const Inference& in, const LstmPlaces& places, const LstmFeed& feed) {
  PESTLE_TRY(check_presence(in, places));
  const Shape& w = in.shape(places.input(kOutputGate));
  const Shape& r = in.shape(places.recurrent(kOutputGate));
  if (w.rank() != 2 || r.rank() < 1 || r.rank() > 2 || w[0] <= 0 || w[1] <= 0 || r.back(0) <= 0)
    return fail(ErrorCode::kInvalidModel,
                "weights of shapes " + to_string(w) + " and " + to_string(r) + " are not those of a cell");
  if (!(kCellClip(in.node()) >= 0.0f) || !(kProjectionClip(in.node()) >= 0.0f))
    return invalid("a clip must not be negative");
  PESTLE_TRY(check_shapes(in, places, lstm_extents(w, r), feed));
  if (in.dtype(places.x) == DType::kInt8) return check_integer_lstm(in, places);
  PESTLE_TRY(check_cell_activation(kFusedActivation(in.node())));
  return check_weight_scales(in, places);
}

namespace {

void run_float(const Evaluation& e, const LstmRun& run, const LstmExtents& n) {
  const FloatLstm cell(e, run.places);
  const Sequence& s = run.sequence;
  const bool has_aux = e.has(run.places.aux) && e.has(run.places.aux_input(kOutputGate));
  const int64_t aux_length = has_aux ? e.inputs[run.places.aux].shape().back(0) : 0;
  const float* aux = has_aux ? e.inputs[run.places.aux].as<float>() : nullptr;
  for (int64_t b = 0; b < s.batches; ++b) {
    float* h = e.inputs[run.places.hidden()].state<float>() + b * n.outputs;
    float* c = e.inputs[run.places.cell()].state<float>() + b * n.cells;
    for (int64_t t = 0; t < s.steps; ++t) {
      const int64_t row = s.row(b, run.is_backward ? s.steps - 1 - t : t);
      cell.step(e.inputs[run.places.x].as<float>() + row * n.inputs, has_aux ? aux + row * aux_length : nullptr, h, c);
      std::copy_n(h, n.outputs, reinterpret_cast<float*>(run.y) + row * run.stride);
    }
  }
}

void run_integer(const Evaluation& e, const LstmRun& run, const LstmExtents& n) {
  const IntegerLstm cell(e, run.places);
  const Sequence& s = run.sequence;
  for (int64_t b = 0; b < s.batches; ++b) {
    int8_t* h = e.inputs[run.places.hidden()].state<int8_t>() + b * n.outputs;
    int16_t* c = e.inputs[run.places.cell()].state<int16_t>() + b * n.cells;
    for (int64_t t = 0; t < s.steps; ++t) {
      const int64_t row = s.row(b, t);
      const auto together = run.rows_together ? IntegerLstm::Row{b, s.batches} : IntegerLstm::Row{};
      cell.step(e.inputs[run.places.x].as<int8_t>() + row * n.inputs, h, c, together);
      std::copy_n(h, n.outputs, reinterpret_cast<int8_t*>(run.y) + row * run.stride);
    }
  }
}

}  // namespace

void run_lstm(const Evaluation& e, const LstmRun& run) {
  const LstmExtents n = lstm_extents(e.inputs[run.places.input(kOutputGate)].shape(),
                                     e.inputs[run.places.recurrent(kOutputGate)].shape());
  e.inputs[run.places.x].dtype() == DType::kInt8 ? run_integer(e, run, n) : run_float(e, run, n);
}

int64_t lstm_macs(const NodeView& view, const LstmPlaces& places) {
  int64_t sum = 0;
  const int last = places.projection();
  for (int i = places.weights; i <= last; ++i) {
    const bool is_weight = i < places.bias(kInputGate) || i == last;
    if (is_weight && view.has_input(i)) sum += view.input(i).shape.elements();
  }
  for (int i = places.aux_weights; i >= 0 && i < places.aux_weights + 4; ++i) {
    if (view.has_input(i)) sum += view.input(i).shape.elements();
  }
  return sum;
}

}  // namespace pestle::ops
