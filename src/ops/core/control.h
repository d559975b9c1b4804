// Operators that run other graphs of the module (by index) or reach variables: what their files share. The runtime
// computes them (runtime/control) and knows their outputs' types, which infer() leaves as declared.
#pragma once

#include "ops/core/op_def.h"

namespace pestle::ops {

inline constexpr IntOption kThenGraph{"then_subgraph_index", 0};
inline constexpr IntOption kElseGraph{"else_subgraph_index", 0};
inline constexpr IntOption kConditionGraph{"cond_subgraph_index", 0};
inline constexpr IntOption kBodyGraph{"body_subgraph_index", 0};
inline constexpr IntOption kInitGraph{"init_subgraph_index", 0};
inline constexpr IntOption kDecomposition{"decomposition_subgraph_index", 0};
inline constexpr StringOption kContainer{"container"};
inline constexpr StringOption kSharedName{"shared_name"};

inline constexpr DTypeSet kResource = DType::kResource;
// What may go through a branch or a loop.
inline constexpr DTypeSet kAnyState = kAnyWhole | kI4 | kResource;

inline constexpr Traits kControlTraits{.has_side_effects = true, .is_control = true};

inline Status infer_as_declared(Inference&) { return {}; }

}  // namespace pestle::ops
