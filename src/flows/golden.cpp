#include "flows/golden.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/file.h"
#include "base/text.h"
#include "codec/npz.h"

namespace pestle::flows {
namespace {

// float32(u8) * a + b, computed in float32 as whoever made the file did.
Tensor affine(const ConstTensorView& codes, float a, float b) {
  std::vector<float> values = to_floats(codes);
  for (float& value : values) value = value * a + b;
  return Tensor::of<float>(codes.shape, values);
}

std::vector<double> real_numbers(const codec::NpyArray& array) {
  if (array.dtype == DType::kFloat64) {
    const auto values = array.view().values<double>();
    return {values.begin(), values.end()};
  }
  const std::vector<float> values = to_floats(array.view());
  return {values.begin(), values.end()};
}

// One file serves a network in several formats: the axes of pictures are put into the order that the model wants.
// Axis i of the result is axis permutation[i] of the view.
Tensor transposed(const ConstTensorView& view, const std::array<int, 4>& permutation) {
  Shape shape = view.shape;
  std::array<int64_t, 4> step{};
  const std::vector<int64_t> strides = row_major_strides(view.shape);
  for (size_t i = 0; i < permutation.size(); ++i) {
    shape[static_cast<int>(i)] = view.shape[permutation[i]];
    step[i] = strides[permutation[i]];
  }
  Tensor out(view.dtype, shape);
  const size_t element = storage_bytes(view.dtype, 1);
  std::byte* to = out.view().bytes.data();
  for (int64_t at = 0; at < out.elements(); ++at, to += element) {
    int64_t rest = at, from = 0;
    for (int axis = 3; axis >= 0; --axis) {
      from += rest % shape[axis] * step[static_cast<size_t>(axis)];
      rest /= shape[axis];
    }
    std::memcpy(to, view.bytes.data() + static_cast<size_t>(from) * element, element);
  }
  return out;
}

// The elements in the order of axes of `wanted`; as they are where the shapes do not tell that it is another.
Tensor in_order_of(const Shape& wanted, const ConstTensorView& view) {
  const Shape& s = view.shape;
  if (!(wanted == s) && s.rank() == 4) {
    if (wanted == Shape{s[0], s[3], s[1], s[2]}) return transposed(view, {0, 3, 1, 2});
    if (wanted == Shape{s[0], s[2], s[3], s[1]}) return transposed(view, {0, 2, 3, 1});
  }
  return Tensor::copy_of({view.dtype, wanted, view.bytes});
}

class GoldenReader {
 public:
  GoldenReader(std::vector<codec::NamedArray> arrays, const ir::Graph& graph)
      : arrays_(std::move(arrays)), graph_(graph) {}

  Result<std::vector<GoldenSample>> read() const {
    if (find("output") != nullptr) return read_family();
    GoldenSample sample;
    for (size_t i = 0; i < graph_.inputs.size(); ++i) {
      PESTLE_ASSIGN(Tensor tensor, numbered_input(i));
      sample.inputs.push_back(std::move(tensor));
    }
    for (size_t i = 0; i < graph_.outputs.size(); ++i) {
      PESTLE_ASSIGN(auto output, numbered_output(i));
      sample.outputs.push_back(std::move(output));
    }
    if (std::none_of(sample.outputs.begin(), sample.outputs.end(), [](const auto& o) { return o.has_value(); })) {
      return fail(ErrorCode::kInvalidArgument, "holds no expected outputs",
                  "arrays are named in_0, out_0, ..., or input and output; it holds " + names());
    }
    return std::vector<GoldenSample>{std::move(sample)};
  }

 private:
  const codec::NpyArray* find(const std::string& name) const {
    const auto it = std::find_if(arrays_.begin(), arrays_.end(), [&](const auto& named) { return named.name == name; });
    return it == arrays_.end() ? nullptr : &it->array;
  }

  std::string names() const {
    std::vector<std::string> list;
    for (const auto& named : arrays_) list.push_back(named.name);
    return join(list, ", ");
  }

