// All operators that Pestle knows, in the order of their names.
#pragma once

#include <span>
#include <string_view>

#include "ops/core/op_def.h"

namespace pestle::ops {

std::span<const OpDef* const> all();
// The operator of that name, or null. Custom operators are found by their own name.
const OpDef* find(std::string_view name);
// The operator that a node computes, or null: a custom operator that bears the name of a builtin one is unknown.
const OpDef* find(const ir::Node& node);
// The traits of the operator that a node computes; those of nothing in particular where it is unknown.
const Traits& traits_of(const ir::Node& node);
// Multiply-accumulates of one run of a node with the shapes of its graph; 0 where its operator is unknown or does none.
// The node must be well-formed (check_node()).
int64_t macs_of(const ir::Graph& graph, const ir::Node& node);

}  // namespace pestle::ops
