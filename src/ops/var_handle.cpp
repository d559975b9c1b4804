// VAR_HANDLE
//   handle = the variable of that container and name.
#include "ops/core/control.h"

namespace pestle::ops {

const OpDef& op_var_handle() {
  static const OpDef def = {
      .name = "VAR_HANDLE",
      .code = 142,
      .options_record = "VarHandleOptions",
      .summary = "handle of a variable",
      .inputs = {},
      .outputs = {{"handle"}},
      .options = {kContainer.info(), kSharedName.info()},
      .types = {{"any", {}, {kResource}, 1}},
      .traits = kControlTraits,
      .infer = infer_as_declared,
  };
  return def;
}

}  // namespace pestle::ops
