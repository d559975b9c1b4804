// A document as a JSON value: one object a block, cells as plain values. The verbs' --json output is a contract
// of its own (docs/json.md); this form carries whole reports to other tools.
#pragma once

#include "base/json.h"
#include "report/document.h"

namespace pestle::report {

Json to_json(const Document& document);

}  // namespace pestle::report
