// For tests of sources of samples: folders made on the spot, requests for them, and what errors say.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "codec/npz.h"
#include "data/source.h"

namespace pestle::data::testing {

namespace fs = std::filesystem;

inline const std::string kFixtures = PESTLE_SOURCE_DIR "/tests/data/fixtures/";

// A folder that is gone when the test is.
class Folder {
 public:
  Folder() {
    static std::atomic<int> count = 0;
    path_ = fs::temp_directory_path() / ("pestle_data_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }
  void text(const std::string& name, const std::string& content) const {
    bytes(name, std::as_bytes(std::span(content)));
  }
  void bytes(const std::string& name, std::span<const std::byte> content) const {
    fs::create_directories((path_ / name).parent_path());
    REQUIRE(write_file(*this / name, content));
  }
  void picture(const std::string& name, const std::string& fixture = "rgb.png") const {
    fs::create_directories((path_ / name).parent_path());
    fs::copy_file(kFixtures + fixture, path_ / name);
  }
  void array(const std::string& name, const Tensor& tensor) const { bytes(name, *codec::write_npy(tensor.view())); }

 private:
  fs::path path_;
};

inline data::InputSpec picture_spec() {
  return {"image", DType::kFloat32, {1, 14, 21, 3}, data::Layout::kNhwc, 0.0f, 0, false};
}
inline data::InputSpec vector_spec(const std::string& name, DType dtype = DType::kFloat32) {
  return {name, dtype, {1, 3}, data::Layout::kNone, 0.0f, 0, false};
}

inline data::DataRequest request_for(const std::string& path, std::vector<data::InputSpec> inputs = {picture_spec()}) {
  data::DataRequest request;
  request.path = path;
  request.inputs = std::move(inputs);
  request.preprocess = *data::parse_chain("range=0:1", {});
  return request;
}

inline Tensor floats(Shape shape, std::vector<float> values) { return Tensor::of<float>(std::move(shape), values); }

template <typename T>
std::string message_of(const Result<T>& result) {
  return result ? "" : describe(result.error()) + " | " + result.error().hint;
}

inline bool says(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos;
}

}  // namespace pestle::data::testing
