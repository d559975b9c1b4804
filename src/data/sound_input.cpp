#include "data/sound_input.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/array_input.h"
#include "data/resample.h"

namespace pestle::data {
namespace {

using codec::Wav;

Wav to_mono(const Wav& wav) {
  Wav mono{wav.rate, 1, {}};
  const auto channels = static_cast<size_t>(wav.channels);
  for (size_t frame = 0; frame < wav.frames(); ++frame) {
    double sum = 0.0;
    for (size_t c = 0; c < channels; ++c) sum += static_cast<double>(wav.samples[frame * channels + c]);
    mono.samples.push_back(static_cast<float>(sum / wav.channels));
  }
  return mono;
}

Result<Wav> apply_sound_steps(Wav wav, const Chain& chain) {
  for (const Step& step : chain.steps) {
    if (std::holds_alternative<MonoStep>(step) && wav.channels > 1) wav = to_mono(wav);
    if (const auto* rate = std::get_if<RateStep>(&step)) {
      PESTLE_ASSIGN(wav, resample(wav, rate->rate));
    }
    const auto* window = std::get_if<WindowStep>(&step);
    if (window != nullptr)
      wav.samples.resize(static_cast<size_t>(window->frames) * static_cast<size_t>(wav.channels), 0.0f);
  }
  return wav;
}

// The numeric steps and the shape, which arrays know too.
Chain without_sound_steps(const Chain& chain) {
  Chain rest;
  for (const Step& step : chain.steps) {
    if (std::holds_alternative<MonoStep>(step) || std::holds_alternative<RateStep>(step)) continue;
    if (!std::holds_alternative<WindowStep>(step)) rest.steps.push_back(step);
  }
  return rest;
}

}  // namespace

Result<Tensor> sound_to_input(Wav wav, const Chain& chain, const InputSpec& spec) {
  const int rate = wav.rate;
  PESTLE_ASSIGN(wav, apply_sound_steps(std::move(wav), chain));
  const auto frames = static_cast<int64_t>(wav.frames());
  const Shape shape = wav.channels == 1 ? Shape{frames} : Shape{frames, wav.channels};
  const ConstTensorView view{DType::kFloat32, shape, std::as_bytes(std::span(wav.samples))};
  Chain rest = without_sound_steps(chain);
  // Extents of 1 around the samples carry no order, so the input's own shape is taken where the count agrees.
  const auto wanted = spec.shape.is_static() ? checked_elements(spec.shape) : std::nullopt;
  if (wav.channels == 1 && wanted == frames) rest.steps.push_back(ReshapeStep{spec.shape});
  if (wanted && *wanted != frames * wav.channels) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} does not take a sound of {} frames, {} channels, {} Hz", describe(spec), frames,
                            wav.channels, rate),
                fmt::format("say how to cut it: rate=HZ,mono,window={}", *wanted));
  }
  return array_to_input(view, rest, spec);
}

}  // namespace pestle::data
