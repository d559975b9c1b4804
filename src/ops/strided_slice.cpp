// STRIDED_SLICE
//   y[i] = x[begin + stride * i] along every axis, with the masks of NumPy-like indexing. Bit k of a mask speaks of
// entry k of begin, end and strides: begin_mask, end_mask: no bound on that side; ellipsis_mask: the entry stands
// for as many whole axes as are missing; new_axis_mask: an axis of extent 1 that x does not have; shrink_axis_mask:
// one index, whose axis goes away. Axes beyond the last entry are whole. With `offset`, end counts from begin.
#include <algorithm>
#include <utility>

#include "ops/core/copy.h"
#include "ops/core/op_def.h"

namespace pestle::ops {
namespace {

constexpr IntOption kBeginMask{"begin_mask", 0};
constexpr IntOption kEndMask{"end_mask", 0};
constexpr IntOption kEllipsisMask{"ellipsis_mask", 0};
constexpr IntOption kNewAxisMask{"new_axis_mask", 0};
constexpr IntOption kShrinkAxisMask{"shrink_axis_mask", 0};
constexpr BoolOption kOffset{"offset", false};

enum Operand { kInput, kBegin, kEnd, kStrides };

// What happens to one axis of the input, or a new axis of the output.
struct Entry {
  int source = -1;  // place in begin, end and strides; -1: a whole axis
  bool is_new = false;
  bool shrinks = false;
  bool no_begin = true;
  bool no_end = true;
};

bool bit(int64_t mask, int place) { return (mask >> place) & 1; }

// The entries in the order of axes, with the ellipsis and the missing end spelled out.
Result<std::vector<Entry>> entries_of(const ir::Node& node, int count, int rank) {
  if (count > 31) return fail(ErrorCode::kInvalidModel, "begin has more than 31 entries");
  int taken = 0;
  int ellipsis = count;
  for (int k = 0; k < count; ++k) {
    if (bit(kEllipsisMask(node), k)) {
      if (ellipsis < count) return fail(ErrorCode::kInvalidModel, "two entries are an ellipsis");
      ellipsis = k;
    } else if (!bit(kNewAxisMask(node), k)) {
      ++taken;
    }
  }
  if (taken > rank) {
    return fail(ErrorCode::kInvalidModel,
                std::to_string(taken) + " entries index an input of rank " + std::to_string(rank));
  }
  std::vector<Entry> entries;
  for (int k = 0; k <= count; ++k) {
    if (k == ellipsis) entries.insert(entries.end(), static_cast<size_t>(rank - taken), Entry{});
    if (k == ellipsis || k == count) continue;
    if (bit(kNewAxisMask(node), k)) {
      entries.push_back({k, true});
    } else {
      entries.push_back({k, false, bit(kShrinkAxisMask(node), k), bit(kBeginMask(node), k), bit(kEndMask(node), k)});
    }
  }
  return entries;
}

// The numbers of an entry, as far as they are known.
struct Bounds {
  std::optional<int64_t> begin, end, stride;
};

Bounds bounds_of(const Entry& entry, const std::optional<std::vector<int64_t>> (&lists)[3]) {
  if (entry.source < 0) return {0, 0, 1};
  const auto at = [&](int list) { return lists[list] ? std::optional((*lists[list])[entry.source]) : std::nullopt; };
  return {at(0), at(1), at(2)};
}

struct Range {
  int64_t begin = 0;
  int64_t stride = 1;
  int64_t extent = kUnknown;
};

// The range that an entry cuts from an axis of extent `in`. All numbers are known.
Result<Range> cut(const Entry& entry, const Bounds& bounds, bool offset, int64_t in) {
  const int64_t stride = *bounds.stride;
  if (stride == 0) return fail(ErrorCode::kInvalidModel, "a stride is 0");
  const int64_t low = stride > 0 ? 0 : -1;
  const int64_t high = stride > 0 ? in : in - 1;
  const auto bounded = [&](int64_t place) {
    return std::clamp(place < 0 ? place + in : place, low, std::max(low, high));
  };
  const int64_t first = entry.no_begin ? (stride > 0 ? 0 : in - 1) : *bounds.begin;
  const int64_t begin = entry.no_begin ? first : bounded(first);
  if (entry.shrinks) {
    const int64_t index = first < 0 ? first + in : first;
    if (stride < 0) return fail(ErrorCode::kInvalidModel, "an axis that goes away has a negative stride");
    if (index < 0 || index >= in) {
      return fail(ErrorCode::kInvalidModel,
                  "index " + std::to_string(first) + " is outside an axis of " + std::to_string(in));
    }
    return Range{index, 1, 1};
  }
  const int64_t last = offset ? *bounds.end + begin : *bounds.end;
  const int64_t end = entry.no_end ? (stride > 0 ? in : -1) : bounded(last);
  const int64_t length = stride > 0 ? end - begin : begin - end;
  const int64_t step = stride > 0 ? stride : -stride;
  return Range{begin, stride, length <= 0 ? 0 : (length - 1) / step + 1};
}

// Unknown numbers give a range of unknown extent.
Result<Range> cut_known(const Entry& entry, const Bounds& bounds, bool offset, int64_t in) {
  if (entry.shrinks && (!bounds.begin || in == kUnknown)) return Range{0, 1, 1};
  const bool known = bounds.stride && (entry.no_begin || bounds.begin) && (entry.no_end || bounds.end);
  if (entry.no_begin && entry.no_end && bounds.stride && (*bounds.stride == 1 || *bounds.stride == -1)) {
    return Range{0, *bounds.stride, in};
  }
  if (!known || in == kUnknown) return Range{};
  return cut(entry, bounds, offset, in);
}

Status infer(Inference& in) {
  const Shape& x = in.shape(kInput);
  const int64_t count = in.shape(kBegin).rank() == 1 ? in.shape(kBegin)[0] : kUnknown;
  if (count == kUnknown || !(in.shape(kEnd) == Shape{count}) || !(in.shape(kStrides) == Shape{count})) {
    return fail(ErrorCode::kInvalidModel, "begin, end and strides must be lists of one length");
  }
  PESTLE_ASSIGN(const auto entries, entries_of(in.node(), static_cast<int>(std::min<int64_t>(count, 32)), x.rank()));
  const std::optional<std::vector<int64_t>> lists[3] = {in.ints(kBegin), in.ints(kEnd), in.ints(kStrides)};
  Shape y;
  int axis = 0;
  for (const Entry& entry : entries) {
    if (entry.is_new) {
      y.push_back(1);
      continue;
    }
    PESTLE_ASSIGN(const Range range, cut_known(entry, bounds_of(entry, lists), kOffset(in.node()), x[axis++]));
    if (!entry.shrinks) y.push_back(range.extent);
  }
  in.set(0, in.dtype(kInput), y);
  return {};
}

Status evaluate(const Evaluation& e) {
  const Shape& x = e.inputs[kInput].shape();
  const OutputOperand& y = e.outputs[0];
  const std::optional<std::vector<int64_t>> lists[3] = {
      to_int64s(e.inputs[kBegin].view()), to_int64s(e.inputs[kEnd].view()), to_int64s(e.inputs[kStrides].view())};
  PESTLE_ASSIGN(const auto entries, entries_of(e.node, static_cast<int>(lists[0]->size()), x.rank()));
  // Seen from the input: one axis each, of which those that go away have extent 1. New axes change no address.
  const std::vector<int64_t> own = row_major_strides(x);
  StridedCopy copy;
  int axis = 0;
  for (const Entry& entry : entries) {
    if (entry.is_new) continue;
    PESTLE_ASSIGN(const Range range, cut(entry, bounds_of(entry, lists), kOffset(e.node), x[axis]));
    copy.extents.push_back(range.extent);
    copy.from_steps.push_back(range.stride * own[axis]);
    copy.from += range.begin * own[axis++];
  }
  const Shape cut_shape{std::vector<int64_t>(copy.extents)};
  if (cut_shape.elements() != y.elements()) return fail(ErrorCode::kInternal, "the output has another size");
  copy.to_steps = row_major_strides(cut_shape);
  copy_operand(copy, e.inputs[kInput], y);
  return {};
}

// Places of the entries in the order of the new axes. A new axis stays with the entry that follows it.
std::vector<size_t> moved_entries(const std::vector<Entry>& entries, const Permutation& p) {
  std::vector<std::vector<size_t>> groups(p.size() + 1);
  std::vector<size_t> waiting;
  size_t axis = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    waiting.push_back(i);
    if (!entries[i].is_new) groups[p[axis++]] = std::exchange(waiting, {});
  }
  groups.back() = waiting;
  std::vector<size_t> order;
  for (const auto& group : groups) order.insert(order.end(), group.begin(), group.end());
  return order;
}

// Which output axis an old one becomes.
Permutation output_permutation(const std::vector<Entry>& entries, const std::vector<size_t>& order) {
  std::vector<int> place(entries.size(), 0);
  int next = 0;
  for (size_t i : order) place[i] = entries[i].shrinks ? -1 : next++;
  Permutation permutation;
  for (int at : place) {
    if (at >= 0) permutation.push_back(at);
  }
  return permutation;
}

void set_masks(ir::Node& node, const std::vector<Entry>& entries, const std::vector<size_t>& order) {
  int64_t begin = 0, end = 0, fresh = 0, shrink = 0;
  for (size_t k = 0; k < order.size(); ++k) {
    const Entry& entry = entries[order[k]];
    begin |= int64_t{entry.no_begin && !entry.is_new} << k;
    end |= int64_t{entry.no_end && !entry.is_new} << k;
    fresh |= int64_t{entry.is_new} << k;
    shrink |= int64_t{entry.shrinks} << k;
  }
  kBeginMask.set(node, begin);
  kEndMask.set(node, end);
  kNewAxisMask.set(node, fresh);
  kShrinkAxisMask.set(node, shrink);
  kEllipsisMask.set(node, 0);
}

// Writes the entries out in full, one per axis in the new order, so that no ellipsis is left.
bool remap(LayoutEdit& edit) {
  const Permutation& p = edit.permutation();
  const std::vector<int64_t>* lists[3] = {edit.ints(kBegin), edit.ints(kEnd), edit.ints(kStrides)};
  if (lists[0] == nullptr || lists[1] == nullptr || lists[2] == nullptr) return false;
  const auto entries = entries_of(edit.node(), static_cast<int>(lists[0]->size()), static_cast<int>(p.size()));
  if (!entries || entries->size() > 31) return false;
  const std::vector<size_t> order = moved_entries(*entries, p);
  std::vector<int64_t> now[3];
  for (int k = 0; k < 3; ++k) {
    for (size_t i : order) {
      const int source = (*entries)[i].source;
      now[k].push_back(source < 0 ? (k == 2 ? 1 : 0) : (*lists[k])[source]);
    }
  }
  for (int k = 0; k < 3; ++k) edit.set_ints(kBegin + k, {static_cast<int64_t>(order.size())}, now[k]);
  edit.set_output_permutation(0, output_permutation(*entries, order));
  set_masks(edit.node(), *entries, order);
  return true;
}

int version(const NodeView& view, int row_version) {
  if (kOffset(view.node())) return 8;
  if (kEllipsisMask(view.node()) != 0 || kNewAxisMask(view.node()) != 0) return std::max(row_version, 6);
  return view.input(kInput).shape.rank() > 4 ? std::max(row_version, 4) : row_version;
}

}  // namespace

