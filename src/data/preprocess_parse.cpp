// The text form of chains: steps separated by commas, a step is "name" or "name=value".
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "data/preprocess.h"

namespace pestle::data {
namespace {

constexpr int kMaxSide = 16384;
constexpr int kMaxFrames = 1 << 24;
constexpr size_t kMaxSteps = 64;
constexpr int kLeastSideOfCrops = 96;

using Steps = std::vector<Step>;

template <typename T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(value)) return std::nullopt;
  }
  return value;
}

std::optional<int> parse_count(std::string_view text, int most) {
  const auto value = parse_number<int>(text);
  if (!value || *value < 1 || *value > most) return std::nullopt;
  return value;
}

// "AxB" or "A:B" or "A/B", cut at the first separator.
struct Pair {
  std::string_view first;
  std::string_view second;
};
std::optional<Pair> cut(std::string_view text, char separator) {
  const size_t at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  return Pair{text.substr(0, at), text.substr(at + 1)};
}

struct Size {
  int width, height;
};
std::optional<Size> parse_size(std::string_view text) {
  const auto parts = cut(text, 'x');
  if (!parts) return std::nullopt;
  const auto width = parse_count(parts->first, kMaxSide), height = parse_count(parts->second, kMaxSide);
  if (!width || !height) return std::nullopt;
  return Size{*width, *height};
}

std::optional<Filter> parse_filter(std::string_view text) {
  if (text == "bilinear") return Filter::kBilinear;
  if (text == "bicubic") return Filter::kBicubic;
  if (text == "nearest") return Filter::kNearest;
  if (text == "area") return Filter::kArea;
  if (text == "tf") return Filter::kTf;
  return std::nullopt;
}

std::optional<Step> parse_short(std::string_view text) {
  const auto parts = cut(text, ':').value_or(Pair{text, "bilinear"});
  const auto size = parse_count(parts.first, kMaxSide);
  const auto filter = parse_filter(parts.second);
  if (!size || !filter) return std::nullopt;
  return ShortSideStep{*size, *filter};
}

std::optional<Step> parse_resize(std::string_view text) {
  const auto parts = cut(text, ':').value_or(Pair{text, "bilinear"});
  const auto size = parse_size(parts.first);
  const auto filter = parse_filter(parts.second);
  if (!size || !filter) return std::nullopt;
  return ResizeStep{size->width, size->height, *filter};
}

std::optional<Step> parse_center(std::string_view text) {
  if (const auto size = parse_size(text)) return CenterSizeStep{size->width, size->height};
  const auto fraction = parse_number<double>(text);
  if (!fraction || *fraction <= 0.0 || *fraction > 1.0) return std::nullopt;
  return CenterFractionStep{*fraction};
}

std::optional<Step> parse_pad(std::string_view text) {
  const auto parts = cut(text, ':').value_or(Pair{text, "0"});
  const auto size = parse_size(parts.first);
  const auto value = parse_number<int>(parts.second);
  if (!size || !value || *value < 0 || *value > 255) return std::nullopt;
  return LetterboxStep{size->width, size->height, *value};
}

std::optional<Step> parse_range(std::string_view text) {
  const auto parts = cut(text, ':');
  if (!parts) return std::nullopt;
  const auto low = parse_number<double>(parts->first), high = parse_number<double>(parts->second);
  if (!low || !high || *low == *high) return std::nullopt;
  return RangeStep{*low, *high};
}

