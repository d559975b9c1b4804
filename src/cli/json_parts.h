// Parts of JSON answers that several commands print.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/shape.h"

namespace pestle::cli {

inline Json strings_json(const std::vector<std::string>& texts) {
  Json json = Json::array();
  for (const std::string& text : texts) json.push(text);
  return json;
}

// Free extents as -1.
inline Json shape_json(const Shape& shape) {
  Json json = Json::array();
  for (int64_t extent : shape) json.push(extent);
  return json;
}

}  // namespace pestle::cli
