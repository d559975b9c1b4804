// Shapes that the command line gives a model's inputs (--input NAME:SHAPE, --batch N), carried through the graph.
#pragma once

#include "flows/model.h"

namespace pestle::flows {

// Does nothing where the request names no shapes. An operator whose operands no longer fit is an error that names it.
Status set_input_shapes(ir::Module& module, const ModelRequest& request);

}  // namespace pestle::flows
