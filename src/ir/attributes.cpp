#include "ir/attributes.h"

#include <algorithm>

namespace pestle::ir {

const AttributeValue* Attributes::find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.name == name) return &entry.value;
  }
  return nullptr;
}

void Attributes::set(std::string_view name, AttributeValue value) {
  for (Entry& entry : entries_) {
    if (entry.name == name) {
      entry.value = std::move(value);
      return;
    }
  }
  entries_.push_back({std::string(name), std::move(value)});
}

void Attributes::erase(std::string_view name) {
  std::erase_if(entries_, [name](const Entry& entry) { return entry.name == name; });
}

}  // namespace pestle::ir
