// Where the values of a plan lie: how long each is needed, which share a place, and where the variables are.
#include <algorithm>

#include "ops/core/registry.h"
#include "runtime/arena.h"
#include "runtime/plan.h"

namespace pestle::runtime {

int first_byte(const ir::Type& type) {
  const bool has_zero = type.dtype == DType::kInt8 && type.quantization && !type.quantization->zero_point.empty();
  return has_zero ? type.zero_point() : 0;
}

size_t Plan::bytes_of(ir::ValueId id) const {
  const ir::Type& type = graph_.values[id].type;
  return storage_bytes(type.dtype, checked_elements(type.shape).value_or(0));
}

// Inputs live through the whole run; outputs of the graph until its end.
Plan::Lives Plan::find_lives() const {
  const int end = static_cast<int>(graph_.nodes.size());
  Lives lives{std::vector<int>(graph_.values.size(), -1), std::vector<int>(graph_.values.size(), -1)};
  for (ir::ValueId id : graph_.inputs) lives.first[id] = 0, lives.last[id] = end;
  for (int n = 0; n < end; ++n) {
    for (ir::ValueId id : graph_.nodes[n].outputs) {
      if (id != ir::kNoValue) lives.first[id] = lives.last[id] = n;
    }
    for (ir::ValueId id : graph_.nodes[n].inputs) {
      if (id != ir::kNoValue) lives.last[id] = std::max(lives.last[id], n);
    }
  }
  for (ir::ValueId id : graph_.outputs) lives.last[id] = end;
  return lives;
}

// The value whose place each value has. A copy (RESHAPE) or an elementwise operator whose input nobody reads
// afterwards writes over that input, which then lives as long as the output.
std::vector<ir::ValueId> Plan::share_places(Lives& lives) const {
  std::vector<ir::ValueId> home(graph_.values.size());
  for (size_t i = 0; i < home.size(); ++i) home[i] = static_cast<ir::ValueId>(i);
  for (int n = 0; n < static_cast<int>(graph_.nodes.size()); ++n) {
    const ir::Node& node = graph_.nodes[n];
    const ops::Traits& traits = ops::find(node)->traits;
    const bool may = traits.is_copy || traits.output_may_share_input;
    if (!may || is_folded(node) || node.inputs.empty()) continue;
    const ir::ValueId in = node.inputs[0], out = node.outputs[0];
    if (in == ir::kNoValue || out == ir::kNoValue) continue;
    const bool intermediate = lives.first[in] >= 0 && !graph_.values[in].is_constant() && !ir::is_input(graph_, in);
    if (!intermediate || lives.last[home[in]] != n || bytes_of(in) != bytes_of(out)) continue;
    home[out] = home[in];
    lives.last[home[in]] = lives.last[out];
  }
  return home;
}

void Plan::place_values() {
  Lives lives = find_lives();
  const std::vector<ir::ValueId> home = share_places(lives);
  std::vector<Lifetime> lifetimes;
  std::vector<int> slot(graph_.values.size(), -1);
  for (size_t i = 0; i < home.size(); ++i) {
    if (graph_.values[i].is_constant() || lives.first[i] < 0 || home[i] != static_cast<ir::ValueId>(i)) continue;
    slot[i] = static_cast<int>(lifetimes.size());
    lifetimes.push_back({bytes_of(home[i]), lives.first[i], lives.last[i]});
  }
  const ArenaLayout layout = lay_out(lifetimes);
  arena_bytes_ = layout.bytes;
  placements_.resize(graph_.values.size());
  for (size_t i = 0; i < home.size(); ++i) {
    const auto id = static_cast<ir::ValueId>(i);
    if (graph_.values[i].is_constant()) {
      placements_[i] = {Placement::kConstant, 0, graph_.values[i].data->size()};
    } else if (lives.first[i] >= 0) {
      const auto kind = ir::is_input(graph_, id) ? Placement::kInput : Placement::kArena;
      placements_[i] = {kind, layout.offsets[slot[home[i]]], bytes_of(id)};
    }
  }
}

// Variables keep their contents from run to run, so each has bytes of its own.
void Plan::place_variables() {
  constexpr size_t kAlignment = 64;
  for (size_t i = 0; i < graph_.values.size(); ++i) {
    if (!graph_.values[i].is_variable || placements_[i].kind != Placement::kUnused) continue;
    const size_t bytes = bytes_of(static_cast<ir::ValueId>(i));
    placements_[i] = {Placement::kVariable, variable_bytes_, bytes};
    variable_bytes_ += (bytes + kAlignment - 1) / kAlignment * kAlignment;
  }
}

}  // namespace pestle::runtime
