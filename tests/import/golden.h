// Golden files (.npz): what a model computes from given inputs, by the framework that it comes from.
//   in_<i>, or in_<i>_u8 with in_<i>_affine [a, b]: input = float32(u8) * a + b
//   out_<i>; where out_<i>_stride is s: every s-th element of the flattened output
// The files of whole families have input (input_u8: / 127.5 - 1) and output, with a first axis of samples.
#pragma once

#include <optional>

#include "base/file.h"
#include "base/tensor.h"
#include "codec/npz.h"

namespace pestle::testing {

class Golden {
 public:
  static Result<Golden> read(const std::string& path) {
    PESTLE_ASSIGN(const Bytes file, map_file(path));
    PESTLE_ASSIGN(auto arrays, codec::read_npz(file));
    return Golden(std::move(arrays));
  }

  size_t samples() const { return is_family() ? static_cast<size_t>(find("output")->shape[0]) : 1; }
  // Input `i` of a sample, with the elements in the file's order of axes.
  std::optional<Tensor> input(int i, size_t sample) const {
    if (is_family())
      return find("input") != nullptr ? take(*find("input"), sample)
                                      : affine(take(*find("input_u8"), sample), 1 / 127.5f, -1);
    const std::string name = "in_" + std::to_string(i);
    if (const auto* array = find(name)) return Tensor::copy_of(array->view());
    const auto* codes = find(name + "_u8");
    const auto* map = find(name + "_affine");
    if (codes == nullptr || map == nullptr) return std::nullopt;
    const std::vector<float> factors = map->dtype == DType::kFloat64 ? doubles(*map) : to_floats(map->view());
    return affine(Tensor::copy_of(codes->view()), factors[0], factors[1]);
  }
  struct Output {
    std::vector<float> values;
    size_t stride = 1;
  };
  std::optional<Output> output(int i, size_t sample) const {
    if (is_family())
      return i == 0 ? std::optional(Output{to_floats(take(*find("output"), sample).view())}) : std::nullopt;
    const std::string name = "out_" + std::to_string(i);
    const auto* array = find(name);
    if (array == nullptr) return std::nullopt;
    const auto* stride = find(name + "_stride");
    return Output{to_floats(array->view()), stride == nullptr ? 1 : static_cast<size_t>(to_int64s(stride->view())[0])};
  }

 private:
  explicit Golden(std::vector<codec::NamedArray> arrays) : arrays_(std::move(arrays)) {}
  bool is_family() const { return find("output") != nullptr; }
  const codec::NpyArray* find(const std::string& name) const {
    for (const auto& named : arrays_) {
      if (named.name == name) return &named.array;
    }
    return nullptr;
  }
  // One sample, with a first axis of 1.
  static Tensor take(const codec::NpyArray& array, size_t sample) {
    Shape shape = array.shape;
    shape[0] = 1;
    const size_t bytes = storage_bytes(array.dtype, shape.elements());
    return Tensor::copy_of({array.dtype, shape, array.bytes.view().subspan(sample * bytes, bytes)});
  }
  static Tensor affine(const Tensor& codes, float a, float b) {
    std::vector<float> values = to_floats(codes.view());
    for (float& value : values) value = value * a + b;
    return Tensor::of<float>(codes.shape(), values);
  }
  static std::vector<float> doubles(const codec::NpyArray& array) {
    std::vector<float> values;
    for (double value : array.view().values<double>()) values.push_back(static_cast<float>(value));
    return values;
  }
  std::vector<codec::NamedArray> arrays_;
};

}  // namespace pestle::testing
