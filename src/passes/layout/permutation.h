// Permutations of axes as TRANSPOSE has them: axis i of T_p(x) is axis p[i] of x. The empty permutation is the
// identity, of any rank; all functions here return identities in that form.
#pragma once

#include "ir/type.h"
#include "ops/core/rules.h"

namespace pestle::passes {

using ops::Permutation;

Permutation normal(Permutation permutation);  // an identity becomes empty
Permutation inverse(const Permutation& permutation);
// The permutation r with T_r(x) = T_outer(T_inner(x)).
Permutation compose(const Permutation& outer, const Permutation& inner);

// The shape of T_p(x) for x of shape `shape`; the type likewise, with the axis of per-channel scales moved.
Shape permuted(const Shape& shape, const Permutation& permutation);
ir::Type permuted(ir::Type type, const Permutation& permutation);

// True if T_p moves only axes of extent 1: then it is a RESHAPE.
bool moves_only_units(const Shape& shape, const Permutation& permutation);

}  // namespace pestle::passes
