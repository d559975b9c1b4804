// The lists of element-wise kernels and the choice among them.
#include "kernels/elementwise/elementwise.h"

namespace pestle::kernels {
namespace {

constexpr BinaryKernel kBinary[] = {
#define PESTLE_BINARY(name, isa, op, type) {#name, Isa::isa, BinaryOp::op, BinaryType::type, name},
#include "kernels/elementwise/kernels.inc"
};
constexpr TableKernel kTable[] = {
#define PESTLE_TABLE(name, isa) {#name, Isa::isa, name},
#include "kernels/elementwise/kernels.inc"
};
constexpr ClampKernel kClamp[] = {
#define PESTLE_CLAMP(name, isa) {#name, Isa::isa, name},
#include "kernels/elementwise/kernels.inc"
};

// The last row that is wanted and allowed; the first row is generic.
template <typename Kernel, int kCount, typename Wanted>
const Kernel& best(const Kernel (&rows)[kCount], const Wanted& wanted) {
  int choice = kCount - 1;
  while (choice > 0 && !(wanted(rows[choice]) && has_isa(rows[choice].isa))) --choice;
  return rows[choice];
}

template <typename Kernel, int kCount>
ElementwiseList<Kernel> list(const Kernel (&rows)[kCount]) {
  return {rows, kCount};
}

}  // namespace

const BinaryKernel& best_binary(BinaryOp op, BinaryType type) {
  return best(kBinary, [&](const BinaryKernel& kernel) { return kernel.op == op && kernel.type == type; });
}
const TableKernel& best_table() {
  return best(kTable, [](const TableKernel&) { return true; });
}
const ClampKernel& best_clamp() {
  return best(kClamp, [](const ClampKernel&) { return true; });
}

ElementwiseList<BinaryKernel> binary_kernels() { return list(kBinary); }
ElementwiseList<TableKernel> table_kernels() { return list(kTable); }
ElementwiseList<ClampKernel> clamp_kernels() { return list(kClamp); }

}  // namespace pestle::kernels
