// What a table of modes says: which rows nobody needs, and which one to take.
#pragma once

#include <string>
#include <vector>

#include "flows/explore.h"

namespace pestle::flows {

// Sets dominated_by and says why. Sizes within 2 % and latencies within 10 % count as equal; the SQNR does not count.
void mark_dominated(std::vector<ExploreRow>& rows);

// Marks the row to take and says why in one sentence: the smallest that keeps the accuracy (at most one point of
// top-1 lost and at least 90 % agreement; without labels at least 98 % agreement); of several about as small the
// fastest, of those the nearest to the float model.
std::string recommend(std::vector<ExploreRow>& rows, std::optional<double> float_top1);

}  // namespace pestle::flows
