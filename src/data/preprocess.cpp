#include "data/preprocess.h"

#include <fmt/format.h>

#include <algorithm>

namespace pestle::data {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

const char* filter_name(Filter filter) {
  switch (filter) {
    case Filter::kNearest: return "nearest";
    case Filter::kBilinear: return "bilinear";
    case Filter::kBicubic: return "bicubic";
    case Filter::kArea: return "area";
    case Filter::kTf: return "tf";
  }
  return "bilinear";
}

const char* channels_name(Channels channels) {
  switch (channels) {
    case Channels::kRgb: return "rgb";
    case Channels::kBgr: return "bgr";
    case Channels::kGray: return "gray";
  }
  return "rgb";
}

std::string step_text(const Step& step) {
  return std::visit(
      Overloaded{
          [](const ChannelStep& s) { return std::string(channels_name(s.channels)); },
          [](const ShortSideStep& s) { return fmt::format("short={}:{}", s.size, filter_name(s.filter)); },
          [](const ResizeStep& s) { return fmt::format("resize={}x{}:{}", s.width, s.height, filter_name(s.filter)); },
          [](const CenterFractionStep& s) { return fmt::format("center={}", s.fraction); },
          [](const CenterSizeStep& s) { return fmt::format("center={}x{}", s.width, s.height); },
          [](const LetterboxStep& s) { return fmt::format("pad={}x{}:{}", s.width, s.height, s.value); },
          [](const RangeStep& s) { return fmt::format("range={}:{}", s.low, s.high); },
          [](const MeanStep& s) { return fmt::format("mean={}", fmt::join(s.values, "/")); },
          [](const StdStep& s) { return fmt::format("std={}", fmt::join(s.values, "/")); },
          [](const AffineStep& s) { return fmt::format("affine={}/{}", s.scale, s.offset); },
          [](const LayoutStep& s) { return std::string(s.layout == Layout::kNchw ? "layout=nchw" : "layout=nhwc"); },
          [](const ReshapeStep& s) { return fmt::format("reshape={}", to_string(s.shape)); },
          [](const RateStep& s) { return fmt::format("rate={}", s.rate); },
          [](const MonoStep&) { return std::string("mono"); },
          [](const WindowStep& s) { return fmt::format("window={}", s.frames); },
      },
      step);
}

double value_for(const std::vector<double>& values, int channel) {
  return values.size() == 1 ? values[0] : values[static_cast<size_t>(channel)];
}

bool is_number_step(const Step& step) {
  return std::holds_alternative<RangeStep>(step) || std::holds_alternative<MeanStep>(step) ||
         std::holds_alternative<StdStep>(step) || std::holds_alternative<AffineStep>(step);
}

}  // namespace

std::string to_text(const Chain& chain) {
  std::string text;
  for (const Step& step : chain.steps) {
    if (!text.empty()) text += ',';
    text += step_text(step);
  }
  return text;
}

int channels_of(const Chain& chain) {
  int channels = 3;
  for (const Step& step : chain.steps) {
    const auto* order = std::get_if<ChannelStep>(&step);
    if (order != nullptr && order->channels == Channels::kGray) channels = 1;
  }
  return channels;
}

Layout layout_of(const Chain& chain) {
  Layout layout = Layout::kNone;
  for (const Step& step : chain.steps) {
    if (const auto* wanted = std::get_if<LayoutStep>(&step)) layout = wanted->layout;
  }
  return layout;
}

bool has_picture_steps(const Chain& chain) {
  return std::any_of(chain.steps.begin(), chain.steps.end(), [](const Step& step) {
    return std::visit(Overloaded{[](const ChannelStep&) { return true; }, [](const ShortSideStep&) { return true; },
                                 [](const ResizeStep&) { return true; }, [](const CenterFractionStep&) { return true; },
                                 [](const CenterSizeStep&) { return true; }, [](const LetterboxStep&) { return true; },
                                 [](const LayoutStep&) { return true; }, [](const auto&) { return false; }},
                      step);
  });
}

bool has_numbers(const Chain& chain) {
  for (const Step& step : chain.steps) {
    if (is_number_step(step)) return true;
  }
  return false;
}

double apply_numbers(const Chain& chain, double value, int channel) {
  for (const Step& step : chain.steps) {
    std::visit(Overloaded{
                   [&](const RangeStep& s) { value = value * (s.high - s.low) / 255.0 + s.low; },
                   [&](const MeanStep& s) { value = value - value_for(s.values, channel); },
                   [&](const StdStep& s) { value = value / value_for(s.values, channel); },
                   [&](const AffineStep& s) { value = value * s.scale + s.offset; },
                   [](const auto&) {},
               },
               step);
  }
  return value;
}

std::optional<ChannelMap> affine_of(const Chain& chain) {
  if (!has_numbers(chain)) return std::nullopt;
  ChannelMap map;
  for (int channel = 0; channel < channels_of(chain); ++channel) {
    double scale = 1.0;
    for (const Step& step : chain.steps) {
      if (const auto* range = std::get_if<RangeStep>(&step)) scale = scale * (range->high - range->low) / 255.0;
      if (const auto* deviation = std::get_if<StdStep>(&step)) scale = scale / value_for(deviation->values, channel);
      if (const auto* affine = std::get_if<AffineStep>(&step)) scale = scale * affine->scale;
    }
    map.scale.push_back(scale);
    map.offset.push_back(apply_numbers(chain, 0.0, channel));
  }
  return map;
}

}  // namespace pestle::data
