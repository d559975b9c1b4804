#include "flows/layers.h"

#include <algorithm>
#include <cmath>

#include "eval/runner.h"
#include "eval/similarity.h"
#include "flows/code_range.h"
#include "flows/diagnose.h"
#include "ops/core/registry.h"

namespace pestle::flows {

// One pair of layers over all samples.
struct LayerWalk::Sums {
  eval::Similarity similarity;
  std::optional<CodeRange> range;
  size_t values = 0, beyond = 0;
  double energy = 0;

  void add(std::span<const float> original, std::span<const float> other) {
    similarity.add(original, other);
    values += original.size();
    for (float value : original) energy += static_cast<double>(value) * static_cast<double>(value);
    if (range) beyond += count_beyond(original, *range);
  }
  double saturation() const { return values == 0 ? 0 : static_cast<double>(beyond) / static_cast<double>(values); }
  double typical_steps() const {
    return range && values > 0 ? std::sqrt(energy / static_cast<double>(values)) / range->step : 0;
  }
};

LayerWalk::LayerWalk(std::shared_ptr<const runtime::Plan> a, std::shared_ptr<const runtime::Plan> b, ThreadPool& pool)
    : a_(std::move(a), pool), b_(std::move(b), pool), pairs_(match_layers(this->a(), this->b())), sums_(pairs_.size()) {
  for (size_t p = 0; p < pairs_.size(); ++p) sums_[p].range = code_range(this->b().values[pairs_[p].b].type);
}

LayerWalk::~LayerWalk() = default;

// Values live only until memory is used again, so a's are kept until b has computed theirs.
Status LayerWalk::add(std::span<const Tensor> inputs, std::span<const Tensor> inputs_of_b) {
  a_.reset_variables();
  b_.reset_variables();
  PESTLE_TRY(set_inputs(inputs, inputs_of_b));
  std::vector<std::vector<float>> kept(pairs_.size());
  PESTLE_TRY(a_.run([&](size_t node) {
    for (size_t p = 0; p < pairs_.size(); ++p) {
      if (pairs_[p].node_a == node) kept[p] = eval::real_values(a_.value(pairs_[p].a), a().values[pairs_[p].a].type);
    }
  }));
  return b_.run([&](size_t node) {
    for (size_t p = 0; p < pairs_.size(); ++p) {
      if (pairs_[p].node_b != node) continue;
      sums_[p].add(kept[p], eval::real_values(b_.value(pairs_[p].b), b().values[pairs_[p].b].type));
      kept[p].clear();
    }
  });
}

Status LayerWalk::set_inputs(std::span<const Tensor> inputs, std::span<const Tensor> inputs_of_b) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    const ir::Type& given = a().values[a().inputs[i]].type;
    const ir::Type& wanted = b().values[b().inputs[i]].type;
    const int position = static_cast<int>(i);
    PESTLE_TRY(a_.set_input(position, inputs[i].view()));
    if (!inputs_of_b.empty()) {
      PESTLE_TRY(b_.set_input(position, inputs_of_b[i].view()));
    } else if (given == wanted) {
      PESTLE_TRY(b_.set_input(position, inputs[i].view()));
    } else {
      PESTLE_TRY(b_.set_input(position, eval::convert(inputs[i].view(), given, wanted).view()));
    }
  }
  return {};
}

std::vector<float> LayerWalk::output_a(size_t o) const {
  return eval::real_values(a_.output(static_cast<int>(o)), a().values[a().outputs[o]].type);
}

std::vector<float> LayerWalk::output_b(size_t o) const {
  return eval::real_values(b_.output(static_cast<int>(o)), b().values[b().outputs[o]].type);
}

// Every value of b has an SQNR: its own where it has a counterpart, else the worst of what its node reads.
LayerFindings LayerWalk::findings() const {
  LayerFindings found;
  std::vector<double> sqnr(b().values.size(), kGood);
  size_t next = 0;
  for (size_t n = 0; n < b().nodes.size(); ++n) {
    const ir::Node& node = b().nodes[n];
    double worst = kGood;
    for (ir::ValueId id : node.inputs) worst = std::min(worst, id == ir::kNoValue ? kGood : sqnr[id]);
    for (ir::ValueId id : node.outputs) {
      if (id != ir::kNoValue) sqnr[id] = worst;
    }
    const bool is_conversion = ops::traits_of(node).is_conversion;
    if ((next == pairs_.size() || pairs_[next].node_b != n) && !is_conversion) ++found.unmatched;
    for (; next < pairs_.size() && pairs_[next].node_b == n; ++next)
      sqnr[pairs_[next].b] = add_layer(next, worst, found);
  }
  blame(found);
  return found;
}

double LayerWalk::add_layer(size_t p, double worst_read, LayerFindings& found) const {
  const Sums& sums = sums_[p];
  LayerComparison layer;
  layer.name = a().values[pairs_[p].a].name;
  layer.op = b().nodes[pairs_[p].node_b].op;
  layer.sqnr_db = sums.similarity.sqnr_db();
  layer.cosine = sums.similarity.cosine();
  layer.saturation = sums.saturation();
  layer.lost_db = std::max(0.0, worst_read - layer.sqnr_db);
  if (!found.first_part && layer.sqnr_db < kPartsBelow) found.first_part = found.layers.size();
  found.layers.push_back(layer);
  return layer.sqnr_db;
}

void LayerWalk::blame(LayerFindings& found) const {
  const auto blamable = [](const LayerComparison& layer) { return layer.sqnr_db < kBlamedBelow ? layer.lost_db : 0.0; };
  const auto less = [&](const LayerComparison& x, const LayerComparison& y) { return blamable(x) < blamable(y); };
  const auto most = std::max_element(found.layers.begin(), found.layers.end(), less);
  if (most == found.layers.end() || blamable(*most) <= 0) return;
  const auto p = static_cast<size_t>(most - found.layers.begin());
  const std::vector<std::string>& sources = a().nodes[pairs_[p].node_a].sources;
  const LayerEvidence evidence{sources.empty() ? most->name : sources[0], most->saturation, sums_[p].typical_steps()};
  const Diagnosis diagnosis = diagnose(b(), b().nodes[pairs_[p].node_b], evidence);
  found.blame = Blame{p, evidence.name, diagnosis.why, diagnosis.mend};
}

}  // namespace pestle::flows
