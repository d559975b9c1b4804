#include "base/samples.h"

namespace pestle {

std::vector<size_t> spread(size_t available, size_t wanted) {
  const size_t count = wanted < available ? wanted : available;
  std::vector<size_t> positions(count);
  for (size_t i = 0; i < count; ++i) positions[i] = i * available / count;
  return positions;
}

}  // namespace pestle
