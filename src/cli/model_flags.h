// Flags that several commands share: how a model is read, what data is used.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "flows/model.h"
#include "flows/samples.h"

namespace pestle::cli {

// Texts as the command line gives them, until they are understood.
struct ModelFlags {
  flows::ModelRequest request;
  std::vector<std::string> inputs, outputs;  // cut points, --inputs and --outputs
  std::vector<std::string> shapes;           // --input NAME:SHAPE
  int64_t batch = 0;
  std::string recurrent = "auto";

  void declare(std::vector<Flag>& flags);
  // All but the model itself, for commands that take several.
  void declare_import(std::vector<Flag>& flags);
  // The request, or what is wrong with a flag.
  Result<flows::ModelRequest> understand() const;
};

struct DataFlags {
  flows::SampleRequest request;

  void declare(std::vector<Flag>& flags);
};

// --threads N; 0 and nothing: one a physical core.
Flag threads_flag(int64_t* target);
// A number of samples or runs.
Flag count_flag(std::string name, std::string help, int64_t* target, int64_t least = 1);

// "a,b,c" and repeated flags alike, as a list.
std::vector<std::string> split_list(const std::vector<std::string>& texts);

}  // namespace pestle::cli
