// Where the bytes of members that are stored unpacked lie in a zip archive, so that they can be used in place.
#pragma once

#include <map>
#include <string>

#include "base/bytes.h"

namespace pestle::codec {

// Views by name; members that are packed, encrypted or described in a way that is not understood are left out.
// Checksums are not compared. The archive has been opened by ZipReader, which judges whether it is one.
std::map<std::string, Bytes> stored_members(const Bytes& file);

}  // namespace pestle::codec
