// Named properties of a node, in the order in which they were set. Only values that differ from the operator's
// default are stored (ops/core/option.h sees to that), so two nodes that mean the same compare equal.
#pragma once

#include <string_view>
#include <vector>

#include "base/property.h"

namespace pestle::ir {

using AttributeValue = PropertyValue;

class Attributes {
 public:
  using Entry = Property;

  const AttributeValue* find(std::string_view name) const;
  template <typename T>
  const T* get(std::string_view name) const {
    const AttributeValue* value = find(name);
    return value == nullptr ? nullptr : std::get_if<T>(value);
  }
  void set(std::string_view name, AttributeValue value);
  void erase(std::string_view name);

  bool empty() const { return entries_.empty(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  friend bool operator==(const Attributes&, const Attributes&) = default;

 private:
  std::vector<Entry> entries_;
};

}  // namespace pestle::ir
