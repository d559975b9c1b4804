// What the files of the ONNX decoder share. For codec/onnx*.cpp only: includes the wire reader.
#pragma once

#include <protozero/pbf_reader.hpp>

#include "codec/onnx.h"

namespace pestle::codec::onnx {

using Reader = protozero::pbf_reader;

// Case labels of a switch over Reader::tag_and_type(): a field number with the wire type it must have. A known field
// of another wire type falls to the default label and is skipped, as unknown fields are.
constexpr uint32_t varint(uint32_t field) { return protozero::tag_and_type(field, protozero::pbf_wire_type::varint); }
constexpr uint32_t fixed32(uint32_t field) { return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed32); }
constexpr uint32_t fixed64(uint32_t field) { return protozero::tag_and_type(field, protozero::pbf_wire_type::fixed64); }
constexpr uint32_t bytes(uint32_t field) {
  return protozero::tag_and_type(field, protozero::pbf_wire_type::length_delimited);
}

// The file that is decoded: turns what a Reader shows into views that keep the file alive.
class Source {
 public:
  explicit Source(const Bytes& file) : file_(file) {}
  Bytes view(protozero::data_view part) const {
    const auto* begin = reinterpret_cast<const std::byte*>(part.data());
    return file_.slice(static_cast<size_t>(begin - file_.data()), part.size());
  }

 private:
  const Bytes& file_;
};

Failure damaged(std::string message);

// These throw protozero::exception on a broken wire format; read_onnx() catches it.
Result<OnnxTensor> decode_tensor(const Source& source, Reader message);
Result<OnnxAttribute> decode_attribute(const Source& source, Reader message, int depth);
Result<OnnxNode> decode_node(const Source& source, Reader message, int depth);
Status decode_graph(const Source& source, Reader message, int depth, OnnxGraph& graph);

// Number of bytes that a tensor of that type and those dimensions takes, or why it cannot be said.
Result<uint64_t> tensor_bytes(const OnnxTensor& tensor);

// The first place that does not fit, as the end of a sentence about the file; nothing where the outer fields all fit.
std::optional<std::string> find_damage(std::span<const std::byte> file);
// What is there of a graph that should go on behind the end of the file; empty where nothing of the kind is found.
std::span<const std::byte> cut_off_graph(std::span<const std::byte> file);

template <typename T>
void append_varints(Reader& message, std::vector<T>& values) {
  for (int64_t value : message.get_packed_int64()) values.push_back(static_cast<T>(value));
}

}  // namespace pestle::codec::onnx
