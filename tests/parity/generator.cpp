#include "parity/generator.h"

#include <map>
#include <string>

#include "ops/core/registry.h"

namespace pestle::parity {

#define PESTLE_ITEM(stem) std::vector<Generator> generators_##stem();
#include "pestle_lists/parity.inc"
#undef PESTLE_ITEM

namespace {

std::map<std::string, Generator, std::less<>> load() {
  std::map<std::string, Generator, std::less<>> index;
  const std::vector<std::vector<Generator>> files = {
#define PESTLE_ITEM(stem) generators_##stem(),
#include "pestle_lists/parity.inc"
#undef PESTLE_ITEM
  };
  for (const auto& file : files) {
    for (const Generator& generator : file) {
      for (const char* name : generator.operators) index.emplace(name, generator);
    }
  }
  return index;
}

std::vector<DType> members(const ops::DTypeSet& set) {
  std::vector<DType> types;
  for (int i = 0; i < kDTypeCount; ++i) {
    if (set.has(static_cast<DType>(i))) types.push_back(static_cast<DType>(i));
  }
  return types;
}

// Every variant times every type that position `i` may have.
void multiply(std::vector<Variant>& variants, const std::vector<ops::DTypeSet>& sets, int i,
              std::vector<std::optional<DType>> Variant::*list) {
  if (sets.empty()) return;
  const std::vector<DType> types = members(sets[std::min<size_t>(i, sets.size() - 1)]);
  std::vector<Variant> result;
  for (const Variant& variant : variants) {
    for (DType type : types) {
      Variant next = variant;
      auto& chosen = next.*list;
      if (chosen.size() <= static_cast<size_t>(i)) chosen.resize(i + 1);
      chosen[i] = type;
      if (types.size() > 1) next.label += std::string(" ") + dtype_name(type);
      result.push_back(std::move(next));
    }
  }
  variants = std::move(result);
}

}  // namespace

const Generator* find_generator(std::string_view op) {
  static const auto index = load();
  const auto it = index.find(op);
  return it == index.end() ? nullptr : &it->second;
}

std::vector<Variant> variants_of(const ops::OpDef& def, const Generator& generator) {
  std::vector<Variant> all;
  for (const ops::TypeRow& row : def.types) {
    std::vector<Variant> variants = {{row.name, &row, {}, {}}};
    for (int i : generator.each_input) multiply(variants, row.inputs, i, &Variant::inputs);
    for (int i : generator.each_output) multiply(variants, row.outputs, i, &Variant::outputs);
    all.insert(all.end(), variants.begin(), variants.end());
  }
  return all;
}

}  // namespace pestle::parity
