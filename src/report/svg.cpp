#include "report/svg.h"

#include <algorithm>
#include <cmath>

#include "report/html.h"
#include "report/numbers.h"
#include "report/width.h"

namespace pestle::report {
namespace {

// Pixels of the drawing; it scales with the page.
constexpr double kWidth = 720, kHeight = 400;
constexpr double kLeft = 76, kRight = 24, kTop = 16, kBottom = 56;
constexpr double kDot = 5;
constexpr double kCharacter = 6.6;  // width of a label's character at 12 px
constexpr double kLabelHeight = 14;
constexpr int kColours = 6;

std::string px(double value) {
  std::string text = format_number(value, 1);
  std::erase(text, ',');
  return text;
}

// Values of one axis and the pixels they lie on. Room is left at both ends so that no point sits on a border.
struct Scale {
  double low = 0, high = 1;
  double first_pixel = 0, last_pixel = 1;
  std::vector<double> ticks;

  double pixel(double value) const { return first_pixel + (value - low) / (high - low) * (last_pixel - first_pixel); }
};

bool is_drawable(const Point& point) {
  // Differences of larger values would overflow.
  constexpr double kLargest = 1e300;
  return std::fabs(point.x) < kLargest && std::fabs(point.y) < kLargest;
}

Scale make_scale(const Plot& plot, double Point::*value, double first_pixel, double last_pixel) {
  bool any = false;
  Scale scale{.low = 0, .high = 1, .first_pixel = first_pixel, .last_pixel = last_pixel, .ticks = {}};
  for (const Series& series : plot.series) {
    for (const Point& point : series.points) {
      if (!is_drawable(point)) continue;
      scale.low = any ? std::min(scale.low, point.*value) : point.*value;
      scale.high = any ? std::max(scale.high, point.*value) : point.*value;
      any = true;
    }
  }
  const double span = scale.high - scale.low;
  // A single value gets room in proportion to itself, so that subtraction still sees it.
  const double room = span > 0 ? span * 0.06 : std::max(std::fabs(scale.low) * 0.1, 1e-9);
  const bool starts_at_zero = scale.low >= 0 && scale.low - room < 0;
  scale.low = starts_at_zero ? 0 : scale.low - room;
  scale.high += room;
  scale.ticks = round_ticks(scale.low, scale.high, 6);
  return scale;
}

std::string tick_text(double value, const Scale& scale, const Axis& axis) {
  if (axis.unit == "bytes" && value >= 1000) return format_size(static_cast<int64_t>(std::min(value, 9e18)));
  const double step = scale.ticks.size() > 1 ? scale.ticks[1] - scale.ticks[0] : 1;
  int decimals = 0;
  for (double unit = step; unit < 0.999 && decimals < 9; unit *= 10) ++decimals;
  return format_number(value, decimals);
}

struct Element {
  const char* classes;
  double x;
  double y;
  const char* anchor;
};

std::string text_element(const Element& element, const std::string& text) {
  return std::string("<text class=\"") + element.classes + "\" x=\"" + px(element.x) + "\" y=\"" + px(element.y) +
         "\" text-anchor=\"" + element.anchor + "\">" + escape_html(text) + "</text>\n";
}

std::string line_element(double x1, double y1, double x2, double y2) {
  return "<line class=\"grid\" x1=\"" + px(x1) + "\" y1=\"" + px(y1) + "\" x2=\"" + px(x2) + "\" y2=\"" + px(y2) +
         "\"/>\n";
}

class Drawing {
 public:
  explicit Drawing(const Plot& plot)
      : plot_(plot),
        x_(make_scale(plot, &Point::x, kLeft, kWidth - kRight)),
        y_(make_scale(plot, &Point::y, kHeight - kBottom, kTop)) {}

  std::string render() {
    std::string out = "<svg viewBox=\"0 0 " + px(kWidth) + " " + px(kHeight) + "\" role=\"img\" aria-label=\"" +
                      escape_html(plot_.title) + "\">\n";
    out += axes();
    for (size_t i = 0; i < plot_.series.size(); ++i) {
      out += "<g class=\"s" + std::to_string(i % kColours) + "\">\n";
      out += plot_.kind == PlotKind::kLine ? line(plot_.series[i]) : dots(plot_.series[i]);
      out += "</g>\n";
    }
    for (const bool dominated : {false, true}) {
      for (const Series& series : plot_.series) out += labels(series, dominated);
    }
    return out + "</svg>\n";
  }

 private:
  struct Box {
    double left, top, right, bottom;
    bool overlaps(const Box& other) const {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  };

