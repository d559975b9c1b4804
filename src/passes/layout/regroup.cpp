#include "passes/layout/regroup.h"

#include <algorithm>
#include <numeric>

namespace pestle::passes {
namespace {

struct Group {
  std::vector<int> from;  // axes with an extent other than 1
  std::vector<int> to;
};

std::vector<int> long_axes(const Shape& shape) {
  std::vector<int> axes;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] != 1) axes.push_back(axis);
  }
  return axes;
}

// The next group from places i and j on. False if the products never meet.
bool take_group(const Shape& from, const Shape& to, std::vector<int>& rest_from, std::vector<int>& rest_to,
                Group& group) {
  int64_t a = 1, b = 1;
  size_t i = 0, j = 0;
  do {
    if (a <= b && i < rest_from.size()) {
      a *= from[rest_from[i++]];
    } else if (j < rest_to.size()) {
      b *= to[rest_to[j++]];
    } else {
      return false;
    }
  } while (a != b);
  group.from.assign(rest_from.begin(), rest_from.begin() + static_cast<std::ptrdiff_t>(i));
  group.to.assign(rest_to.begin(), rest_to.begin() + static_cast<std::ptrdiff_t>(j));
  rest_from.erase(rest_from.begin(), rest_from.begin() + static_cast<std::ptrdiff_t>(i));
  rest_to.erase(rest_to.begin(), rest_to.begin() + static_cast<std::ptrdiff_t>(j));
  return true;
}

std::optional<std::vector<Group>> groups_of(const Shape& from, const Shape& to) {
  std::vector<int> rest_from = long_axes(from), rest_to = long_axes(to);
  std::vector<Group> groups;
  while (!rest_from.empty() || !rest_to.empty()) {
    groups.emplace_back();
    if (!take_group(from, to, rest_from, rest_to, groups.back())) return std::nullopt;
  }
  return groups;
}

// Axes of extent 1 go with the axis before them, or stand at the front.
std::vector<int> with_units(const Shape& to, const std::vector<int>& axes) {
  std::vector<int> out;
  for (int axis = 0; axis < to.rank() && to[axis] == 1; ++axis) out.push_back(axis);
  for (int axis : axes) {
    out.push_back(axis);
    for (int unit = axis + 1; unit < to.rank() && to[unit] == 1; ++unit) out.push_back(unit);
  }
  return out;
}

}  // namespace

std::optional<Regrouped> regroup(const Shape& from, const Permutation& permutation, const Shape& to) {
  Shape a = from, b = to;
  if (a.rank() > 0 && b.rank() > 0 && a[0] == kUnknown && b[0] == kUnknown)
    a[0] = b[0] = int64_t{1} << 31;  // like no other
  if (!checked_elements(a) || a.elements() == 0 || checked_elements(a) != checked_elements(b)) return std::nullopt;
  auto groups = groups_of(a, b);
  if (!groups) return std::nullopt;
  // The place of every long axis among the long axes that are stored.
  std::vector<int> stored = long_axes(a);
  std::sort(stored.begin(), stored.end(), [&](int l, int r) { return permutation[l] < permutation[r]; });
  std::vector<int> place(static_cast<size_t>(a.rank()), 0);
  for (size_t i = 0; i < stored.size(); ++i) place[stored[i]] = static_cast<int>(i);
  for (const Group& group : *groups) {
    for (size_t i = 1; i < group.from.size(); ++i) {
      if (place[group.from[i]] != place[group.from[i - 1]] + 1) return std::nullopt;
    }
  }
  std::sort(groups->begin(), groups->end(),
            [&](const Group& l, const Group& r) { return place[l.from[0]] < place[r.from[0]]; });
  std::vector<int> axes;
  for (const Group& group : *groups) axes.insert(axes.end(), group.to.begin(), group.to.end());
  if (std::is_sorted(axes.begin(), axes.end())) return Regrouped{to, {}};
  const std::vector<int> order = with_units(b, axes);
  return Regrouped{permuted(to, order), inverse(order)};
}

}  // namespace pestle::passes
