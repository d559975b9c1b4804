#include "formats/onnx/cell_activation.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

namespace pestle::formats::onnx {
namespace {

using Write = ValueId (*)(Formula&, const CellActivation&, ValueId);

ValueId relu(Formula& f, const CellActivation&, ValueId x) { return f.op("RELU", {x}); }
ValueId tanh(Formula& f, const CellActivation&, ValueId x) { return f.op("TANH", {x}); }
ValueId sigmoid(Formula& f, const CellActivation&, ValueId x) { return f.op("LOGISTIC", {x}); }

ValueId affine(Formula& f, const CellActivation& a, ValueId x) { return f.add(f.scale(x, a.alpha), f.number(a.beta)); }

ValueId leaky_relu(Formula& f, const CellActivation& a, ValueId x) {
  return f.op("LEAKY_RELU", {x}, {{"alpha", double{a.alpha}}});
}

ValueId thresholded_relu(Formula& f, const CellActivation& a, ValueId x) {
  return f.select(f.op("GREATER_EQUAL", {x, f.number(a.alpha)}), x, f.number(0));
}

ValueId scaled_tanh(Formula& f, const CellActivation& a, ValueId x) {
  return f.scale(f.op("TANH", {f.scale(x, a.beta)}), a.alpha);
}

ValueId hard_sigmoid(Formula& f, const CellActivation& a, ValueId x) {
  const ValueId line = f.add(f.scale(x, a.alpha), f.number(a.beta));
  return f.op("MAXIMUM", {f.op("MINIMUM", {line, f.number(1)}), f.number(0)});
}

// max(x, 0) + alpha * (exp(min(x, 0)) - 1)
ValueId elu(Formula& f, const CellActivation& a, ValueId x) {
  if (a.alpha == 1) return f.op("ELU", {x});
  const ValueId falling = f.op("ELU", {f.op("MINIMUM", {x, f.number(0)})});
  return f.add(f.op("RELU", {x}), f.scale(falling, a.alpha));
}

ValueId softsign(Formula& f, const CellActivation&, ValueId x) {
  return f.div(x, f.add(f.op("ABS", {x}), f.number(1)));
}

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), which does not overflow.
ValueId softplus(Formula& f, const CellActivation&, ValueId x) {
  const ValueId small = f.op("EXP", {f.op("NEG", {f.op("ABS", {x})})});
  return f.add(f.op("RELU", {x}), f.op("LOG", {f.add(small, f.number(1))}));
}

struct Row {
  std::string_view name;
  Write write;
  std::optional<float> alpha = {}, beta = {};  // defaults of those that it has
};

constexpr Row kRows[] = {
    {"relu", relu},
    {"tanh", tanh},
    {"sigmoid", sigmoid},
    {"affine", affine, 1.0f, 0.0f},
    {"leakyrelu", leaky_relu, 0.01f},
    {"thresholdedrelu", thresholded_relu, 1.0f},
    {"scaledtanh", scaled_tanh, 1.0f, 1.0f},
    {"hardsigmoid", hard_sigmoid, 0.2f, 0.5f},
    {"elu", elu, 1.0f},
    {"softsign", softsign},
    {"softplus", softplus},
};

const Row* find_row(std::string_view name) {
  const auto found = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& row) { return row.name == name; });
  return found == std::end(kRows) ? nullptr : found;
}

// Lists hold values for those activations only that have the parameter.
float next_of(const std::vector<float>& list, size_t& next, std::optional<float> fallback) {
  if (!fallback) return 0;
  return next < list.size() ? list[next++] : *fallback;
}

}  // namespace

Result<std::vector<CellActivation>> read_activations(NodeContext& node, const std::vector<const char*>& defaults,
                                                     int64_t directions) {
  std::vector<std::string> names = node.texts("activations");
  if (names.empty()) {
    for (int64_t i = 0; i < directions; ++i) names.insert(names.end(), defaults.begin(), defaults.end());
  }
  if (names.size() != defaults.size() * static_cast<size_t>(directions))
    return fail(ErrorCode::kInvalidModel, "has too few or too many activations");
  const std::vector<float> alphas = node.numbers("activation_alpha"), betas = node.numbers("activation_beta");
  size_t next_alpha = 0, next_beta = 0;
  std::vector<CellActivation> activations;
  for (std::string& name : names) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const Row* row = find_row(name);
    if (row == nullptr) return unsupported(fmt::format("the activation \"{}\" is not known", name));
    const float alpha = next_of(alphas, next_alpha, row->alpha), beta = next_of(betas, next_beta, row->beta);
    activations.push_back({std::move(name), alpha, beta, node.number("clip", 0)});
  }
  return activations;
}

ValueId activate(Formula& f, const CellActivation& activation, ValueId x) {
  if (activation.clip > 0)
    x = f.op("MAXIMUM", {f.op("MINIMUM", {x, f.number(activation.clip)}), f.number(-activation.clip)});
  return find_row(activation.name)->write(f, activation, x);
}

}  // namespace pestle::formats::onnx
