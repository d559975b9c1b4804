#include "flows/output.h"

#include <doctest/doctest.h>

namespace pestle::flows {
namespace {

TEST_CASE("a name that promises another format is refused with one that can be had") {
  const Status status = check_output("out/net.onnx", "model.onnx");
  REQUIRE_FALSE(status);
  CHECK(status.error().code == ErrorCode::kInvalidArgument);
  CHECK(status.error().hint == "`output` out/net.tflite");
}

TEST_CASE("names that promise .tflite or nothing are taken") {
  CHECK(check_output("a.b/net.tflite", "model.onnx"));
  CHECK(check_output("net.TFLITE", "model.onnx"));
  CHECK(check_output("/dev/null", "model.onnx"));
}

}  // namespace
}  // namespace pestle::flows
