#include "flows/quantize_options.h"

#include <fmt/core.h>

#include <cstdlib>

namespace pestle::flows {
namespace {

Failure wrong(std::string message, std::string hint = {}) {
  return fail(ErrorCode::kInvalidArgument, std::move(message), std::move(hint));
}

std::string mode_list() {
  std::string text;
  for (const quant::Mode& mode : quant::modes()) {
    text += fmt::format("\n  {:<13} weights {}, activations {}{}", mode.name, mode.weights_text, mode.activations_text,
                        mode.needs_data() ? "; needs `data`" : "");
  }
  return text;
}

Result<const quant::Mode*> parse_mode(const std::string& name) {
  if (name.empty()) return wrong("`mode` is missing; there are:" + mode_list(), "`mode` full-int8 `data` FOLDER");
  if (const quant::Mode* mode = quant::find_mode(name)) return mode;
  return wrong(fmt::format("`mode` {}: there is no such mode, only:{}", name, mode_list()));
}

Result<quant::ObserverSpec> parse_observer(const std::string& text) {
  quant::ObserverSpec spec;
  if (text.empty() || text == "minmax") return spec;
  if (text == "moving-average") {
    spec.kind = quant::ObserverSpec::kMovingAverage;
    return spec;
  }
  const std::string name = text.substr(0, text.find('='));
  if (name != "percentile") {
    return wrong(fmt::format("`observer` {}: there is no such observer", text),
                 "minmax, moving-average or percentile[=99.99]");
  }
  spec.kind = quant::ObserverSpec::kPercentile;
  if (name.size() == text.size()) return spec;
  char* end = nullptr;
  spec.percentile = std::strtod(text.c_str() + name.size() + 1, &end);
  if (*end == '\0' && spec.percentile > 50.0 && spec.percentile <= 100.0) return spec;
  return wrong(fmt::format("`observer` {}: the percentile must lie between 50 and 100", text));
}

Result<std::optional<DType>> parse_io(const std::string& text, const quant::Mode& mode) {
  if (text.empty()) return std::optional<DType>();
  std::string allowed;
  for (DType dtype : quant::io_types(mode)) {
    if (text == dtype_name(dtype)) return std::optional(dtype);
    allowed += (allowed.empty() ? "" : ", ") + std::string(dtype_name(dtype));
  }
  return wrong(fmt::format("`io` {} does not go with `mode` {}", text, mode.name), "this mode takes " + allowed);
}

Status check_together(const QuantizeOptions& options, const quant::Mode& mode) {
  if (mode.full && !options.keep_float.empty()) {
    return wrong(fmt::format("`keep_float` contradicts `mode` {}", mode.name),
                 "`allow_float` PATTERN lets operators stay float");
  }
  if (mode.needs_data() && options.data.path.empty() && options.plan.empty()) {
    return wrong(fmt::format("`mode` {} needs sample inputs and none were given", mode.name),
                 "`data` FOLDER (100 to 500 pictures), or `mode` dynamic, which needs none");
  }
  const bool chooses = !options.io.empty() || options.per_tensor || options.strict || !options.keep_float.empty() ||
                       !options.allow_float.empty();
  if (options.plan.empty() || !chooses) return {};
  return wrong("a plan says already how everything is stored",
               "leave out `io`, `per_tensor`, `strict`, `keep_float` and `allow_float`, or edit the plan");
}

}  // namespace

Result<QuantizeSettings> understand(const QuantizeOptions& options) {
  QuantizeSettings settings;
  PESTLE_ASSIGN(settings.mode, parse_mode(options.mode));
  PESTLE_TRY(check_together(options, *settings.mode));
  if (options.samples <= 0) return wrong(fmt::format("`samples` {}: must be positive", options.samples));
  if (options.refine != "auto" && options.refine != "bias" && options.refine != "none")
    return wrong(fmt::format("`refine` {}: expected auto, bias or none", options.refine));
  settings.samples = static_cast<size_t>(options.samples);
  settings.refine = options.refine != "none";
  PESTLE_ASSIGN(settings.observer, parse_observer(options.observer));
  PESTLE_ASSIGN(settings.choice.io, parse_io(options.io, *settings.mode));
  settings.choice.per_tensor = options.per_tensor;
  settings.choice.min_elements = options.min_elements;
  settings.choice.keep_float = options.keep_float;
  settings.choice.allow_float = options.allow_float;
  settings.choice.strict = options.strict;
  return settings;
}

}  // namespace pestle::flows
