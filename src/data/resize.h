// Resizing of 8-bit pictures. bilinear, bicubic and area are the filters of Pillow 13 bit for bit (antialiased: the
// filter widens with the reduction; fixed point, two passes, rounded to 8 bits between them). Older Pillows differ
// where the height shrinks by far more than the width: they never take the vertical pass first. nearest is Pillow's
// too. tf is TensorFlow's bilinear resize with half-pixel centres and without antialiasing, rounded to 8 bits.
#pragma once

#include "codec/image.h"

namespace pestle::data {

enum class Filter { kNearest, kBilinear, kBicubic, kArea, kTf };

codec::Image resize(const codec::Image& image, int width, int height, Filter filter);

}  // namespace pestle::data
