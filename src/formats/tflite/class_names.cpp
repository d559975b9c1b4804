#include "formats/tflite/class_names.h"

#include "base/text.h"
#include "codec/tflite_metadata.h"
#include "codec/zip.h"
#include "formats/tflite/tflite.h"

namespace pestle::formats::tflite {
namespace {

constexpr const char* kEntry = "TFLITE_METADATA";
constexpr const char* kFile = "labels.txt";

class CountingSink final : public ByteSink {
 public:
  explicit CountingSink(ByteSink& sink) : sink_(sink) {}
  Status write(std::span<const std::byte> bytes) override {
    count += bytes.size();
    return sink_.write(bytes);
  }
  size_t count = 0;

 private:
  ByteSink& sink_;
};

// The file that the metadata name for the first output's classes.
std::string list_name(const ir::Module& module) {
  const Bytes* entry = module.find_metadata(kEntry);
  const auto facts =
      entry == nullptr ? Result<codec::TfliteFacts>(codec::TfliteFacts()) : codec::read_tflite_facts(*entry);
  const bool named = facts && !facts->outputs.empty() && !facts->outputs[0].label_files.empty();
  return named ? facts->outputs[0].label_files[0] : kFile;
}

uint32_t read_u32(const std::vector<std::byte>& bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value |= static_cast<uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}

void write_u32(std::vector<std::byte>& bytes, size_t at, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

// Places in an archive are counted from the file's first byte, which is the model's. The archive has one member, no
// comment and is our own: the end record is its last 22 bytes, at 16 of it stands where the directory begins, and at
// 42 of the directory's only entry where the member does.
void shift_archive(std::vector<std::byte>& zip, size_t by) {
  constexpr size_t kEndRecord = 22, kDirectoryPlace = 16, kMemberPlace = 42;
  const size_t place = zip.size() - kEndRecord + kDirectoryPlace;
  const size_t directory = read_u32(zip, place);
  const auto shift = static_cast<uint32_t>(by);
  write_u32(zip, directory + kMemberPlace, read_u32(zip, directory + kMemberPlace) + shift);
  write_u32(zip, place, static_cast<uint32_t>(directory) + shift);
}

}  // namespace

Normalization read_normalization(const ir::Module& module) {
  const Bytes* entry = module.find_metadata(kEntry);
  if (entry == nullptr) return {};
  const auto facts = codec::read_tflite_facts(*entry);
  if (!facts || facts->inputs.empty()) return {};
  return {facts->inputs[0].mean, facts->inputs[0].deviation};
}

std::vector<std::string> names_of(std::string_view text) {
  std::vector<std::string> names = split(text, '\n');
  for (std::string& name : names) {
    if (name.ends_with('\r')) name.pop_back();
  }
  while (!names.empty() && names.back().empty()) names.pop_back();
  return names;
}

void describe_classes(ir::Module& module, const Normalization& normalization) {
  const ir::Graph& graph = module.graphs[0];
  codec::TfliteFacts facts;
  for (ir::ValueId id : graph.inputs) facts.inputs.push_back({graph.values[id].name, false, {}, {}, {}});
  for (ir::ValueId id : graph.outputs) facts.outputs.push_back({graph.values[id].name, false, {}, {}, {}});
  if (!facts.outputs.empty()) facts.outputs[0].label_files = {kFile};
  if (!facts.inputs.empty() && !normalization.mean.empty()) {
    facts.inputs[0].is_image = true;
    facts.inputs[0].mean = normalization.mean;
    facts.inputs[0].deviation = normalization.deviation;
  }
  module.set_metadata(kEntry, Bytes::own(codec::write_tflite_facts(facts)));
}

Status write_with_class_names(const ir::Module& module, const std::vector<std::string>& names, ByteSink& sink) {
  CountingSink counting(sink);
  PESTLE_TRY(write(module, counting));
  const std::string list = join(names, "\n") + "\n";
  const auto bytes = std::as_bytes(std::span(list));
  const codec::ZipMember member{list_name(module), {bytes.begin(), bytes.end()}};
  PESTLE_ASSIGN(std::vector<std::byte> zip, codec::write_zip({&member, 1}));
  if (counting.count + zip.size() > UINT32_MAX)
    return fail(ErrorCode::kUnsupported, "the model is too large for names of classes behind it");
  shift_archive(zip, counting.count);
  return sink.write(zip);
}

Result<std::vector<std::string>> read_class_names(const ir::Module& module, const Bytes& file) {
  const Bytes* entry = module.find_metadata(kEntry);
  if (entry == nullptr) return std::vector<std::string>();
  PESTLE_ASSIGN(const codec::TfliteFacts facts, codec::read_tflite_facts(*entry));
  if (facts.outputs.empty() || facts.outputs[0].label_files.empty()) return std::vector<std::string>();
  PESTLE_ASSIGN(codec::ZipReader archive, codec::ZipReader::open(file));
  PESTLE_ASSIGN(const std::vector<std::byte> list, archive.read(facts.outputs[0].label_files[0]));
  return names_of({reinterpret_cast<const char*>(list.data()), list.size()});
}

}  // namespace pestle::formats::tflite
