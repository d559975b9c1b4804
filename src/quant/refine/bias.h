// Bias correction: what rounding does to the mean of each output channel is taken out of the biases.
//
// For a layer y = W x + b whose twin computes with rounded weights W' on inputs x' (integers, or floats where only
// weights are stored in fewer bits) that the layers before it have already disturbed, the mean error of channel c is
// mean(W x)_c - mean(W' x')_c. Both are linear in the input, so they are one run of the layer on the mean input, which
// needs no stored activations of the float model. Layers are corrected in order, each on inputs computed with all
// corrections before it.
//
// It adds no operator and no buffer: only the numbers in the biases change.
#pragma once

#include <vector>

#include "base/parallel.h"
#include "base/progress.h"
#include "base/samples.h"
#include "ir/graph.h"
#include "quant/calibrate.h"
#include "quant/plan.h"

namespace pestle::quant {

// Nodes of graph 0 whose bias can be corrected: with weights that the plan rounds and a constant bias of their own.
std::vector<size_t> correctable_nodes(const ir::Module& module, const QuantPlan& plan);

struct BiasCorrection {
  // By position in `nodes`: what to add to the float bias.
  std::vector<size_t> nodes;
  std::vector<std::vector<float>> deltas;
};

// How many samples the correction can hold at once: each keeps one arena of the quantized model. `limit` in bytes.
Result<size_t> affordable_samples(const ir::Module& module, const QuantPlan& plan, size_t limit);

// `averages` are the elementwise means of the inputs of `nodes` over `samples` evenly spread samples of the float model
// (AverageRequest); the same samples run through the quantized model here.
struct BiasInputs {
  const ir::Module& module;
  const QuantPlan& plan;
  const std::vector<size_t>& nodes;
  const std::vector<std::vector<float>>& averages;
  size_t samples;
};
Result<BiasCorrection> correct_biases(const BiasInputs& inputs, const SampleSet& set, ThreadPool& pool,
                                      ProgressSink& progress);

// The module with corrected float biases; the plan stays as it is.
ir::Module with_biases(const ir::Module& module, const BiasCorrection& correction);

}  // namespace pestle::quant
