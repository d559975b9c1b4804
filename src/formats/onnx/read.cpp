#include "formats/onnx/importer.h"
#include "formats/onnx/onnx.h"

namespace pestle::formats::onnx {

Result<ir::Module> read(const Bytes& file, const std::string& folder, const ImportOptions& options) {
  PESTLE_ASSIGN(codec::OnnxModel model, codec::read_onnx(file));
  PESTLE_TRY(codec::load_onnx_external_data(model, folder));
  PESTLE_ASSIGN(ir::Module module, Importer(model, options).import());
  module.description =
      model.producer.empty() ? std::string() : "from ONNX, " + model.producer + " " + model.producer_version;
  return module;
}

}  // namespace pestle::formats::onnx
