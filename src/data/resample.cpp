// y(t) = sum_n x(n) h(t - n), h(u) = c sinc(c u) w(u / width), c = min(1, rate out / rate in),
// w the Hann window, width = kZeroCrossings / c input samples to each side. The weights depend on the output's
// phase only, of which there are rate_out / gcd; they are normalized so that each phase passes a constant unchanged.
#include "data/resample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pestle::data {
namespace {

constexpr int kZeroCrossings = 16;
constexpr int kMaxRatio = 64;
constexpr size_t kMaxTableWeights = size_t{1} << 24;
constexpr double kPi = 3.14159265358979323846;

// sin(pi x) by its Taylor series after reduction to |x| <= 1/2: the first term left out is below 1e-11.
double sin_pi(double x) {
  const double nearest = std::floor(x + 0.5);
  const double z = (x - nearest) * kPi;
  const double z2 = z * z;
  double term = z, sum = z;
  for (int n = 1; n <= 7; ++n) {
    term = -term * z2 / (2 * n * (2 * n + 1));
    sum += term;
  }
  const bool odd = std::fmod(nearest, 2.0) != 0.0;
  return odd ? -sum : sum;
}

double windowed_sinc(double u, double cutoff, double width) {
  if (std::fabs(u) >= width) return 0.0;
  const double x = cutoff * u;
  const double sinc = x == 0.0 ? 1.0 : sin_pi(x) / (kPi * x);
  const double cosine = sin_pi(0.5 + 0.5 * u / width);  // cos(pi u / (2 width)), whose square is the Hann window
  return cutoff * sinc * cosine * cosine;
}

struct Phases {
  int64_t count = 0;           // distinct offsets of output samples between input samples
  int64_t step = 0;            // an output sample is step / count input samples after the one before
  int64_t half = 0;            // taps to each side
  std::vector<float> weights;  // count * 2 * half

  const float* row(int64_t phase) const { return weights.data() + phase * 2 * half; }
};

Phases make_phases(int from, int to) {
  const int divisor = std::gcd(from, to);
  const double cutoff = std::min(1.0, static_cast<double>(to) / from);
  const double width = kZeroCrossings / cutoff;
  Phases phases{to / divisor, from / divisor, static_cast<int64_t>(std::ceil(width)), {}};
  std::vector<double> row(static_cast<size_t>(2 * phases.half));
  for (int64_t phase = 0; phase < phases.count; ++phase) {
    const double at = static_cast<double>(phase) / static_cast<double>(phases.count);
    double sum = 0.0;
    for (size_t k = 0; k < row.size(); ++k) {
      row[k] = windowed_sinc(static_cast<double>(static_cast<int64_t>(k) - phases.half + 1) - at, cutoff, width);
      sum += row[k];
    }
    for (const double weight : row) phases.weights.push_back(static_cast<float>(weight / sum));
  }
  return phases;
}

// One output sample: taps half - 1 before `base` to half after it; the sound is silent outside its ends.
float sample_at(const codec::Wav& wav, size_t channel, int64_t base, const Phases& phases, const float* weights) {
  const auto channels = static_cast<size_t>(wav.channels);
  const auto frames = static_cast<int64_t>(wav.frames());
  const int64_t first = base - phases.half + 1;
  const int64_t low = std::max<int64_t>(first, 0), high = std::min(first + 2 * phases.half, frames);
  double sum = 0.0;
  for (int64_t n = low; n < high; ++n) {
    sum += static_cast<double>(weights[n - first]) *
           static_cast<double>(wav.samples[static_cast<size_t>(n) * channels + channel]);
  }
  return static_cast<float>(sum);
}

}  // namespace

Result<codec::Wav> resample(const codec::Wav& wav, int rate) {
  if (wav.rate == rate) return wav;
  const int64_t phases_needed = rate / std::gcd(wav.rate, rate);
  const int64_t taps = 2 * kZeroCrossings * (wav.rate / rate + 2);
  if (wav.rate / rate >= kMaxRatio || rate / wav.rate >= kMaxRatio ||
      static_cast<size_t>(phases_needed * taps) > kMaxTableWeights) {
    return fail(ErrorCode::kUnsupported, fmt::format("a sound at {} Hz cannot be resampled to {} Hz", wav.rate, rate));
  }
  const Phases phases = make_phases(wav.rate, rate);
  const auto channels = static_cast<size_t>(wav.channels);
  const auto frames = static_cast<int64_t>(wav.frames()) * phases.count / phases.step;
  codec::Wav out{rate, wav.channels, std::vector<float>(static_cast<size_t>(frames) * channels)};
  for (int64_t i = 0; i < frames; ++i) {
    const int64_t position = i * phases.step;
    const float* weights = phases.row(position % phases.count);
    for (size_t c = 0; c < channels; ++c) {
      out.samples[static_cast<size_t>(i) * channels + c] = sample_at(wav, c, position / phases.count, phases, weights);
    }
  }
  return out;
}

}  // namespace pestle::data