std::optional<std::vector<double>> parse_list(std::string_view text) {
  std::vector<double> values;
  for (const std::string& part : split(text, '/')) {
    const auto value = parse_number<double>(part);
    if (!value || values.size() == 3) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

std::optional<Step> parse_mean(std::string_view text) {
  auto values = parse_list(text);
  if (!values) return std::nullopt;
  return MeanStep{std::move(*values)};
}

std::optional<Step> parse_std(std::string_view text) {
  auto values = parse_list(text);
  if (!values || std::ranges::count(*values, 0.0) > 0) return std::nullopt;
  return StdStep{std::move(*values)};
}

std::optional<Step> parse_affine(std::string_view text) {
  const auto values = parse_list(text);
  if (!values || values->size() != 2 || (*values)[0] == 0.0) return std::nullopt;
  return AffineStep{(*values)[0], (*values)[1]};
}

std::optional<Step> parse_layout(std::string_view text) {
  if (text == "nchw") return LayoutStep{Layout::kNchw};
  if (text == "nhwc") return LayoutStep{Layout::kNhwc};
  return std::nullopt;
}

std::optional<Step> parse_reshape(std::string_view text) {
  auto shape = parse_shape(text);
  if (!shape || shape->rank() == 0 || !checked_elements(*shape)) return std::nullopt;
  return ReshapeStep{std::move(*shape)};
}

std::optional<Step> parse_rate(std::string_view text) {
  const auto rate = parse_count(text, 1 << 20);
  if (!rate) return std::nullopt;
  return RateStep{*rate};
}

std::optional<Step> parse_window(std::string_view text) {
  const auto frames = parse_count(text, kMaxFrames);
  if (!frames) return std::nullopt;
  return WindowStep{*frames};
}

struct StepForm {
  std::string_view name;
  const char* usage;
  std::optional<Step> (*parse)(std::string_view);
};
constexpr StepForm kValueSteps[] = {
    {"short", "short=256:bilinear", parse_short},
    {"resize", "resize=224x224:bicubic (bilinear, bicubic, nearest, area or tf)", parse_resize},
    {"center", "center=0.875 or center=224x224", parse_center},
    {"pad", "pad=640x640:114", parse_pad},
    {"range", "range=0:1 or range=-1:1", parse_range},
    {"mean", "mean=0.485/0.456/0.406", parse_mean},
    {"std", "std=0.229/0.224/0.225 (no zeros)", parse_std},
    {"affine", "affine=0.5/-3 (x * 0.5 - 3)", parse_affine},
    {"layout", "layout=nchw or layout=nhwc", parse_layout},
    {"reshape", "reshape=1x49x10x1", parse_reshape},
    {"rate", "rate=16000", parse_rate},
    {"window", "window=16000", parse_window},
};

struct PlainStep {
  std::string_view name;
  Step step;
};
const std::vector<PlainStep>& plain_steps() {
  static const std::vector<PlainStep> steps = {{"rgb", ChannelStep{Channels::kRgb}},
                                               {"bgr", ChannelStep{Channels::kBgr}},
                                               {"gray", ChannelStep{Channels::kGray}},
                                               {"mono", MonoStep{}}};
  return steps;
}

struct NamedChain {
  std::string_view name;
  std::string_view numbers;
};
constexpr NamedChain kNamedChains[] = {
    {"unit", "range=0:1"},
    {"tf", "range=-1:1"},
    {"imagenet", "range=0:1,mean=0.485/0.456/0.406,std=0.229/0.224/0.225"},
    {"raw", "range=0:255"},
};

bool is_geometry(const Step& step) {
  return std::holds_alternative<ShortSideStep>(step) || std::holds_alternative<ResizeStep>(step) ||
         std::holds_alternative<CenterFractionStep>(step) || std::holds_alternative<CenterSizeStep>(step) ||
         std::holds_alternative<LetterboxStep>(step);
}

bool is_pointwise(const Step& step) {
  return std::holds_alternative<RangeStep>(step) || std::holds_alternative<MeanStep>(step) ||
         std::holds_alternative<StdStep>(step) || std::holds_alternative<AffineStep>(step);
}

Failure unknown_step(std::string_view name) {
  std::vector<std::string> known;
  for (const StepForm& form : kValueSteps) known.emplace_back(form.name);
  for (const PlainStep& plain : plain_steps()) known.emplace_back(plain.name);
  for (const NamedChain& chain : kNamedChains) known.emplace_back(chain.name);
  const auto near = nearest_words(name, known, 1);
  return fail(ErrorCode::kInvalidArgument, fmt::format("preprocessing step '{:.60}' is not known", name),
              near.empty() ? fmt::format("known: {}", join(known, ", ")) : fmt::format("did you mean '{}'?", near[0]));
}

Result<Step> parse_step(std::string_view text) {
  for (const PlainStep& plain : plain_steps()) {
    if (plain.name == text) return plain.step;
  }
  const auto parts = cut(text, '=').value_or(Pair{text, ""});
  for (const StepForm& form : kValueSteps) {
    if (form.name != parts.first) continue;
    auto step = form.parse(parts.second);
    if (step) return std::move(*step);
    return fail(ErrorCode::kInvalidArgument, fmt::format("preprocessing step '{:.60}' cannot be read", text),
                fmt::format("write it like {}", form.usage));
  }
  return unknown_step(parts.first);
}

// A named chain's numbers behind the geometry and the channels that the input needs.
void append_named(const NamedChain& named, const PictureSize& input, Steps& steps) {
  const bool fitted = std::ranges::any_of(steps, is_geometry);
  if (!fitted && input.width > 0 && input.height > 0) {
    if (std::min(input.width, input.height) > kLeastSideOfCrops) steps.push_back(CenterFractionStep{0.875});
    steps.push_back(ResizeStep{input.width, input.height, Filter::kBicubic});
  }
  if (input.channels == 1) steps.push_back(ChannelStep{Channels::kGray});
  for (const std::string& text : split(named.numbers, ',')) {
    auto step = *parse_step(text);
    auto* mean = std::get_if<MeanStep>(&step);
    auto* deviation = std::get_if<StdStep>(&step);
    if (input.channels == 1 && mean != nullptr) mean->values.resize(1);
    if (input.channels == 1 && deviation != nullptr) deviation->values.resize(1);
    steps.push_back(std::move(step));
  }
}

Status check_lists(const Chain& chain) {
  const auto channels = static_cast<size_t>(channels_of(chain));
  const auto fits = [&](const std::vector<double>& values) { return values.size() == 1 || values.size() == channels; };
  for (const Step& step : chain.steps) {
    const auto* mean = std::get_if<MeanStep>(&step);
    const auto* deviation = std::get_if<StdStep>(&step);
    if ((mean == nullptr || fits(mean->values)) && (deviation == nullptr || fits(deviation->values))) continue;
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("mean and std need one value, or {} (one a channel)", channels));
  }
  return {};
}

// 8-bit steps cannot follow numbers: there are no pixels any more.
Status check_order(const Chain& chain) {
  bool numbers = false;
  for (const Step& step : chain.steps) {
    if (numbers && (is_geometry(step) || std::holds_alternative<ChannelStep>(step))) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("preprocessing step '{}' works on pixels and stands behind range, mean, std or affine",
                              to_text({{step}})),
                  "put resizing, cropping and channel order first");
    }
    numbers = numbers || is_pointwise(step);
  }
  return {};
}

}  // namespace

Result<Chain> parse_chain(std::string_view text, const PictureSize& input) {
  Chain chain;
  if (text.empty()) return fail(ErrorCode::kInvalidArgument, "the preprocessing is empty");
  for (const std::string& part : split(text, ',')) {
    const auto* named = std::ranges::find(kNamedChains, part, &NamedChain::name);
    if (named != std::end(kNamedChains)) {
      append_named(*named, input, chain.steps);
      continue;
    }
    PESTLE_ASSIGN(Step step, parse_step(part));
    chain.steps.push_back(std::move(step));
    if (chain.steps.size() > kMaxSteps)
      return fail(ErrorCode::kInvalidArgument, "the preprocessing has too many steps");
  }
  PESTLE_TRY(check_order(chain));
  PESTLE_TRY(check_lists(chain));
  return chain;
}

}  // namespace pestle::data
