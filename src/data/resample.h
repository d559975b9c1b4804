// Change of a sound's sample rate by a windowed sinc: band-limited to the lower of the two rates, the same floats on
// every machine (its sine is our own).
#pragma once

#include "base/status.h"
#include "codec/wav.h"

namespace pestle::data {

Result<codec::Wav> resample(const codec::Wav& wav, int rate);

}  // namespace pestle::data
