// The entry point of every pass; each is explained at the head of the file of its name.
#pragma once

#include "passes/pass.h"

namespace pestle::passes {

Status add_bias(ir::Module& module, PassContext& context);
Status canonicalize_reductions(ir::Module& module, PassContext& context);
Status canonicalize_reshapes(ir::Module& module, PassContext& context);
Status fold_batch_norm(ir::Module& module, PassContext& context);
Status fold_constants(ir::Module& module, PassContext& context);
Status fold_float16(ir::Module& module, PassContext& context);
Status fold_padding(ir::Module& module, PassContext& context);
Status form_activations(ir::Module& module, PassContext& context);
Status form_depthwise(ir::Module& module, PassContext& context);
Status form_gather(ir::Module& module, PassContext& context);
Status form_products(ir::Module& module, PassContext& context);
Status form_slices(ir::Module& module, PassContext& context);
Status fuse_activation(ir::Module& module, PassContext& context);
Status move_transposes(ir::Module& module, PassContext& context);  // layout/
Status remove_dead_nodes(ir::Module& module, PassContext& context);
Status remove_identities(ir::Module& module, PassContext& context);

}  // namespace pestle::passes
