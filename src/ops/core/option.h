// Typed handles to the properties of an operator. A handle names the property once, with its default; reading and
// writing go through it, so that a misspelt name does not compile. A value equal to the default is not stored.
//
//   inline constexpr IntOption kStrideW{"stride_w", 0};
//   const int64_t stride = kStrideW(node);
//   kStrideW.set(node, 2);
//
// Names and defaults are those of the .tflite schema; a test compares them (formats/tflite).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace pestle::ops {

// What documentation and tests want to know of a property.
struct OptionInfo {
  const char* name;
  const char* kind;  // "int", "float", "bool", "enum", "ints", "string"
  std::string fallback;
};

struct IntOption {
  const char* name;
  int64_t fallback;
  int64_t operator()(const ir::Node& node) const;
  void set(ir::Node& node, int64_t value) const;
  OptionInfo info() const { return {name, "int", std::to_string(fallback)}; }
};

struct BoolOption {
  const char* name;
  bool fallback;
  bool operator()(const ir::Node& node) const;
  void set(ir::Node& node, bool value) const;
  OptionInfo info() const { return {name, "bool", fallback ? "true" : "false"}; }
};

struct FloatOption {
  const char* name;
  float fallback;
  float operator()(const ir::Node& node) const;
  void set(ir::Node& node, float value) const;
  OptionInfo info() const { return {name, "float", std::to_string(fallback)}; }
};

struct IntsOption {
  const char* name;
  std::vector<int64_t> operator()(const ir::Node& node) const;
  void set(ir::Node& node, std::vector<int64_t> value) const;
  OptionInfo info() const { return {name, "ints", ""}; }
};

struct StringOption {
  const char* name;
  std::string operator()(const ir::Node& node) const;
  void set(ir::Node& node, std::string value) const;
  OptionInfo info() const { return {name, "string", ""}; }
};

// E counts from 0 in the order of `names`, which are the enumerators of the schema; 0 is the default unless
// `fallback` says otherwise. A name that is not listed reads as the default (the operator's check reports it).
template <typename E>
struct EnumOption {
  const char* name;
  std::span<const char* const> names;
  E fallback = E{};
  E operator()(const ir::Node& node) const {
    const std::string* text = node.attributes.get<std::string>(name);
    for (size_t i = 0; text != nullptr && i < names.size(); ++i) {
      if (*text == names[i]) return static_cast<E>(i);
    }
    return fallback;
  }
  void set(ir::Node& node, E value) const {
    if (value == fallback) {
      node.attributes.erase(name);
    } else {
      node.attributes.set(name, std::string(names[static_cast<size_t>(value)]));
    }
  }
  OptionInfo info() const { return {name, "enum", names[static_cast<size_t>(fallback)]}; }
};

// An element type as a property (CAST): stored under the schema's name of the type ("FLOAT32").
struct DTypeOption {
  const char* name;
  DType fallback;
  DType operator()(const ir::Node& node) const;
  void set(ir::Node& node, DType value) const;
  OptionInfo info() const { return {name, "enum", dtype_name(fallback)}; }
};

}  // namespace pestle::ops
