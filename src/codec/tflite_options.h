// Options tables of operators, read and written through the reflection of the schema: one piece of code for all of
// them, whether Pestle knows the operator or not. Inner header of the codec room.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <string>
#include <vector>

#include "base/property.h"
#include "base/status.h"

namespace pestle::codec {

// A member of one of the two unions of options tables.
struct OptionsMember {
  std::string record;    // "Conv2DOptions"
  int union_number = 1;  // 1: builtin_options, 2: builtin_options_2
  int value = 0;
};
// The member with that value, or null.
const OptionsMember* find_options(int union_number, int value);
const OptionsMember* find_options(const std::string& record);

// The fields that are present and differ from their default. The table has been verified.
Result<std::vector<Property>> read_options(const OptionsMember& member, const flatbuffers::Table& table);
// Fields that the schema does not have, or of the wrong kind, are an error.
Result<flatbuffers::Offset<void>> write_options(const OptionsMember& member, const std::vector<Property>& properties,
                                                flatbuffers::FlatBufferBuilder& builder);

}  // namespace pestle::codec
