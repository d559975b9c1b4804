#include "base/text.h"

#include <doctest/doctest.h>

using namespace pestle;

TEST_CASE("the nearest words are those that begin with the word or hold it, then those with few other letters") {
  const std::vector<std::string> names = {"COS", "CONV_2D", "CONV_3D", "DEPTHWISE_CONV_2D", "CONCATENATION", "ADD"};
  CHECK(nearest_words("conv", names, 3) == std::vector<std::string>{"CONV_2D", "CONV_3D", "DEPTHWISE_CONV_2D"});
  CHECK(nearest_words("CONV2D", names, 1) == std::vector<std::string>{"CONV_2D"});
  CHECK(nearest_words("concat", names, 1) == std::vector<std::string>{"CONCATENATION"});
  CHECK(nearest_words("adds", names, 1) == std::vector<std::string>{"ADD"});
  CHECK(nearest_words("zzzzzz", names, 3).empty());
}

TEST_CASE("a mistyped flag finds the flag that was meant") {
  const std::vector<std::string> flags = {"--data", "--threads", "--label-offset", "--labels"};
  CHECK(nearest_words("--thread", flags, 1) == std::vector<std::string>{"--threads"});
  CHECK(nearest_words("--label", flags, 1) == std::vector<std::string>{"--labels"});
  CHECK(nearest_words("--lable-ofset", flags, 1) == std::vector<std::string>{"--label-offset"});
}
