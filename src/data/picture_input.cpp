#include "data/picture_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace pestle::data {
namespace {

using codec::Image;
using codec::make_image;

constexpr int64_t kMaxPixels = codec::kMaxPixels;

// As Python's round(): the exact product's nearest integer, ties to even.
int round_half_even(double value) {
  const double below = std::floor(value);
  const double rest = value - below;
  const auto low = static_cast<int>(below);
  if (rest != 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 == 0 ? low : low + 1;
}

Result<Image> crop_center(const Image& image, int width, int height) {
  if (width > image.width || height > image.height) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("a centre of {}x{} cannot be cut from a picture of {}x{}", width, height, image.width,
                            image.height),
                fmt::format("enlarge it first: short={}", std::max(width, height)));
  }
  Image out = make_image(width, height, image.channels);
  const int left = (image.width - width) / 2;
  const int top = (image.height - height) / 2;
  for (int y = 0; y < height; ++y) {
    std::memcpy(out.row(y), image.row(top + y) + static_cast<size_t>(left) * static_cast<size_t>(image.channels),
                out.row_bytes());
  }
  return out;
}

Result<Image> resize_checked(const Image& image, int64_t width, int64_t height, Filter filter) {
  if (width * height > kMaxPixels) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("resizing {}x{} gives {}x{}, more than {} pixels", image.width,
                                                         image.height, width, height, kMaxPixels));
  }
  return resize(image, static_cast<int>(width), static_cast<int>(height), filter);
}

Result<Image> apply(const Image& image, const ShortSideStep& step) {
  const int64_t shorter = std::min(image.width, image.height);
  const int64_t width = std::max<int64_t>(int64_t{image.width} * step.size / shorter, 1);
  const int64_t height = std::max<int64_t>(int64_t{image.height} * step.size / shorter, 1);
  return resize_checked(image, width, height, step.filter);
}

Result<Image> apply(const Image& image, const ResizeStep& step) {
  return resize_checked(image, step.width, step.height, step.filter);
}

Result<Image> apply(const Image& image, const CenterFractionStep& step) {
  const auto part = [&](int side) { return std::max(round_half_even(side * step.fraction), 1); };
  return crop_center(image, part(image.width), part(image.height));
}

Result<Image> apply(const Image& image, const CenterSizeStep& step) {
  return crop_center(image, step.width, step.height);
}

Result<Image> apply(const Image& image, const LetterboxStep& step) {
  const double scale =
      std::min(static_cast<double>(step.width) / image.width, static_cast<double>(step.height) / image.height);
  const int width = std::clamp(round_half_even(image.width * scale), 1, step.width);
  const int height = std::clamp(round_half_even(image.height * scale), 1, step.height);
  const Image inner = resize(image, width, height, Filter::kBilinear);
  Image out = make_image(step.width, step.height, image.channels);
  std::ranges::fill(out.pixels, static_cast<uint8_t>(step.value));
  const int left = (step.width - width) / 2;
  const int top = (step.height - height) / 2;
  for (int y = 0; y < height; ++y) {
    std::memcpy(out.row(top + y) + static_cast<size_t>(left) * static_cast<size_t>(image.channels), inner.row(y),
                inner.row_bytes());
  }
  return out;
}