  // In the input's dtype and shape.
  Result<Tensor> fitted(const ConstTensorView& view, size_t i, const std::string& name) const {
    const ir::Value& input = graph_.values[graph_.inputs[i]];
    const auto wanted = checked_elements(input.type.shape);
    const auto given = checked_elements(view.shape);
    if (view.dtype != input.type.dtype || !wanted || !given || *wanted != *given) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("{} is {} {}, input \"{}\" wants {} {}", name,
                                                           dtype_name(view.dtype), to_string(view.shape), input.name,
                                                           dtype_name(input.type.dtype), to_string(input.type.shape)));
    }
    return in_order_of(input.type.shape, view);
  }

  Result<Tensor> numbered_input(size_t i) const {
    const std::string name = fmt::format("in_{}", i);
    if (const auto* array = find(name)) return fitted(array->view(), i, name);
    const auto* codes = find(name + "_u8");
    const auto* map = find(name + "_affine");
    if (codes == nullptr || map == nullptr || checked_elements(map->shape) != 2) {
      return fail(ErrorCode::kInvalidArgument, fmt::format("holds no {}", name), "it holds " + names());
    }
    const std::vector<double> factors = real_numbers(*map);
    return fitted(affine(codes->view(), static_cast<float>(factors[0]), static_cast<float>(factors[1])).view(), i,
                  name);
  }

  Result<std::optional<ExpectedOutput>> numbered_output(size_t i) const {
    const std::string name = fmt::format("out_{}", i);
    const auto* array = find(name);
    if (array == nullptr) return std::optional<ExpectedOutput>();
    ExpectedOutput expected{Tensor::copy_of(array->view()), 1};
    if (const auto* stride = find(name + "_stride")) {
      const std::vector<int64_t> value = to_int64s(stride->view());
      if (value.size() != 1 || value[0] < 1)
        return fail(ErrorCode::kInvalidArgument, name + "_stride must be one positive number");
      expected.stride = static_cast<size_t>(value[0]);
    }
    return std::optional<ExpectedOutput>(std::move(expected));
  }

  // Sample `k` of an array whose first axis counts samples, with a first axis of 1.
  static ConstTensorView slice(const codec::NpyArray& array, int64_t k) {
    Shape shape = array.shape;
    shape[0] = 1;
    const size_t bytes = storage_bytes(array.dtype, shape.elements());
    return {array.dtype, shape, array.bytes.view().subspan(static_cast<size_t>(k) * bytes, bytes)};
  }

  Result<std::vector<GoldenSample>> read_family() const {
    const auto* outputs = find("output");
    const auto* plain = find("input");
    const auto* inputs = plain != nullptr ? plain : find("input_u8");
    if (inputs == nullptr || graph_.inputs.size() != 1)
      return fail(ErrorCode::kInvalidArgument, "holds no input for this model", "it holds " + names());
    if (inputs->shape.rank() == 0 || outputs->shape.rank() == 0 || inputs->shape[0] != outputs->shape[0]) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("input ({}) and output ({}) do not have the same number of samples",
                              to_string(inputs->shape), to_string(outputs->shape)));
    }
    std::vector<GoldenSample> samples;
    for (int64_t k = 0; k < inputs->shape[0]; ++k) {
      GoldenSample sample;
      const ConstTensorView view = slice(*inputs, k);
      PESTLE_ASSIGN(Tensor tensor, plain != nullptr ? fitted(view, 0, "input")
                                                    : fitted(affine(view, 1 / 127.5f, -1.0f).view(), 0, "input_u8"));
      sample.inputs.push_back(std::move(tensor));
      sample.outputs.resize(graph_.outputs.size());
      sample.outputs[0] = ExpectedOutput{Tensor::copy_of(slice(*outputs, k)), 1};
      samples.push_back(std::move(sample));
    }
    return samples;
  }

  std::vector<codec::NamedArray> arrays_;
  const ir::Graph& graph_;
};

}  // namespace

Result<std::vector<GoldenSample>> read_golden(const std::string& path, const ir::Graph& graph) {
  PESTLE_ASSIGN(const Bytes file, map_file(path));
  auto arrays = codec::read_npz(file);
  if (!arrays) return in_context(std::move(arrays).error(), path);
  auto samples = GoldenReader(std::move(*arrays), graph).read();
  if (!samples) return in_context(std::move(samples).error(), path);
  return samples;
}

}  // namespace pestle::flows