const OpDef& op_strided_slice() {
  static const DTypeSet kBase = kF32 | kF16 | kU8 | kI16 | kI32 | kI64;
  static const OpDef def = {
      .name = "STRIDED_SLICE",
      .code = 45,
      .options_record = "StridedSliceOptions",
      .summary = "y[i] = x[begin + stride i]",
      .inputs = {{"input"}, {"begin"}, {"end"}, {"strides"}},
      .outputs = {{"output"}},
      .options = {kBeginMask.info(), kEndMask.info(), kEllipsisMask.info(), kNewAxisMask.info(), kShrinkAxisMask.info(),
                  kOffset.info()},
      .types = {{"base", {kBase, kI32, kI32, kI32}, {kBase}, 1},
                {"int8", {kI8, kI32, kI32, kI32}, {kI8}, 2},
                {"bool", {kBool, kI32, kI32, kI32}, {kBool}, 3},
                {"uint32", {kU32, kI32, kI32, kI32}, {kU32}, 7}},
      .infer = infer,
      .evaluate = evaluate,
      .quantization = {.int8 = true,
                       .int16 = true,
                       .inputs = {kSharedRule, kNoRule, kNoRule, kNoRule},
                       .outputs = {kSharedRule}},
      .layout = {LayoutKind::kRemaps, {kInput}, remap},
      .version = version,
  };
  return def;
}

}  // namespace pestle::ops
