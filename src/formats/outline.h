// What can be said of a model that is not taken over whole: read from the file alone, without building a graph.
#pragma once

#include <string>
#include <vector>

#include "base/shape.h"
#include "base/status.h"

namespace pestle::formats {

struct Outline {
  struct Tensor {
    std::string name;
    std::string dtype;  // as the format calls it
    Shape shape;        // kUnknown where an extent is free
    bool has_shape = true;
  };
  struct Operator {
    std::string name;  // "domain.Name" where the domain is not the format's own
    size_t count = 0;
    bool is_known = true;  // there is a mapping for it, which may still refuse a node
  };
  std::string format;
  std::string description;  // who wrote the file, and its versions: "from ONNX, torch 2.1, operator set 17"
  std::vector<Tensor> inputs, outputs;
  std::vector<Operator> operators;  // most frequent first
  size_t weights = 0, weight_bytes = 0;
};

// An error where not even so much can be read, or where the format has no outline.
Result<Outline> outline_model(const std::string& path);

}  // namespace pestle::formats
