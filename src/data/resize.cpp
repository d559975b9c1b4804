// One output pixel of an antialiased pass is
//   (sum_k w_k p_k + 2^21) >> 22, clamped to 0..255,
// over the source pixels p_k whose centres lie within the filter's support around (i + 0.5) * scale, where the
// filter is stretched by max(scale, 1). The weights are normalized in double and then rounded to 22 fraction bits.
// The horizontal pass comes first, but where the height shrinks by more than twice as many pixels as the width.
#include "data/resize.h"

#include <algorithm>
#include <cmath>

namespace pestle::data {
namespace {

using codec::Image;
using codec::make_image;

constexpr int kFractionBits = 22;  // 32 less 8 bits of pixel and 2 of overshoot
constexpr int32_t kHalf = 1 << (kFractionBits - 1);

double triangle(double x) { return std::fabs(x) < 1.0 ? 1.0 - std::fabs(x) : 0.0; }

double box(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

// Keys' cubic with a = -1/2.
double cubic(double x) {
  constexpr double a = -0.5;
  x = std::fabs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
  return 0.0;
}

struct Kernel {
  double (*value)(double);
  double support;
};

Kernel kernel_of(Filter filter) {
  if (filter == Filter::kBicubic) return {cubic, 2.0};
  if (filter == Filter::kArea) return {box, 0.5};
  return {triangle, 1.0};
}

// The source pixels of one output pixel: `count` weights from `first` on.
struct Taps {
  int first = 0;
  int count = 0;
  const int32_t* weights = nullptr;
};

class TapTable {
 public:
  TapTable(int in_size, int out_size, Kernel kernel) : taps_(static_cast<size_t>(out_size)) {
    const double scale = static_cast<double>(in_size) / out_size;
    const double stretch = std::max(scale, 1.0);
    const double support = kernel.support * stretch;
    const double shrink = 1.0 / stretch;
    const auto most = static_cast<size_t>(std::ceil(support)) * 2 + 1;
    weights_.resize(most * taps_.size());
    std::vector<double> exact(most);
    for (int i = 0; i < out_size; ++i) {
      const double center = (i + 0.5) * scale;
      const int first = std::max(static_cast<int>(center - support + 0.5), 0);
      const int last = std::min(static_cast<int>(center + support + 0.5), in_size);
      double sum = 0.0;
      for (int k = 0; k < last - first; ++k) {
        exact[static_cast<size_t>(k)] = kernel.value((k + first - center + 0.5) * shrink);
        sum += exact[static_cast<size_t>(k)];
      }
      int32_t* weights = weights_.data() + most * static_cast<size_t>(i);
      for (int k = 0; k < last - first; ++k) {
        const double w =
            (sum != 0.0 ? exact[static_cast<size_t>(k)] / sum : exact[static_cast<size_t>(k)]) * (1 << kFractionBits);
        weights[k] = static_cast<int32_t>(w < 0.0 ? w - 0.5 : w + 0.5);
      }
      taps_[static_cast<size_t>(i)] = {first, last - first, weights};
    }
  }
  const Taps& operator[](int i) const { return taps_[static_cast<size_t>(i)]; }

 private:
  std::vector<Taps> taps_;
  std::vector<int32_t> weights_;
};

uint8_t to_pixel(int32_t sum) { return static_cast<uint8_t>(std::clamp(sum >> kFractionBits, 0, 255)); }

template <int kChannels>
void resize_row(const uint8_t* from, uint8_t* to, int width, const TapTable& table) {
  for (int x = 0; x < width; ++x, to += kChannels) {
    const Taps& taps = table[x];
    const uint8_t* pixel = from + taps.first * kChannels;
    int32_t sum[kChannels];
    std::fill_n(sum, kChannels, kHalf);
    for (int k = 0; k < taps.count; ++k, pixel += kChannels) {
      for (int c = 0; c < kChannels; ++c) sum[c] += taps.weights[k] * pixel[c];
    }
    for (int c = 0; c < kChannels; ++c) to[c] = to_pixel(sum[c]);
  }
}

Image resize_width(const Image& image, int width, Kernel kernel) {
  Image out = make_image(width, image.height, image.channels);
  const TapTable table(image.width, width, kernel);
  for (int y = 0; y < image.height; ++y) {
    if (image.channels == 3) {
      resize_row<3>(image.row(y), out.row(y), width, table);
    } else {
      resize_row<1>(image.row(y), out.row(y), width, table);
    }
  }
  return out;
}

Image resize_height(const Image& image, int height, Kernel kernel) {
  Image out = make_image(image.width, height, image.channels);
  const TapTable table(image.height, height, kernel);
  std::vector<int32_t> sums(image.row_bytes());
  for (int y = 0; y < height; ++y) {
    const Taps& taps = table[y];
    std::ranges::fill(sums, kHalf);
    for (int k = 0; k < taps.count; ++k) {
      const uint8_t* from = image.row(taps.first + k);
      const int32_t weight = taps.weights[k];
      for (size_t i = 0; i < sums.size(); ++i) sums[i] += weight * from[i];
    }
    std::ranges::transform(sums, out.row(y), to_pixel);
  }
  return out;
}

// The source position advances by addition, so that rounding falls as it does in Pillow.
std::vector<int> nearest_positions(int in_size, int out_size) {
  const double scale = static_cast<double>(in_size) / out_size;
  std::vector<int> positions(static_cast<size_t>(out_size));
  double at = scale * 0.5;
  for (int& position : positions) {
    position = std::min(static_cast<int>(at), in_size - 1);
    at += scale;
  }
  return positions;
}

Image resize_nearest(const Image& image, int width, int height) {
  Image out = make_image(width, height, image.channels);
  const auto xs = nearest_positions(image.width, width);
  const auto ys = nearest_positions(image.height, height);
  for (int y = 0; y < height; ++y) {
    const uint8_t* from = image.row(ys[static_cast<size_t>(y)]);
    uint8_t* to = out.row(y);
    for (const int x : xs) to = std::copy_n(from + x * image.channels, image.channels, to);
  }
  return out;
}

struct Lerp {
  int low = 0, high = 0;
  float fraction = 0.0f;
};

std::vector<Lerp> half_pixel_lerps(int in_size, int out_size) {
  const float scale = static_cast<float>(in_size) / static_cast<float>(out_size);
  std::vector<Lerp> lerps(static_cast<size_t>(out_size));
  for (int i = 0; i < out_size; ++i) {
    const float at = (static_cast<float>(i) + 0.5f) * scale - 0.5f;
    const float below = std::floor(at);
    const int low = static_cast<int>(below);
    lerps[static_cast<size_t>(i)] = {std::max(low, 0), std::min(low + 1, in_size - 1), at - below};
  }
  return lerps;
}

Image resize_half_pixel(const Image& image, int width, int height) {
  Image out = make_image(width, height, image.channels);
  const auto xs = half_pixel_lerps(image.width, width);
  const auto ys = half_pixel_lerps(image.height, height);
  for (int y = 0; y < height; ++y) {
    const Lerp& v = ys[static_cast<size_t>(y)];
    const uint8_t* top = image.row(v.low);
    const uint8_t* bottom = image.row(v.high);
    uint8_t* to = out.row(y);
    for (const Lerp& h : xs) {
      for (int c = 0; c < image.channels; ++c) {
        const int left = h.low * image.channels + c, right = h.high * image.channels + c;
        const float above = static_cast<float>(top[left]) + static_cast<float>(top[right] - top[left]) * h.fraction;
        const float under =
            static_cast<float>(bottom[left]) + static_cast<float>(bottom[right] - bottom[left]) * h.fraction;
        *to++ = static_cast<uint8_t>(above + (under - above) * v.fraction + 0.5f);
      }
    }
  }
  return out;
}

}  // namespace

Image resize(const Image& image, int width, int height, Filter filter) {
  if (image.width == width && image.height == height) return image;
  if (filter == Filter::kNearest) return resize_nearest(image, width, height);
  if (filter == Filter::kTf) return resize_half_pixel(image, width, height);
  const Kernel kernel = kernel_of(filter);
  if (image.width == width) return resize_height(image, height, kernel);
  if (image.height == height) return resize_width(image, width, kernel);
  const int fewer_rows = image.height - height;
  const int fewer_columns = image.width - width;
  if (fewer_rows > 0 && fewer_rows > 2 * fewer_columns)
    return resize_width(resize_height(image, height, kernel), width, kernel);
  return resize_height(resize_width(image, width, kernel), height, kernel);
}

}  // namespace pestle::data
