#include "codec/tflite_options.h"

#include <flatbuffers/reflection.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "codec/tflite.h"
#include "codec/tflite_bfbs_generated.h"

namespace pestle::codec {
namespace {

using flatbuffers::FlatBufferBuilder;
using reflection::BaseType;

const reflection::Schema& schema() {
  static const reflection::Schema* const loaded = reflection::GetSchema(tflite::ModelBinarySchema::data());
  return *loaded;
}

std::string short_name(const flatbuffers::String* full) {
  const std::string text = full->str();
  return text.substr(text.rfind('.') + 1);
}

const reflection::Object& object_of(const OptionsMember& member) {
  return *schema().objects()->LookupByKey(("tflite." + member.record).c_str());
}

std::vector<OptionsMember> load_members() {
  std::vector<OptionsMember> members;
  for (const auto& [name, number] : {std::pair{"tflite.BuiltinOptions", 1}, std::pair{"tflite.BuiltinOptions2", 2}}) {
    for (const reflection::EnumVal* value : *schema().enums()->LookupByKey(name)->values()) {
      if (value->value() != 0) members.push_back({short_name(value->name()), number, static_cast<int>(value->value())});
    }
  }
  return members;
}

const std::vector<OptionsMember>& members() {
  static const std::vector<OptionsMember> all = load_members();
  return all;
}

// The enumeration of a scalar field or of a vector's elements, or null.
const reflection::Enum* enum_of(const reflection::Field& field) {
  const reflection::Type& type = *field.type();
  const BaseType base = type.base_type() == BaseType::Vector ? type.element() : type.base_type();
  return base <= BaseType::ULong && type.index() >= 0 ? schema().enums()->Get(type.index()) : nullptr;
}

// Unknown values of an enumeration keep their number, as text.
std::string enum_name(const reflection::Enum& type, int64_t value) {
  const reflection::EnumVal* found = type.values()->LookupByKey(value);
  return found == nullptr ? std::to_string(value) : found->name()->str();
}

std::optional<int64_t> enum_value(const reflection::Enum& type, const std::string& name) {
  for (const reflection::EnumVal* value : *type.values()) {
    if (value->name()->str() == name) return value->value();
  }
  char* end = nullptr;
  const int64_t number = std::strtoll(name.c_str(), &end, 10);
  return end != name.c_str() && *end == '\0' ? std::optional(number) : std::nullopt;
}

bool is_integer(BaseType type) { return type >= BaseType::Byte && type <= BaseType::ULong; }

PropertyValue scalar_value(const reflection::Field& field, int64_t integer, double real) {
  const BaseType base = field.type()->base_type();
  if (base == BaseType::Bool) return integer != 0;
  if (!is_integer(base)) return real;
  const reflection::Enum* type = enum_of(field);
  return type == nullptr ? PropertyValue(integer) : PropertyValue(enum_name(*type, integer));
}

PropertyValue vector_value(const reflection::Field& field, const flatbuffers::VectorOfAny& vector) {
  const BaseType element = field.type()->element();
  if (element == BaseType::UByte && enum_of(field) == nullptr) {
    const auto* bytes = reinterpret_cast<const std::byte*>(vector.Data());
    return std::vector<std::byte>(bytes, bytes + vector.size());
  }
  if (element == BaseType::Float || element == BaseType::Double) {
    std::vector<double> values;
    for (size_t i = 0; i < vector.size(); ++i) values.push_back(flatbuffers::GetAnyVectorElemF(&vector, element, i));
    return values;
  }
  std::vector<int64_t> values;
  for (size_t i = 0; i < vector.size(); ++i) values.push_back(flatbuffers::GetAnyVectorElemI(&vector, element, i));
  return values;
}

struct Added {
  const reflection::Field* field;
  const PropertyValue* value;
  flatbuffers::uoffset_t offset;  // of a string or vector made before the table
};

Failure wrong_kind(const OptionsMember& member, const Property& property) {
  return fail(ErrorCode::kInternal, fmt::format("{}.{} has a value of the wrong kind", member.record, property.name));
}

template <typename T, typename From>
flatbuffers::uoffset_t make_vector(FlatBufferBuilder& builder, const std::vector<From>& values) {
  std::vector<T> narrow;
  for (const From& value : values) narrow.push_back(static_cast<T>(value));
  return builder.CreateVector(narrow).o;
}

// The offset of a string or vector; 0 if the value does not fit the field.
flatbuffers::uoffset_t make_reference(const reflection::Field& field, const PropertyValue& value,
                                      FlatBufferBuilder& builder) {
  if (field.type()->base_type() == BaseType::String) {
    const auto* text = std::get_if<std::string>(&value);
    return text == nullptr ? 0 : builder.CreateString(*text).o;
  }
  if (const auto* bytes = std::get_if<std::vector<std::byte>>(&value)) return make_vector<uint8_t>(builder, *bytes);
  if (const auto* reals = std::get_if<std::vector<double>>(&value)) return make_vector<float>(builder, *reals);
  const auto* integers = std::get_if<std::vector<int64_t>>(&value);
  if (integers == nullptr) return 0;
  switch (field.type()->element()) {
    case BaseType::Bool:
    case BaseType::Byte:
    case BaseType::UByte: return make_vector<int8_t>(builder, *integers);
    case BaseType::Int:
    case BaseType::UInt: return make_vector<int32_t>(builder, *integers);
    case BaseType::Long: return make_vector<int64_t>(builder, *integers);
    default: return 0;
  }
}

bool add_scalar(const reflection::Field& field, const PropertyValue& value, FlatBufferBuilder& builder) {
  int64_t integer = 0;
  double real = 0;
  if (const auto* flag = std::get_if<bool>(&value)) {
    integer = *flag ? 1 : 0;
  } else if (const auto* number = std::get_if<int64_t>(&value)) {
    integer = *number;
  } else if (const auto* fraction = std::get_if<double>(&value)) {
    real = *fraction;
  } else if (const auto* name = std::get_if<std::string>(&value); name != nullptr && enum_of(field) != nullptr) {
    const auto found = enum_value(*enum_of(field), *name);
    if (!found) return false;
    integer = *found;
  } else {
    return false;
  }
  const flatbuffers::voffset_t at = field.offset();
  const int64_t fallback = field.default_integer();
  switch (field.type()->base_type()) {
    case BaseType::Bool:
    case BaseType::Byte:
    case BaseType::UByte:
      builder.AddElement<int8_t>(at, static_cast<int8_t>(integer), static_cast<int8_t>(fallback));
      return true;
    case BaseType::Short:
    case BaseType::UShort:
      builder.AddElement<int16_t>(at, static_cast<int16_t>(integer), static_cast<int16_t>(fallback));
      return true;
    case BaseType::Int:
    case BaseType::UInt:
      builder.AddElement<int32_t>(at, static_cast<int32_t>(integer), static_cast<int32_t>(fallback));
      return true;
    case BaseType::Long:
    case BaseType::ULong: builder.AddElement<int64_t>(at, integer, fallback); return true;
    case BaseType::Float:
      builder.AddElement<float>(at, static_cast<float>(real), static_cast<float>(field.default_real()));
      return true;
    case BaseType::Double: builder.AddElement<double>(at, real, field.default_real()); return true;
    default: return false;
  }
}

bool is_reference(const reflection::Field& field) {
  return field.type()->base_type() == BaseType::String || field.type()->base_type() == BaseType::Vector;
}

}  // namespace

const OptionsMember* find_options(int union_number, int value) {
  for (const OptionsMember& member : members()) {
    if (member.union_number == union_number && member.value == value) return &member;
  }
  return nullptr;
}

const OptionsMember* find_options(const std::string& record) {
  static const auto index = [] {
    std::map<std::string, const OptionsMember*> map;
    for (const OptionsMember& member : members()) map.emplace(member.record, &member);
    return map;
  }();
  const auto it = index.find(record);
  return it == index.end() ? nullptr : it->second;
}

Result<std::vector<Property>> read_options(const OptionsMember& member, const flatbuffers::Table& table) {
  std::vector<std::pair<uint16_t, Property>> found;
  for (const reflection::Field* field : *object_of(member).fields()) {
    if (!table.CheckField(field->offset())) continue;
    Property property{field->name()->str(), {}};
    if (field->type()->base_type() == BaseType::String) {
      property.value = table.GetPointer<const flatbuffers::String*>(field->offset())->str();
    } else if (field->type()->base_type() == BaseType::Vector) {
      property.value = vector_value(*field, *table.GetPointer<const flatbuffers::VectorOfAny*>(field->offset()));
    } else {
      property.value =
          scalar_value(*field, flatbuffers::GetAnyFieldI(table, *field), flatbuffers::GetAnyFieldF(table, *field));
      if (property.value == scalar_value(*field, field->default_integer(), field->default_real())) continue;
    }
    found.emplace_back(field->id(), std::move(property));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Property> properties;
  for (auto& [id, property] : found) properties.push_back(std::move(property));
  return properties;
}

Result<flatbuffers::Offset<void>> write_options(const OptionsMember& member, const std::vector<Property>& properties,
                                                FlatBufferBuilder& builder) {
  const reflection::Object& object = object_of(member);
  std::vector<Added> added;
  for (const Property& property : properties) {
    const reflection::Field* field = object.fields()->LookupByKey(property.name.c_str());
    if (field == nullptr) {
      return fail(ErrorCode::kInternal, fmt::format("{} has no field {}", member.record, property.name));
    }
    Added item{field, &property.value, 0};
    if (is_reference(*field)) {
      item.offset = make_reference(*field, property.value, builder);
      if (item.offset == 0) return wrong_kind(member, property);
    }
    added.push_back(item);
  }
  std::sort(added.begin(), added.end(), [](const Added& a, const Added& b) { return a.field->id() < b.field->id(); });
  const auto start = builder.StartTable();
  for (const Added& item : added) {
    if (item.offset != 0) {
      builder.AddOffset(item.field->offset(), flatbuffers::Offset<void>(item.offset));
    } else if (!add_scalar(*item.field, *item.value, builder)) {
      builder.EndTable(start);
      return wrong_kind(member, {item.field->name()->str(), {}});
    }
  }
  return flatbuffers::Offset<void>(builder.EndTable(start));
}

std::optional<std::vector<TfliteOptionField>> tflite_options_fields(const std::string& record) {
  const OptionsMember* member = find_options(record);
  if (member == nullptr) return std::nullopt;
  std::vector<TfliteOptionField> fields;
  for (const reflection::Field* field : *object_of(*member).fields()) {
    TfliteOptionField row{field->name()->str(), std::string()};
    if (field->type()->base_type() == BaseType::Vector) {
      row.fallback = std::vector<int64_t>{};
    } else if (field->type()->base_type() != BaseType::String) {
      row.fallback = scalar_value(*field, field->default_integer(), field->default_real());
    }
    fields.push_back(std::move(row));
  }
  return fields;
}

std::optional<std::string> tflite_operator_name(int32_t code) {
  const reflection::Enum& codes = *schema().enums()->LookupByKey("tflite.BuiltinOperator");
  const reflection::EnumVal* value = codes.values()->LookupByKey(code);
  return value == nullptr ? std::nullopt : std::optional(value->name()->str());
}

std::optional<int32_t> tflite_operator_code(const std::string& name) {
  static const auto index = [] {
    std::map<std::string, int32_t> map;
    for (const reflection::EnumVal* value : *schema().enums()->LookupByKey("tflite.BuiltinOperator")->values()) {
      map.emplace(value->name()->str(), static_cast<int32_t>(value->value()));
    }
    return map;
  }();
  const auto it = index.find(name);
  return it == index.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace pestle::codec
