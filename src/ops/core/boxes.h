// Boxes of detection: their overlap.
#pragma once

#include <algorithm>

namespace pestle::ops {

// Two opposite corners, in any order.
struct Box {
  float y0 = 0, x0 = 0, y1 = 0, x1 = 0;
};

// Intersection over union in float32; 0 if either box has no area.
inline float overlap(const Box& a, const Box& b) {
  const Box p{std::min(a.y0, a.y1), std::min(a.x0, a.x1), std::max(a.y0, a.y1), std::max(a.x0, a.x1)};
  const Box q{std::min(b.y0, b.y1), std::min(b.x0, b.x1), std::max(b.y0, b.y1), std::max(b.x0, b.x1)};
  const float area_p = (p.y1 - p.y0) * (p.x1 - p.x0), area_q = (q.y1 - q.y0) * (q.x1 - q.x0);
  if (area_p <= 0.0f || area_q <= 0.0f) return 0.0f;
  const float height = std::max(std::min(p.y1, q.y1) - std::max(p.y0, q.y0), 0.0f);
  const float width = std::max(std::min(p.x1, q.x1) - std::max(p.x0, q.x0), 0.0f);
  const float common = height * width;
  return common / (area_p + area_q - common);
}

}  // namespace pestle::ops
