// Where a verb writes its model, before it has one.
#pragma once

#include <string>

#include "base/status.h"

namespace pestle::flows {

// Refuses what would overwrite the model that is read, and names that promise another format than .tflite. A name
// without an ending (a device, say) promises nothing.
Status check_output(const std::string& output, const std::string& model);

}  // namespace pestle::flows
