// The integer modes' part of choose(): which nodes become integer and how their values are stored. Inner header.
#pragma once

#include "quant/choose.h"

namespace pestle::quant {

struct IntegerChoice {
  const Mode& mode;
  const std::vector<ValueStatistics>& statistics;                  // by value id
  const std::vector<std::vector<ValueStatistics>>& intermediates;  // by node; may be shorter
  const ObserverSpec& observer;
  const ChoiceOptions& options;
  const std::vector<bool>& keep_float;  // by node
};

Status choose_integer(const ir::Graph& graph, const IntegerChoice& choice, GraphPlan& plan);

}  // namespace pestle::quant
