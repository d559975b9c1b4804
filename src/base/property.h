// A named value of one of a few kinds: properties of operators as files and graphs hold them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace pestle {

// Enumerated properties are stored by the name of the enumerator ("SAME"), bytes as std::vector<std::byte>.
using PropertyValue = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<double>,
                                   std::vector<std::string>, std::vector<std::byte>>;

struct Property {
  std::string name;
  PropertyValue value;
  friend bool operator==(const Property&, const Property&) = default;
};

}  // namespace pestle
