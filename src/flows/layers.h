// Two models layer by layer on the same samples: where they part, and what the layer that loses most has against it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flows/match_layers.h"
#include "runtime/executor.h"

namespace pestle::flows {

// SQNR in dB. Eight bits well used give 30 and more; below 20 two layers no longer compute the same.
inline constexpr double kGood = 40.0, kBlamedBelow = 30.0, kPartsBelow = 20.0;

// A value of b against its counterpart in a.
struct LayerComparison {
  std::string name;
  std::string op;  // of b
  double sqnr_db = 0;
  double cosine = 0;
  double saturation = 0;  // share of b's codes at an end of their range whose original lies beyond it
  // By how much it falls below the worst of what it reads. What reads better than kGood counts as kGood, else the first
  // layer, whose input is exact, would always lose most.
  double lost_db = 0;
};

// The layer below kBlamedBelow that loses most.
struct Blame {
  size_t layer = 0;  // in `layers`
  std::string node;  // the source node, for patterns
  std::string why;   // one clause: "14.2 % of its values lie beyond the range it was calibrated for"
  std::string mend;  // what to do
};

struct LayerFindings {
  std::vector<LayerComparison> layers;  // in b's order
  size_t unmatched = 0;                 // layers of b without a counterpart
  std::optional<size_t> first_part;     // the first layer below kPartsBelow
  std::optional<Blame> blame;
};

// Runs both models on samples that are given in the types of a's inputs, and, where b's inputs are others, in b's too.
class LayerWalk {
 public:
  LayerWalk(std::shared_ptr<const runtime::Plan> a, std::shared_ptr<const runtime::Plan> b, ThreadPool& pool);
  ~LayerWalk();

  Status add(std::span<const Tensor> inputs, std::span<const Tensor> inputs_of_b = {});
  // Outputs of the sample that was added last.
  std::vector<float> output_a(size_t o) const;
  std::vector<float> output_b(size_t o) const;
  LayerFindings findings() const;

 private:
  struct Sums;
  Status set_inputs(std::span<const Tensor> inputs, std::span<const Tensor> inputs_of_b);
  double add_layer(size_t p, double worst_read, LayerFindings& found) const;
  void blame(LayerFindings& found) const;
  const ir::Graph& a() const { return a_.plan().graph(); }
  const ir::Graph& b() const { return b_.plan().graph(); }

  runtime::Executor a_, b_;
  std::vector<LayerPair> pairs_;
  std::vector<Sums> sums_;  // one a pair
};

}  // namespace pestle::flows
