// Names of classes in a .tflite file, as TensorFlow Lite's support libraries keep them: the metadata entry
// TFLITE_METADATA says that the first output's last axis has them, an archive behind the model holds the list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/status.h"
#include "ir/graph.h"

namespace pestle::formats::tflite {

// (pixel - mean) / deviation gives the first input's numbers; empty: not known, or the input is no picture.
struct Normalization {
  std::vector<float> mean, deviation;
};

// Lines without their ends; none where the text ends.
std::vector<std::string> names_of(std::string_view text);

// Describes inputs and outputs in the module's metadata. The names themselves follow with write_with_class_names().
void describe_classes(ir::Module& module, const Normalization& normalization);
// The model, and behind it the archive, whose member is called as the module's metadata says.
Status write_with_class_names(const ir::Module& module, const std::vector<std::string>& names, ByteSink& sink);

// What the module's metadata say of its first input; empty if they say nothing.
Normalization read_normalization(const ir::Module& module);

// Names of the first output's classes; empty if the file says none. `file`: the whole file that the module was read
// from.
Result<std::vector<std::string>> read_class_names(const ir::Module& module, const Bytes& file);

}  // namespace pestle::formats::tflite
