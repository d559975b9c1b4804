// Layout rules against the references: for random shapes with extents that all differ and random permutations,
// node(TRANSPOSE(x)) and TRANSPOSE'(node'(x)) must have the same bytes. Operators with one input or with
// broadcasting get a sample of their own accord; the others have a row in layout_samples_test.cpp.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "ops/core/builder.h"
#include "ops/core/layout_samples.h"
#include "ops/core/check.h"
#include "ops/core/registry.h"

using namespace pestle;
using namespace pestle::ops;

namespace {

ir::Type type_of(const Tensor& tensor) {
  ir::Type type{tensor.dtype(), tensor.shape(), nullptr};
  if (is_quantized_storage(tensor.dtype())) type.quantization = ir::per_tensor(0.5f, 0);
  return type;
}

// Infers and evaluates a sample.
Result<std::vector<Tensor>> run(const OpDef& def, const Sample& sample) {
  std::vector<ir::Type> types;
  for (const Tensor& tensor : sample.inputs) types.push_back(type_of(tensor));
  std::vector<KnownOperand> known;
  std::vector<InputOperand> operands;
  for (size_t i = 0; i < types.size(); ++i) {
    known.push_back({&types[i], sample.inputs[i].view().bytes.data()});
    operands.push_back({&types[i], sample.inputs[i].view().bytes.data()});
  }
  ir::Type declared;
  declared.dtype = sample.output_dtype;
  if (is_quantized_storage(declared.dtype)) declared.quantization = ir::per_tensor(0.5f, 0);
  Inference inference(sample.node, known, std::vector<ir::Type>(static_cast<size_t>(sample.outputs), declared));
  PESTLE_TRY(infer_node(def, inference));
  const std::vector<ir::Type> outputs = inference.take_outputs();
  return evaluate(def, sample.node, operands, outputs);
}

Tensor transposed(const Tensor& x, const Permutation& permutation) {
  std::vector<int32_t> perm(permutation.begin(), permutation.end());
  Sample sample;
  sample.inputs = {x, Tensor::of<int32_t>(Shape{x.shape().rank()}, perm)};
  auto y = run(*find("TRANSPOSE"), sample);
  REQUIRE(y.has_value());
  return std::move(y->front());
}

Permutation inverse(const Permutation& permutation) {
  Permutation out(permutation.size());
  for (size_t i = 0; i < out.size(); ++i) out[permutation[i]] = static_cast<int>(i);
  return out;
}

// A layout edit on a sample: constants are the operands that carry no data.
class SampleEdit final : public LayoutEdit {
 public:
  SampleEdit(Sample& sample, Permutation permutation, std::vector<bool> is_data)
      : sample_(sample), permutation_(std::move(permutation)), is_data_(std::move(is_data)) {
    for (const Tensor& tensor : sample.inputs) {
      types_.push_back(type_of(tensor));
      ints_.push_back(to_int64s(tensor.view()));
    }
    for (int i = 0; i < sample.outputs; ++i) output_permutations.push_back(permutation_);
  }

  ir::Node& node() override { return sample_.node; }
  const Permutation& permutation() const override { return permutation_; }
  const std::vector<int64_t>* ints(int input) override { return is_data_[input] ? nullptr : &ints_[input]; }
  void set_ints(int input, const Shape& shape, const std::vector<int64_t>& values) override {
    const bool wide = sample_.inputs[input].dtype() == DType::kInt64;
    const std::vector<int32_t> narrow(values.begin(), values.end());
    sample_.inputs[input] = wide ? Tensor::of<int64_t>(shape, values) : Tensor::of<int32_t>(shape, narrow);
  }
  const ir::Type& input_type(int input) const override { return types_[input]; }
  void set_output_permutation(int output, Permutation permutation) override {
    output_permutations[output] = std::move(permutation);
  }

  std::vector<Permutation> output_permutations;