// ITU-R 601 luma in 16 fraction bits, as Pillow computes it.
uint8_t luma(const uint8_t* rgb) {
  return static_cast<uint8_t>((rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16);
}

Result<Image> apply(const Image& image, const ChannelStep& step) {
  if (step.channels == Channels::kRgb || image.channels == 1) return image;
  const size_t pixels = image.pixels.size() / 3;
  if (step.channels == Channels::kGray) {
    Image grey = make_image(image.width, image.height, 1);
    for (size_t i = 0; i < pixels; ++i) grey.pixels[i] = luma(image.pixels.data() + 3 * i);
    return grey;
  }
  Image swapped = image;
  for (size_t i = 0; i < pixels; ++i) std::swap(swapped.pixels[3 * i], swapped.pixels[3 * i + 2]);
  return swapped;
}

Result<Image> apply(const Image&, const ReshapeStep&) {
  return fail(ErrorCode::kInvalidArgument, "reshape is for arrays, not for pictures", "use resize=WxH");
}
Result<Image> sound_step() {
  return fail(ErrorCode::kInvalidArgument, "rate, mono and window are for sound, not for pictures");
}
Result<Image> apply(const Image&, const RateStep&) { return sound_step(); }
Result<Image> apply(const Image&, const MonoStep&) { return sound_step(); }
Result<Image> apply(const Image&, const WindowStep&) { return sound_step(); }

// Numbers and layout do not touch pixels.
bool works_on_pixels(const Step& step) {
  return !std::holds_alternative<RangeStep>(step) && !std::holds_alternative<MeanStep>(step) &&
         !std::holds_alternative<StdStep>(step) && !std::holds_alternative<AffineStep>(step) &&
         !std::holds_alternative<LayoutStep>(step);
}
template <typename NumberStep>
Result<Image> apply(const Image& image, const NumberStep&) {
  return image;
}

Layout final_layout(const Chain& chain, const InputSpec& spec) {
  const Layout asked = layout_of(chain);
  if (asked != Layout::kNone) return asked;
  return spec.layout == Layout::kNone ? Layout::kNhwc : spec.layout;
}

Result<Shape> final_shape(const Image& image, Layout layout, const InputSpec& spec) {
  const Shape shape = layout == Layout::kNchw ? Shape{1, image.channels, image.height, image.width}
                                              : Shape{1, image.height, image.width, image.channels};
  bool fits = spec.shape.rank() == 4;
  for (int axis = 0; fits && axis < 4; ++axis) fits = spec.shape[axis] == kUnknown || spec.shape[axis] == shape[axis];
  if (fits) return shape;
  const PictureSize wanted = picture_size(spec);
  std::string hint = fmt::format("describe the whole way to it, for example resize={}x{}", wanted.width, wanted.height);
  if (wanted.channels == 1 && image.channels == 3) hint = "add gray: the input has one channel";
  if (wanted.width == 0 || wanted.height == 0) hint.clear();
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("{} does not take the picture that preprocessing gives, {}", describe(spec), to_string(shape)), hint);
}

// Copies pixels through one table a channel into NHWC or NCHW order.
template <typename T>
void place(const Image& image, const std::vector<std::vector<std::byte>>& tables, Layout layout, T* out) {
  const size_t pixels = static_cast<size_t>(image.width) * static_cast<size_t>(image.height);
  const auto channels = static_cast<size_t>(image.channels);
  const size_t pixel_step = layout == Layout::kNchw ? 1 : channels;
  const size_t channel_step = layout == Layout::kNchw ? pixels : 1;
  for (size_t c = 0; c < channels; ++c) {
    T table[256];
    std::memcpy(table, tables[c].data(), sizeof(table));
    const uint8_t* from = image.pixels.data() + c;
    T* to = out + c * channel_step;
    for (size_t i = 0; i < pixels; ++i) to[i * pixel_step] = table[from[i * channels]];
  }
}

}  // namespace

Result<Image> apply_geometry(Image image, const Chain& chain) {
  for (const Step& step : chain.steps) {
    if (!works_on_pixels(step)) continue;
    PESTLE_ASSIGN(image, std::visit([&](const auto& s) { return apply(image, s); }, step));
  }
  return image;
}

Result<Tensor> picture_to_input(Image image, const Chain& chain, const InputSpec& spec) {
  PESTLE_ASSIGN(image, apply_geometry(std::move(image), chain));
  const Layout layout = final_layout(chain, spec);
  PESTLE_ASSIGN(Shape shape, final_shape(image, layout, spec));
  const size_t element = static_cast<size_t>(dtype_bits(spec.dtype)) / 8;
  std::vector<std::vector<std::byte>> tables;
  for (int channel = 0; channel < image.channels; ++channel) {
    auto& table = tables.emplace_back(256 * element);
    PESTLE_TRY(store_numbers(pixel_numbers(chain, channel), spec, {spec.dtype, Shape{256}, table}));
  }
  Tensor tensor(spec.dtype, std::move(shape));
  std::byte* out = tensor.view().bytes.data();
  switch (element) {
    case 1: place(image, tables, layout, reinterpret_cast<uint8_t*>(out)); break;
    case 2: place(image, tables, layout, reinterpret_cast<uint16_t*>(out)); break;
    case 4: place(image, tables, layout, reinterpret_cast<uint32_t*>(out)); break;
    default: place(image, tables, layout, reinterpret_cast<uint64_t*>(out)); break;
  }
  return tensor;
}

}  // namespace pestle::data
