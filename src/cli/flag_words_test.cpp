#include "cli/flag_words.h"

#include <doctest/doctest.h>

namespace pestle::cli {
namespace {

struct FlagsUnderTest {
  std::string text;
  std::vector<Flag> flags = {{"-o,--output", "FILE", "", &text}, {"--keep-float", "PATTERN", "", &text}};
};

TEST_CASE("options in backquotes become the command's flags") {
  const FlagsUnderTest f;
  CHECK(in_flags("`keep_float` 'a/b' matched nothing", f.flags) == "--keep-float 'a/b' matched nothing");
  CHECK(in_flags("give another `output`", f.flags) == "give another -o");
}

TEST_CASE("words in backquotes that are no flag stay, whatever stands around them") {
  const FlagsUnderTest f;
  CHECK(in_flags("a `b` c", f.flags) == "a `b` c");
  CHECK(in_flags("`b `keep_float` c`", f.flags) == "`b --keep-float c`");
  CHECK(in_flags("one ` alone", f.flags) == "one ` alone");
}

}  // namespace
}  // namespace pestle::cli
