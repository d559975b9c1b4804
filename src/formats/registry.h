// Which format a file has, by its content and never by its name, and reading it.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "formats/import_options.h"
#include "ir/graph.h"

namespace pestle::formats {

struct ReadModel {
  ir::Module module;
  std::string format;  // "tflite", "onnx"
};

// Reads a model of any format. A file that is no model is an error that says what it seems to be.
Result<ReadModel> read_model(const std::string& path, const ImportOptions& options = {});

// The name of the format that the bytes seem to have, or nothing.
std::optional<std::string> recognise(const Bytes& file);

}  // namespace pestle::formats
