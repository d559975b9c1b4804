#include "formats/registry.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "tests/support.h"

using namespace pestle;

TEST_CASE("a file that is no model is refused with what it seems to be") {
  struct Row {
    std::string content;
    const char* message;
  };
  const Row rows[] = {
      {"", "is empty"},
      {"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"},
      {"<!DOCTYPE html>", "an HTML or XML page"},
      {"\x89PNG\r\n\x1a\n", "a PNG picture"},
      {"PK\x03\x04....", "a zip archive"},
      {"hello, world", "no model in a format that is read"},
  };
  const std::string path = (std::filesystem::temp_directory_path() / "pestle_no_model.onnx").string();
  for (const Row& row : rows) {
    std::ofstream(path, std::ios::binary) << row.content;
    const auto model = formats::read_model(path);
    REQUIRE(!model.has_value());
    CHECK_MESSAGE(model.error().message.find(row.message) != std::string::npos, model.error().message);
    CHECK(model.error().where == path);
  }
  std::filesystem::remove(path);
  CHECK(!formats::read_model(path).has_value());
}

TEST_CASE("random bytes are no model") {
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::byte> bytes(random.integer(0, 200));
    for (std::byte& each : bytes) each = static_cast<std::byte>(random.integer(0, 255));
    if (!bytes.empty() && round % 2 == 0) bytes[0] = std::byte{8};  // the first byte of ONNX files
    CHECK(!formats::recognise(Bytes::own(std::move(bytes))).has_value());
  }
}

TEST_CASE("formats are recognised by content") {
  const auto shared = testing::shared_folder();
  if (!shared) return;
  for (const auto& path : testing::files_below(*shared / "models", ".onnx")) {
    const auto bytes = map_file(path.string());
    REQUIRE(bytes.has_value());
    CHECK_MESSAGE(formats::recognise(*bytes) == "onnx", path.string());
  }
  for (const char* suffix : {".pb", ".npz", ".h5", ".keras", ".json", ".pbtxt"}) {
    for (const auto& path : testing::files_below(*shared / "models", suffix)) {
      const auto bytes = map_file(path.string());
      REQUIRE(bytes.has_value());
      CHECK_MESSAGE(!formats::recognise(*bytes).has_value(), path.string());
    }
  }
}
