// Options of custom operators in the FlexBuffers form: one map of names to numbers. Reads are bounded; what is not a
// number is passed over.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace pestle::ops {

// The numbers of the map (bools as 0 and 1), or nothing if the bytes hold no map.
std::optional<std::map<std::string, double>> read_flexbuffer_numbers(std::span<const std::byte> bytes);

}  // namespace pestle::ops
