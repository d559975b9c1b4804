// Plots as SVG elements for html.h; colours are classes of its style sheet.
#pragma once

#include <string>
#include <vector>

#include "report/document.h"

namespace pestle::report {

std::string render_svg(const Plot& plot);

// At most about `count` round values (1, 2 or 5 times a power of ten apart) that cover low to high; exposed for tests.
std::vector<double> round_ticks(double low, double high, int count);

}  // namespace pestle::report
