// Named properties of a node, in the order in which they were set. Only values that differ from the operator's
// default are stored (ops/core/option.h sees to that), so two nodes that mean the same compare equal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pestle::ir {

// Enumerated properties are stored by the name of the enumerator ("SAME"), bytes as std::vector<std::byte>.
using AttributeValue = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<double>,
                                    std::vector<std::string>, std::vector<std::byte>>;

class Attributes {
 public:
  struct Entry {
    std::string name;
    AttributeValue value;
    friend bool operator==(const Entry&, const Entry&) = default;
  };

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
