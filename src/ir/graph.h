// Module, Graph, Value, Node: what a model computes. The room knows no operator by name and no file.
//
// A Graph is an ordered list of nodes over a table of values; the order is the order of execution and carries
// meaning. Values are named by index (ValueId). A value is a graph input, a constant, a variable, or the output
// of exactly one node. A Module is graphs (the first is the main one), signatures and metadata. Passes take a
// Module by value and return a new one; once handed on it is not changed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "base/tensor.h"
#include "ir/attributes.h"
#include "ir/type.h"

namespace pestle::ir {

// How a constant's dense shape is stored in fewer numbers (TFLite's SparsityParameters).
struct Sparsity {
  struct Dimension {
    bool sparse = false;
    int32_t dense_size = 0;
    int index_bits[2] = {32, 32};  // width in which segments and indices are stored: 8, 16 or 32
    std::vector<int32_t> segments;
    std::vector<int32_t> indices;
    friend bool operator==(const Dimension&, const Dimension&) = default;
  };
  std::vector<int32_t> traversal_order;
  std::vector<int32_t> block_map;
  std::vector<Dimension> dimensions;
  friend bool operator==(const Sparsity&, const Sparsity&) = default;
};

struct Value {
  std::string name;  // for people: may be empty or shared
  Type type;
  // Null unless constant. Values that share one Bytes object share one buffer in a file.
  std::shared_ptr<const Bytes> data;
  bool is_variable = false;
  bool has_rank = false;            // as the file said; a scalar is told from an unknown rank by it
  std::vector<int64_t> signature;   // shape with -1 for free extents, as the file said; empty: none
  std::vector<Type> variant_types;  // element types of a VARIANT tensor
  std::shared_ptr<const Sparsity> sparsity;
  // Of a float32 constant of a source that stored it in integers: their scales and zero points (int8 codes; where the
  // latter are not all 0 the source had uint8 codes, 128 higher). Its elements lie on that grid; the axis is not kept.
  std::shared_ptr<const Quantization> grid;

  bool is_constant() const { return data != nullptr; }
};

// The shape as far as it is sure: files give a free extent as 1 and say in the signature that it is free (kUnknown
// here).
Shape known_shape(const ir::Value& value);

struct Node {
  std::string op;  // canonical operator name ("CONV_2D"), or the name of a custom operator
  bool is_custom = false;
  int version = 0;  // 0: the writer computes it
  Attributes attributes;
  // Name of the record that the attributes came from in a file ("Conv2DOptions"); empty: as the operator says.
  std::string options_record;
  std::vector<std::byte> custom_options;
  std::vector<ValueId> inputs;  // kNoValue for an optional operand that is absent
  std::vector<ValueId> outputs;
  std::vector<ValueId> intermediates;
  std::vector<bool> mutating_inputs;
  // Names of the nodes of the source model that this node computes; never empty in a verified module.
  std::vector<std::string> sources;

  // True if this is the builtin operator of that name. A custom operator may bear the same name.
  bool is(std::string_view builtin) const { return !is_custom && op == builtin; }
};

struct Graph {
  std::string name;
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;

  ValueId add_value(Value value);
  // A constant of the given values, with a buffer of its own.
  ValueId add_constant(std::string value_name, const ConstTensorView& view);
  // The bytes of a constant as a view. The caller has checked is_constant().
  ConstTensorView constant(ValueId id) const;
};

struct Signature {
  struct Entry {
    std::string name;
    ValueId value = kNoValue;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::string key;
  int graph = 0;
  std::vector<Entry> inputs;
  std::vector<Entry> outputs;
  friend bool operator==(const Signature&, const Signature&) = default;
};

struct Module {
  std::string description;
  std::vector<Graph> graphs;
  std::vector<Signature> signatures;
  std::vector<std::pair<std::string, Bytes>> metadata;  // some old files' entries have no name

  const Bytes* find_metadata(std::string_view name) const;
  void set_metadata(std::string_view name, Bytes bytes);  // replaces, or appends
};

// How often each value is read: by nodes and as a graph output.
std::vector<int> count_uses(const Graph& graph);
// Index of the node that computes each value, or -1.
std::vector<int> find_producers(const Graph& graph);
// True if `value` is an input (output) of the graph.
bool is_input(const Graph& graph, ValueId value);
bool is_output(const Graph& graph, ValueId value);

}  // namespace pestle::ir
