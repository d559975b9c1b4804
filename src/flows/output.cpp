#include "flows/output.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/file.h"

namespace pestle::flows {

Status check_output(const std::string& output, const std::string& model) {
  if (same_file(model, output)) {
    return fail(ErrorCode::kInvalidArgument, "the output would replace the input " + output, "give another `output`");
  }
  const std::filesystem::path path(output);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return fail(ErrorCode::kInvalidArgument, output + " is a folder",
                fmt::format("`output` {}", (path / "model.tflite").string()));
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (ending.empty() || ending == ".tflite") return {};
  std::filesystem::path better = path;
  better.replace_extension(".tflite");
  return fail(ErrorCode::kInvalidArgument, fmt::format("{}: only .tflite files can be written", output),
              fmt::format("`output` {}", better.string()));
}

}  // namespace pestle::flows
