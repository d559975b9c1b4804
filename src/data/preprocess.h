// The preprocessing language: what is done to a picture, an array or a sound before a network sees it, as text
// ("center=0.875,resize=224x224:bicubic,range=-1:1") and as a value. Steps run in order: first those on 8-bit pixels
// (geometry, channels), then those on numbers. The numbers of one channel are a function of the pixel alone,
// computed in double and rounded to float once.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/shape.h"
#include "base/status.h"
#include "data/resize.h"

namespace pestle::data {

enum class Channels { kRgb, kBgr, kGray };
enum class Layout { kNone, kNhwc, kNchw };

struct ChannelStep {
  Channels channels;
};
struct ShortSideStep {
  int size;
  Filter filter;
};  // aspect ratio kept, the long side rounded down
struct ResizeStep {
  int width, height;
  Filter filter;
};
struct CenterFractionStep {
  double fraction;
};  // of each side, rounded to nearest (half to even)
struct CenterSizeStep {
  int width, height;
};
struct LetterboxStep {
  int width, height, value;
};  // scaled to fit (bilinear), the rest filled with value
struct RangeStep {
  double low, high;
};  // pixel 0 becomes low, 255 becomes high
struct MeanStep {
  std::vector<double> values;
};  // subtracted; one value, or one a channel
struct StdStep {
  std::vector<double> values;
};  // divided by
struct AffineStep {
  double scale, offset;
};  // x * scale + offset
struct LayoutStep {
  Layout layout;
};
struct ReshapeStep {
  Shape shape;
};
struct RateStep {
  int rate;
};
struct MonoStep {};
struct WindowStep {
  int frames;
};

using Step =
    std::variant<ChannelStep, ShortSideStep, ResizeStep, CenterFractionStep, CenterSizeStep, LetterboxStep, RangeStep,
                 MeanStep, StdStep, AffineStep, LayoutStep, ReshapeStep, RateStep, MonoStep, WindowStep>;

struct Chain {
  std::vector<Step> steps;
  // A chain that a model file records for pictures: arrays are then taken as they are.
  bool only_pictures = false;
};

// The picture that an input takes; named chains fit themselves to it. 0: unknown, nothing is fitted.
struct PictureSize {
  int width = 0;
  int height = 0;
  int channels = 3;
};

// The names unit, tf, imagenet and raw expand to their steps. Unless geometry stands before it, a name begins with
// a fitting one: resize=WxH:bicubic, behind center=0.875 where the input is large enough (more than 96 pixels) to be
// of a kind that is trained on crops.
Result<Chain> parse_chain(std::string_view text, const PictureSize& input);

// The canonical form: parse_chain reads it back to an equal chain, names are expanded.
std::string to_text(const Chain& chain);

// 3, or 1 after gray.
int channels_of(const Chain& chain);
// Layout that the chain asks for; kNone if it does not say.
Layout layout_of(const Chain& chain);
// True if some step works on pictures alone (channels, geometry, layout).
bool has_picture_steps(const Chain& chain);
// True if the chain says what numbers pixels become.
bool has_numbers(const Chain& chain);

// value = pixel * scale + offset, per channel of the picture that comes out; nothing if the chain says no numbers.
struct ChannelMap {
  std::vector<double> scale;
  std::vector<double> offset;
};
std::optional<ChannelMap> affine_of(const Chain& chain);

// The numeric steps on one pixel or element of a channel.
double apply_numbers(const Chain& chain, double value, int channel);

}  // namespace pestle::data