 private:
  Sample& sample_;
  Permutation permutation_;
  std::vector<bool> is_data_;
  std::vector<ir::Type> types_;
  std::vector<std::vector<int64_t>> ints_;
};

std::vector<bool> data_operands(const OpDef& def, size_t inputs) {
  std::vector<bool> is_data(inputs, def.layout.kind != LayoutKind::kFree && def.layout.data_inputs.empty());
  for (int i : def.layout.data_inputs) is_data[i] = true;
  if (def.layout.kind == LayoutKind::kBroadcast) is_data.assign(inputs, true);
  return is_data;
}

// The sample as it is after TRANSPOSE(permutation) was moved from its data inputs to its outputs.
struct Moved {
  Sample sample;
  std::vector<Permutation> output_permutations;
};

std::optional<Moved> moved_through(const OpDef& def, const Sample& sample, const Permutation& permutation) {
  Moved after{sample, {}};
  const std::vector<bool> is_data = data_operands(def, sample.inputs.size());
  SampleEdit edit(after.sample, permutation, is_data);
  if (def.layout.kind == LayoutKind::kRemaps && !def.layout.remap(edit)) return std::nullopt;
  for (size_t i = 0; i < sample.inputs.size(); ++i) {
    if (!is_data[i]) continue;
    const Tensor& x = sample.inputs[i];
    Shape full(std::vector<int64_t>(permutation.size() - static_cast<size_t>(x.shape().rank()), 1));
    for (int64_t extent : x.shape()) full.push_back(extent);
    after.sample.inputs[i] = transposed(Tensor::copy_of({x.dtype(), full, x.view().bytes}), inverse(permutation));
  }
  after.output_permutations = edit.output_permutations;
  return after;
}

Permutation random_permutation(Random& random, int rank) {
  Permutation permutation(rank);
  for (int i = 0; i < rank; ++i) permutation[i] = i;
  for (int i = rank - 1; i > 0; --i) std::swap(permutation[i], permutation[random.integer(0, i)]);
  return permutation;
}

// True if the rule applied; failures of any kind are reported here.
bool check_move(const OpDef& def, const Sample& sample, const Permutation& permutation) {
  const auto expected = run(def, sample);
  CAPTURE((expected ? std::string() : describe(expected.error())));
  REQUIRE_MESSAGE(expected.has_value(), std::string(def.name) << " needs a row in layout_samples_test.cpp");
  const auto after = moved_through(def, sample, permutation);
  if (!after) return false;
  const auto got = run(def, after->sample);
  CAPTURE((got ? std::string() : describe(got.error())));
  REQUIRE(got.has_value());
  REQUIRE(got->size() == expected->size());
  for (size_t i = 0; i < got->size(); ++i) {
    const Tensor& want = (*expected)[i];
    REQUIRE(after->output_permutations[i].size() == static_cast<size_t>((*got)[i].shape().rank()));
    const Tensor have = transposed((*got)[i], after->output_permutations[i]);
    CHECK(to_string(have.shape()) == to_string(want.shape()));
    REQUIRE(have.view().bytes.size() == want.view().bytes.size());
    CHECK(std::equal(have.view().bytes.begin(), have.view().bytes.end(), want.view().bytes.begin()));
  }
  return true;
}

}  // namespace

TEST_CASE("a TRANSPOSE moves through an operator without changing a byte") {
  Random random(7);
  for (const OpDef* def : all()) {
    if (def->layout.kind == LayoutKind::kBlocks) continue;
    CAPTURE(std::string(def->name));
    int applied = 0;
    for (int round = 0; round < 40; ++round) {
      const int rank = static_cast<int>(random.integer(3, 5));
      const Sample sample = make_sample(*def, random, rank);
      REQUIRE_MESSAGE(!sample.inputs.empty(), std::string(def->name) << " needs a row in layout_samples_test.cpp");
      applied += check_move(*def, sample, random_permutation(random, rank));
    }
    CHECK_MESSAGE(applied > 0, std::string(def->name) << ": the rule never applied");
  }
}
