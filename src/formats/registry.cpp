#include "formats/registry.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/file.h"
#include "codec/onnx.h"
#include "codec/tflite.h"
#include "formats/onnx/onnx.h"
#include "formats/tflite/cut.h"
#include "formats/tflite/tflite.h"

namespace pestle::formats {
namespace {

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

struct Format {
  const char* name;
  bool (*recognises)(std::span<const std::byte>);
  Result<ir::Module> (*read)(const Bytes& file, const std::string& path, const ImportOptions& options);
};

// In the order in which they are tried: first those with a magic number.
constexpr Format kFormats[] = {
    {"tflite", codec::looks_like_tflite,
     [](const Bytes& file, const std::string&, const ImportOptions& options) -> Result<ir::Module> {
       PESTLE_ASSIGN(ir::Module module, tflite::read(file));
       PESTLE_TRY(tflite::cut(module, options));
       return module;
     }},
    {"onnx", codec::looks_like_onnx,
     [](const Bytes& file, const std::string& path, const ImportOptions& options) {
       return onnx::read(file, folder_of(path), options);
     }},
};

const Format* find_format(const Bytes& file) {
  const auto found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                  [&](const Format& f) { return f.recognises(file.view()); });
  return found == std::end(kFormats) ? nullptr : found;
}

// Files that people take for models, by how they begin.
struct Impostor {
  std::string_view begin;
  const char* what;
  const char* hint;
};
using namespace std::string_view_literals;
constexpr Impostor kImpostors[] = {
    {"version https://git-lfs"sv, "a Git LFS pointer, not the file it stands for",
     "fetch the file itself: git lfs pull"},
    {"\x89HDF\r\n\x1a\n"sv, "an HDF5 file (Keras .h5)", "convert it to ONNX or .tflite first"},
    {"PK\x03\x04"sv, "a zip archive (.keras, .npz, .pt)",
     "export the model as ONNX or .tflite; PyTorch: torch.onnx.export()"},
    {"\x1f\x8b"sv, "a gzip archive", "unpack it first"},
    {"\x80\x02"sv, "a Python pickle (.pt, .pth, .pkl)", "export the model as ONNX: torch.onnx.export()"},
    {"\x80\x04"sv, "a Python pickle (.pt, .pth, .pkl)", "export the model as ONNX: torch.onnx.export()"},
    {"\x93NUMPY"sv, "a NumPy array", "pass the model here, and arrays with --data or --input NAME=FILE"},
    {"\x89PNG"sv, "a PNG picture", "pass the model here, and pictures with --data"},
    {"\xff\xd8\xff"sv, "a JPEG picture", "pass the model here, and pictures with --data"},
    {"<"sv, "an HTML or XML page", "the download went wrong: fetch the file again"},
    {"{"sv, "a JSON file", ""},
    {"node {"sv, "a TensorFlow graph in text form", "convert it to ONNX or .tflite first"},
};

Failure not_a_model(const Bytes& file) {
  if (file.empty())
    return fail(ErrorCode::kInvalidFile, "is empty", "the download or export went wrong: make the file again");
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  for (const Impostor& impostor : kImpostors) {
    if (text.starts_with(impostor.begin))
      return fail(ErrorCode::kInvalidFile, fmt::format("is {}", impostor.what), impostor.hint);
  }
  return fail(ErrorCode::kInvalidFile, "is no model in a format that is read: .tflite and .onnx",
              "formats are recognised by content, not by name");
}

}  // namespace

std::optional<std::string> recognise(const Bytes& file) {
  const Format* format = find_format(file);
  return format == nullptr ? std::nullopt : std::optional<std::string>(format->name);
}

Result<ReadModel> read_model(const std::string& path, const ImportOptions& options) {
  if (is_directory(path))
    return in_context({ErrorCode::kInvalidFile, "is a folder", "pass a .tflite or .onnx file", {}}, path);
  PESTLE_ASSIGN(const Bytes file, map_file(path));
  const Format* format = find_format(file);
  if (format == nullptr) return in_context(std::move(not_a_model(file)).value(), path);
  auto module = format->read(file, path, options);
  if (!module) return in_context(std::move(module).error(), path);
  return ReadModel{std::move(module).value(), format->name};
}

}  // namespace pestle::formats
