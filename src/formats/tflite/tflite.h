// .tflite <-> Module. Reading and writing with nothing in between keeps everything that the file says: operators and
// their order, versions, options of operators that Pestle does not know, quantization, sparsity, signatures, metadata,
// which tensors share a buffer.
#pragma once

#include <string>

#include "base/file.h"
#include "base/status.h"
#include "ir/graph.h"

namespace pestle::formats::tflite {

// The door: everything that the container says is checked (codec/tflite.h); what the operators mean is not.
Result<ir::Module> read(const Bytes& file);

// Constants are streamed from their views. Nodes of version 0 get the smallest version that their operator's rules
// allow.
Status write(const ir::Module& module, ByteSink& sink);
Status write(const ir::Module& module, const std::string& path);

// Sets the metadata entry min_runtime_version: the first TensorFlow Lite that has all the operators in their versions.
void set_min_runtime_version(ir::Module& module);

}  // namespace pestle::formats::tflite
