// The small float model that plans are read for: a convolution, an addition, a pool, a fully connected layer.
#pragma once

#include "base/status.h"
#include "ir/graph.h"

namespace pestle::fuzz {

Result<ir::Module> small_module();

}  // namespace pestle::fuzz