  std::string axes() const {
    std::string out;
    for (const double tick : x_.ticks) {
      out += line_element(x_.pixel(tick), kTop, x_.pixel(tick), kHeight - kBottom);
      out += text_element({"tick", x_.pixel(tick), kHeight - kBottom + 18, "middle"}, tick_text(tick, x_, plot_.x));
    }
    for (const double tick : y_.ticks) {
      out += line_element(kLeft, y_.pixel(tick), kWidth - kRight, y_.pixel(tick));
      out += text_element({"tick", kLeft - 8, y_.pixel(tick) + 4, "end"}, tick_text(tick, y_, plot_.y));
    }
    out += text_element({"axis", (kLeft + kWidth - kRight) / 2, kHeight - 12, "middle"}, axis_text(plot_.x));
    const std::string middle = px((kTop + kHeight - kBottom) / 2);
    out += "<text class=\"axis\" text-anchor=\"middle\" transform=\"translate(16 " + middle + ") rotate(-90)\">" +
           escape_html(axis_text(plot_.y)) + "</text>\n";
    return out;
  }

  static std::string axis_text(const Axis& axis) {
    return axis.unit.empty() ? axis.title : axis.title + " [" + axis.unit + "]";
  }

  std::string line(const Series& series) const {
    std::string points;
    for (const Point& point : series.points) {
      if (is_drawable(point)) points += px(x_.pixel(point.x)) + "," + px(y_.pixel(point.y)) + " ";
    }
    return "<polyline points=\"" + points + "\"><title>" + escape_html(series.name) + "</title></polyline>\n";
  }

  std::string dots(const Series& series) {
    std::string out;
    for (const Point& point : series.points) {
      if (!is_drawable(point)) continue;
      const double x = x_.pixel(point.x), y = y_.pixel(point.y);
      taken_.push_back({x - kDot, y - kDot, x + kDot, y + kDot});
      const std::string values = tick_text(point.x, x_, plot_.x) + ", " + format_number(point.y, 2);
      out += std::string("<circle class=\"") + mark_name(point.mark) + "\" cx=\"" + px(x) + "\" cy=\"" + px(y) +
             "\" r=\"" + px(point.mark == Mark::kBest ? kDot + 2 : kDot) + "\"><title>" +
             escape_html(point.label + ": " + values) + "</title></circle>\n";
    }
    return out;
  }

  // Beside the point on the first side where the label covers nothing. Dominated points come last and may stay
  // without one.
  std::string labels(const Series& series, bool dominated) {
    std::string out;
    for (const Point& point : series.points) {
      const bool has_turn = (point.mark == Mark::kDominated) == dominated;
      if (!has_turn || !is_drawable(point) || point.label.empty()) continue;
      const std::string text = shorten_middle(printable(point.label), 28, "…");
      const double width = kCharacter * display_width(text);
      const double x = x_.pixel(point.x), y = y_.pixel(point.y);
      const Box sides[] = {side(x + 10, y, width), side(x - 10 - width, y, width), side(x - width / 2, y - 15, width),
                           side(x - width / 2, y + 15, width)};
      const auto* chosen =
          std::find_if(std::begin(sides), std::end(sides), [this](const Box& box) { return fits(box); });
      const bool found = chosen != std::end(sides);
      if (!found && dominated) continue;
      const Box box = found ? *chosen : sides[0];
      taken_.push_back(box);
      out += text_element({dominated ? "label quiet" : "label", box.left, box.bottom - 3, "start"}, text);
    }
    return out;
  }

  static Box side(double left, double middle, double width) {
    return {left, middle - kLabelHeight / 2, left + width, middle + kLabelHeight / 2};
  }

  bool fits(const Box& box) const {
    if (box.left < kLeft || box.right > kWidth || box.top < 0 || box.bottom > kHeight - kBottom) return false;
    return std::none_of(taken_.begin(), taken_.end(), [&](const Box& other) { return box.overlaps(other); });
  }

  const Plot& plot_;
  Scale x_;
  Scale y_;
  std::vector<Box> taken_;
};

}  // namespace

std::vector<double> round_ticks(double low, double high, int count) {
  const double wanted = (high - low) / std::max(count, 1);
  if (!(wanted > 0) || !std::isfinite(wanted)) return {};
  double power = 1;
  while (power > wanted && power > 1e-300) power /= 10;
  while (power * 10 <= wanted) power *= 10;
  double step = power * 10;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (power * factor >= wanted) step = power * factor;
  }
  std::vector<double> ticks;
  // Multiples are counted, not summed; where the step vanishes beside the value there is nothing to count.
  const double first = std::ceil(low / step), last = std::floor(high / step);
  if (std::fabs(first) > 1e15 || std::fabs(last) > 1e15) return {};
  for (double k = first; k <= last; ++k) ticks.push_back(k * step);
  return ticks;
}

std::string render_svg(const Plot& plot) { return Drawing(plot).render(); }

}  // namespace pestle::report
