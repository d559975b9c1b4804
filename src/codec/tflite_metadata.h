// The metadata entry TFLITE_METADATA of a .tflite file: what its main graph's inputs and outputs mean. The files that
// it names stand in a zip archive behind the model.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"

namespace pestle::codec {

struct TfliteTensorFacts {
  std::string name;
  bool is_image = false;                 // RGB or gray pixels
  std::vector<float> mean, deviation;    // normalization: (pixel - mean) / deviation; one value, or one a channel
  std::vector<std::string> label_files;  // one name a line for each place of the last axis
};

struct TfliteFacts {
  std::vector<TfliteTensorFacts> inputs, outputs;
};

Result<TfliteFacts> read_tflite_facts(const Bytes& entry);
std::vector<std::byte> write_tflite_facts(const TfliteFacts& facts);

}  // namespace pestle::codec
