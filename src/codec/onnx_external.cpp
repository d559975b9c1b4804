// External data: a tensor names a file below the model's folder, an offset (default 0) and a length (default: what its
// shape needs). Paths of strangers: relative, '/' between parts, no "..", and no link that leads out of the folder.
#include <fmt/core.h>

#include <filesystem>
#include <map>

#include "base/checked.h"
#include "base/file.h"
#include "base/text.h"
#include "codec/onnx_parts.h"

namespace pestle::codec {
namespace {

Failure refuse(const std::string& location, const char* why) {
  return fail(ErrorCode::kInvalidFile, fmt::format("its data lies in \"{}\", which {}", location, why),
              "external data must lie in the model's own folder or below it");
}

Status check_location(const std::string& location) {
  if (location.empty()) return refuse(location, "is no file name");
  if (location.find('\0') != std::string::npos || location.find('\\') != std::string::npos ||
      location.find(':') != std::string::npos) {
    return refuse(location, "has characters that no relative path has");
  }
  if (location.front() == '/') return refuse(location, "is an absolute path");
  for (const std::string& part : split(location, '/')) {
    if (part == "..") return refuse(location, "leads out of the model's folder");
  }
  return {};
}

class ExternalFiles {
 public:
  explicit ExternalFiles(const std::string& folder) : folder_(folder.empty() ? "." : folder) {}

  Status load(OnnxTensor& tensor) {
    if (!tensor.external) return {};
    Status status = fill(tensor);
    if (!status) return in_context(std::move(status).error(), fmt::format("tensor \"{}\"", tensor.name));
    return {};
  }

 private:
  Result<Bytes> open(const std::string& location) {
    const auto found = files_.find(location);
    if (found != files_.end()) return found->second;
    PESTLE_TRY(check_location(location));
    std::error_code error;
    const auto root = std::filesystem::canonical(folder_, error);
    const auto path = error ? root : std::filesystem::canonical(root / location, error);
    if (error) {
      return fail(ErrorCode::kNotFound, fmt::format("its data file \"{}\" is not beside the model", location),
                  fmt::format("put the file \"{}\" that was exported with the model into the same folder", location));
    }
    const auto inside = path.lexically_relative(root);
    if (inside.empty() || *inside.begin() == "..") return refuse(location, "is a link out of the model's folder");
    PESTLE_ASSIGN(Bytes file, map_file(path.string()));
    files_.emplace(location, file);
    return file;
  }

  Status fill(OnnxTensor& tensor) {
    const OnnxExternalData& external = *tensor.external;
    if (tensor.type == OnnxType::kString) return fail(ErrorCode::kUnsupported, "strings cannot lie in external data");
    PESTLE_ASSIGN(const uint64_t needed, onnx::tensor_bytes(tensor));
    if (external.length && *external.length != needed) {
      return onnx::damaged(fmt::format("its data has {} bytes, its shape needs {}", *external.length, needed));
    }
    PESTLE_ASSIGN(const Bytes file, open(external.location));
    const auto end = checked_add(external.offset, needed);
    if (!end || *end > file.size()) {
      return onnx::damaged(
          fmt::format("its data ends outside \"{}\", which has {} bytes", external.location, file.size()));
    }
    tensor.data = file.slice(external.offset, needed);
    return {};
  }

  std::string folder_;
  std::map<std::string, Bytes> files_;
};

// The depth of graphs in graphs was limited when they were decoded.
Status load_nodes(ExternalFiles& files, std::vector<OnnxNode>& nodes);

Status load_graph(ExternalFiles& files, OnnxGraph& graph) {
  for (OnnxTensor& tensor : graph.initializers) PESTLE_TRY(files.load(tensor));
  return load_nodes(files, graph.nodes);
}

Status load_nodes(ExternalFiles& files, std::vector<OnnxNode>& nodes) {
  for (OnnxNode& node : nodes) {
    for (OnnxAttribute& attribute : node.attributes) {
      for (OnnxTensor& tensor : attribute.tensors) PESTLE_TRY(files.load(tensor));
      for (OnnxGraph& graph : attribute.graphs) PESTLE_TRY(load_graph(files, graph));
    }
  }
  return {};
}

}  // namespace

Status load_onnx_external_data(OnnxModel& model, const std::string& folder) {
  ExternalFiles files(folder);
  PESTLE_TRY(load_graph(files, model.graph));
  for (OnnxFunction& function : model.functions) PESTLE_TRY(load_nodes(files, function.nodes));
  return {};
}

}  // namespace pestle::codec
