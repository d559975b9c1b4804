#include "cli/model_flags.h"

#include <fmt/core.h>

#include "base/text.h"

namespace pestle::cli {
namespace {

// Beyond these a number is a slip of the hand.
constexpr int64_t kMostThreads = 1024, kMostBatch = 65536, kMostOffset = 1'000'000, kMostRuns = 1'000'000;

}  // namespace

void ModelFlags::declare(std::vector<Flag>& flags) {
  flags.push_back({"model", "MODEL", "A model file", &request.path, true});
  declare_import(flags);
}

void ModelFlags::declare_import(std::vector<Flag>& flags) {
  flags.push_back({"--input", "NAME:SHAPE", "Fix the shape of an input, as x:1x3x224x224", &shapes});
  flags.push_back(
      {"--inputs", "NAMES", "Cut the graph here: tensors or nodes that become its inputs, with commas", &inputs});
  flags.push_back({"--outputs", "NAMES", "Cut the graph here: tensors or nodes that become its outputs", &outputs});
  flags.push_back(Flag{"--batch", "N", "Extent of a free batch axis (1)", &batch}.between(1, kMostBatch));
  flags.push_back(Flag{"--recurrent", "HOW", "Loops and recurrent layers: auto, while, unroll (auto)", &recurrent}.among(
      {"auto", "while", "unroll"}));
  flags.push_back(
      {"--keep-input-layout", "", "Leave picture inputs in the source's order of axes", &request.keep_input_layout});
}

Result<flows::ModelRequest> ModelFlags::understand() const {
  flows::ModelRequest understood = request;
  understood.inputs = split_list(inputs);
  understood.outputs = split_list(outputs);
  for (const std::string& text : shapes) {
    const size_t colon = text.rfind(':');
    const auto shape =
        colon == std::string::npos ? std::nullopt : parse_shape(std::string_view(text).substr(colon + 1));
    if (!shape) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("--input {}: expected NAME:SHAPE", text),
                  "--input x:1x3x224x224");
    }
    understood.input_shapes[text.substr(0, colon)] = *shape;
  }
  if (batch > 0) understood.batch = batch;
  if (recurrent == "while") understood.recurrent = flows::Recurrent::kWhile;
  if (recurrent == "unroll") understood.recurrent = flows::Recurrent::kUnroll;
  return understood;
}

void DataFlags::declare(std::vector<Flag>& flags) {
  flags.push_back({"--data", "PATH", "Samples: a folder of pictures, .npy, .npz, .csv or .wav", &request.path});
  flags.push_back({"--preprocess", "CHAIN", "What pixels become, as center=0.875,resize=224x224:bicubic,range=-1:1",
                   &request.preprocess});
  flags.push_back({"--labels", "FILE", "Labels, or names of classes", &request.labels});
  flags.push_back({"--split", "NAME", "Only samples whose label row says so", &request.split});
  flags.push_back(Flag{"--label-offset", "N", "Added to every label (1 for a background class)", &request.label_offset}
                      .between(-kMostOffset, kMostOffset));
  flags.push_back({"--strict-data", "", "A sample that does not decode is an error", &request.strict});
}

Flag threads_flag(int64_t* target) {
  return Flag{"--threads", "N", "Threads (physical cores)", target}.between(0, kMostThreads);
}

Flag count_flag(std::string name, std::string help, int64_t* target, int64_t least) {
  return Flag{std::move(name), "N", std::move(help), target}.between(least, kMostRuns);
}

std::vector<std::string> split_list(const std::vector<std::string>& texts) {
  std::vector<std::string> list;
  for (const std::string& text : texts) {
    for (std::string& part : split(text, ',')) list.push_back(std::move(part));
  }
  return list;
}

}  // namespace pestle::cli
