#include "data/readers.h"

#include <fmt/format.h>

#include <cstring>

#include "base/file.h"
#include "codec/image.h"
#include "codec/wav.h"
#include "data/array_input.h"
#include "data/picture_input.h"
#include "data/sound_input.h"

namespace pestle::data {
namespace {

bool begins_with(const Bytes& file, std::string_view text) {
  return file.size() >= text.size() && std::memcmp(file.data(), text.data(), text.size()) == 0;
}

bool is_wav(const Bytes& file) {
  return begins_with(file, "RIFF") && file.size() >= 12 && std::memcmp(file.data() + 8, "WAVE", 4) == 0;
}

Result<Tensor> decode_picture(const Bytes& file, const std::optional<Chain>& chain, const InputSpec& spec) {
  if (!chain) {
    return fail(ErrorCode::kInvalidArgument, "pictures need a preprocessing: the range of the numbers is never guessed",
                "--preprocess imagenet (or unit, tf, raw), or a chain: --preprocess "
                "center=0.875,resize=224x224:bicubic,range=-1:1");
  }
  if (!has_numbers(*chain)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("the preprocessing '{}' does not say what numbers pixels become", to_text(*chain)),
                "end it with range=0:1, range=-1:1 or range=0:255");
  }
  PESTLE_ASSIGN(codec::Image image, codec::decode_image(file.view()));
  return picture_to_input(std::move(image), *chain, spec);
}

Result<Tensor> decode(const Bytes& file, const std::optional<Chain>& chain, const InputSpec& spec) {
  if (begins_with(file, "\x93NUMPY")) {
    PESTLE_ASSIGN(const codec::NpyArray array, codec::read_npy(file));
    return array_to_input(array.view(), chain.value_or(Chain{}), spec);
  }
  if (is_wav(file)) {
    PESTLE_ASSIGN(codec::Wav wav, codec::read_wav(file.view()));
    return sound_to_input(std::move(wav), chain.value_or(Chain{}), spec);
  }
  return decode_picture(file, chain, spec);
}

// Row `row` along the first axis.
ConstTensorView row_of(const codec::NpyArray& array, size_t row) {
  const ConstTensorView all = array.view();
  const size_t bytes = all.bytes.size() / static_cast<size_t>(all.shape[0]);
  return {all.dtype, Shape(all.shape.dims().subspan(1)), all.bytes.subspan(row * bytes, bytes)};
}

}  // namespace

Result<Tensor> load_input(const std::string& path, const std::optional<Chain>& preprocess, const InputSpec& spec) {
  PESTLE_ASSIGN(const Bytes file, map_file(path));
  auto tensor = decode(file, preprocess, spec);
  if (!tensor) return in_context(std::move(tensor).error(), path);
  return tensor;
}

FileReader::FileReader(std::vector<std::string> paths, std::optional<Chain> chain, std::vector<InputSpec> inputs)
    : paths_(std::move(paths)), chain_(std::move(chain)), inputs_(std::move(inputs)) {}

Result<std::vector<Tensor>> FileReader::read(size_t row) const {
  std::vector<Tensor> tensors;
  for (size_t input = 0; input < inputs_.size(); ++input) {
    PESTLE_ASSIGN(Tensor tensor, load_input(paths_[row * inputs_.size() + input], chain_, inputs_[input]));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

ArrayReader::ArrayReader(std::vector<codec::NpyArray> arrays, const std::optional<Chain>& chain,
                         std::vector<InputSpec> inputs)
    : arrays_(std::move(arrays)), chain_(chain.value_or(Chain{})), inputs_(std::move(inputs)) {}

Result<std::vector<Tensor>> ArrayReader::read(size_t row) const {
  std::vector<Tensor> tensors;
  for (size_t input = 0; input < inputs_.size(); ++input) {
    const ConstTensorView view = row_of(arrays_[input], row);
    const Tensor copy = codec::is_aligned(view) ? Tensor() : Tensor::copy_of(view);
    const ConstTensorView aligned = codec::is_aligned(view) ? view : copy.view();
    PESTLE_ASSIGN(Tensor tensor, array_to_input(aligned, chain_, inputs_[input]));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

}  // namespace pestle::data
