#include "formats/outline.h"

#include "base/file.h"
#include "formats/onnx/onnx.h"
#include "formats/registry.h"

namespace pestle::formats {

Result<Outline> outline_model(const std::string& path) {
  PESTLE_ASSIGN(const Bytes file, map_file(path));
  if (recognise(file) == "onnx") return onnx::outline(file);
  return fail(ErrorCode::kUnsupported, "is in a format of which there is no outline");
}

}  // namespace pestle::formats
