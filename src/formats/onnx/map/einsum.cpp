// Einsum: operands are multiplied in order, two at a time: labels that nothing after needs are summed by a product of
// matrices [labels of both that stay, own labels, summed ones]. Axes behind "..." are labels of their own.
#include <algorithm>
#include <cctype>
#include <map>

#include "formats/core/formula.h"
#include "formats/onnx/mapping.h"

namespace pestle::formats::onnx {
namespace {

// One operand or intermediate result: a value and the label of each of its axes.
struct Term {
  ValueId value = ir::kNoValue;
  std::string labels;
};

struct Equation {
  std::vector<std::string> operands;
  std::string result;
};

constexpr int kMostEllipsis = 8;

// "..." of `count` axes as digits, right-aligned: the last axis is "0".
Result<std::string> spelled(const std::string& text, int rank) {
  const size_t dots = text.find("...");
  const int named = static_cast<int>(text.size()) - (dots == std::string::npos ? 0 : 3);
  std::string labels = text;
  if (dots != std::string::npos) {
    const int count = rank - named;
    if (count < 0 || count > kMostEllipsis)
      return fail(ErrorCode::kInvalidModel, "its equation does not fit its operands");
    std::string axes;
    for (int i = count; i-- > 0;) axes += static_cast<char>('0' + i);
    labels = text.substr(0, dots) + axes + text.substr(dots + 3);
  }
  if (static_cast<int>(labels.size()) != rank)
    return fail(ErrorCode::kInvalidModel, "its equation does not fit its operands");
  for (size_t i = 0; i < labels.size(); ++i) {
    const bool is_known = std::isalnum(static_cast<unsigned char>(labels[i])) != 0;
    if (!is_known) return fail(ErrorCode::kInvalidModel, "its equation has a label that is no letter");
    if (labels.find(labels[i], i + 1) != std::string::npos) return unsupported("takes a diagonal");
  }
  return labels;
}

// Labels that stand once, in alphabetical order, behind those of "...".
std::string implied_result(const std::vector<std::string>& operands) {
  std::map<char, int> counts;
  for (const std::string& labels : operands) {
    for (char label : labels) ++counts[label];
  }
  std::string digits, letters;
  for (const auto& [label, count] : counts) {
    if (label <= '9') digits.insert(digits.begin(), label);
    if (label > '9' && count == 1) letters += label;
  }
  return digits + letters;
}

Result<Equation> parse(NodeContext& node) {
  std::string text = node.text("equation", "");
  std::erase(text, ' ');
  const size_t arrow = text.find("->");
  std::string left = text.substr(0, arrow) + ",";
  Equation equation;
  for (size_t end = left.find(','); end != std::string::npos; left.erase(0, end + 1), end = left.find(',')) {
    const int i = static_cast<int>(equation.operands.size());
    if (!node.has(i)) return fail(ErrorCode::kInvalidModel, "its equation has more terms than there are operands");
    PESTLE_ASSIGN(std::string labels, spelled(left.substr(0, end), node.rank(i)));
    equation.operands.push_back(std::move(labels));
  }
  if (static_cast<int>(equation.operands.size()) != node.inputs())
    return fail(ErrorCode::kInvalidModel, "its equation has fewer terms than there are operands");
  equation.result = implied_result(equation.operands);
  if (arrow == std::string::npos) return equation;
  const auto digits =
      std::count_if(equation.result.begin(), equation.result.end(), [](char label) { return label <= '9'; });
  const std::string right = text.substr(arrow + 2);
  const bool has_dots = right.find("...") != std::string::npos;
  const int rank = static_cast<int>(right.size()) - (has_dots ? 3 - static_cast<int>(digits) : 0);
  PESTLE_ASSIGN(equation.result, spelled(right, rank));
  for (char label : equation.result) {
    const bool is_there =
        std::any_of(equation.operands.begin(), equation.operands.end(),
                    [&](const std::string& labels) { return labels.find(label) != std::string::npos; });
    if (!is_there) return fail(ErrorCode::kInvalidModel, "its equation gives a label that no operand has");
  }
  return equation;
}

bool contains(const std::string& labels, char label) { return labels.find(label) != std::string::npos; }

Term arranged(Formula& f, Term term, const std::string& labels) {
  std::vector<int64_t> order;
  for (char label : labels) order.push_back(static_cast<int64_t>(term.labels.find(label)));
  return {f.transpose(term.value, order), labels};
}

// Sums labels that neither the result nor another operand has.
Term summed(Formula& f, const Term& term, const std::string& needed) {
  std::vector<int64_t> axes;
  std::string left;
  for (size_t i = 0; i < term.labels.size(); ++i) {
    if (contains(needed, term.labels[i]))
      left += term.labels[i];
    else
      axes.push_back(static_cast<int64_t>(i));
  }
  return axes.empty() ? term : Term{f.reduce("SUM", term.value, axes, false), left};
}

int64_t extent_of(Formula& f, const Term& term, char label) {
  const size_t axis = term.labels.find(label);
  return axis == std::string::npos ? 1 : f.shape(term.value)[static_cast<int>(axis)];
}

// The labels in that order, merged into [batch, rows, columns]; extents of 1 are spread to those of the other operand.
ValueId as_matrices(Formula& f, const Term& term, const Term& other, const std::string (&groups)[3]) {
  const Term ordered = arranged(f, term, groups[0] + groups[1] + groups[2]);
  Shape full, merged{1, 1, 1};
  for (int group = 0; group < 3; ++group) {
    for (char label : groups[group]) {
      full.push_back(std::max(extent_of(f, term, label), extent_of(f, other, label)));
      merged[group] *= full.back(0);
    }
  }
  return f.reshape(f.broadcast_to(ordered.value, full), merged);
}

Term multiplied(Formula& f, Term a, Term b, const std::string& needed) {
  a = summed(f, a, needed + b.labels);
  b = summed(f, b, needed + a.labels);
  std::string both, inner, rows, columns;
  for (char label : a.labels) {
    if (!contains(b.labels, label))
      rows += label;
    else
      (contains(needed, label) ? both : inner) += label;
  }
  for (char label : b.labels) {
    if (!contains(a.labels, label)) columns += label;
  }
  if (f.failed()) return a;
  Shape shape;
  for (char label : both + rows + columns) shape.push_back(std::max(extent_of(f, a, label), extent_of(f, b, label)));
  const ValueId x = as_matrices(f, a, b, {both, rows, inner}), y = as_matrices(f, b, a, {both, columns, inner});
  return {f.reshape(f.matmul(x, y, true), shape), both + rows + columns};
}

Result<ValueIds> map(NodeContext& node) {
  PESTLE_ASSIGN(const Equation equation, parse(node));
  for (int i = 0; i < node.inputs(); ++i) {
    if (node.dtype(i) != DType::kFloat32 || node.shape(i).elements() < 1)
      return unsupported("operands that are empty, or no floats");
  }
  Formula f(node.emit());
  Term term{node.input(0), equation.operands[0]};
  for (size_t i = 1; i < equation.operands.size(); ++i) {
    std::string needed = equation.result;
    for (size_t j = i + 1; j < equation.operands.size(); ++j) needed += equation.operands[j];
    term = multiplied(f, term, {node.input(static_cast<int>(i)), equation.operands[i]}, needed);
  }
  return f.result(arranged(f, summed(f, term, equation.result), equation.result).value);
}

}  // namespace

const Mapping& map_einsum() {
  static const Mapping mapping = {{"Einsum"}, 1, map};
  return mapping;
}

}  // namespace pestle::formats::onnx
