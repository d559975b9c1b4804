#include "codec/tflite_metadata.h"

#include "codec/tflite_metadata_generated.h"

namespace pestle::codec {
namespace {

namespace schema = tflite::metadata;

// The oldest reader that knows all that is written here.
constexpr const char* kParserVersion = "1.0.0";
constexpr flatbuffers::uoffset_t kMostTables = 100'000, kDeepest = 16;

std::string text(const flatbuffers::String* string) { return string == nullptr ? std::string() : string->str(); }

std::vector<float> numbers(const flatbuffers::Vector<float>* vector) {
  return vector == nullptr ? std::vector<float>() : std::vector<float>(vector->begin(), vector->end());
}

TfliteTensorFacts facts_of(const schema::TensorMetadata& tensor) {
  TfliteTensorFacts facts;
  facts.name = text(tensor.name());
  facts.is_image = tensor.content() != nullptr &&
                   tensor.content()->content_properties_type() == schema::ContentProperties::ImageProperties;
  if (const auto* units = tensor.process_units()) {
    for (const schema::ProcessUnit* unit : *units) {
      const auto* options = unit->options_as_NormalizationOptions();
      if (options == nullptr) continue;
      facts.mean = numbers(options->mean());
      facts.deviation = numbers(options->std());
    }
  }
  if (const auto* files = tensor.associated_files()) {
    for (const schema::AssociatedFile* file : *files) {
      if (file->type() == schema::AssociatedFileType::TENSOR_AXIS_LABELS)
        facts.label_files.push_back(text(file->name()));
    }
  }
  return facts;
}

using TensorOffsets = flatbuffers::Vector<flatbuffers::Offset<schema::TensorMetadata>>;

std::vector<TfliteTensorFacts> all_facts(const TensorOffsets* tensors) {
  std::vector<TfliteTensorFacts> facts;
  if (tensors == nullptr) return facts;
  for (const schema::TensorMetadata* tensor : *tensors) facts.push_back(facts_of(*tensor));
  return facts;
}

class FactsWriter {
 public:
  std::vector<std::byte> write(const TfliteFacts& facts) {
    const auto inputs = tensors(facts.inputs);
    const auto outputs = tensors(facts.outputs);
    const auto graph = schema::CreateSubGraphMetadata(builder_, 0, 0, inputs, outputs);
    const auto graphs = builder_.CreateVector(std::vector{graph});
    const auto version = builder_.CreateString(kParserVersion);
    schema::ModelMetadataBuilder model(builder_);
    model.add_subgraph_metadata(graphs);
    model.add_min_parser_version(version);
    builder_.Finish(model.Finish(), schema::ModelMetadataIdentifier());
    const auto* bytes = reinterpret_cast<const std::byte*>(builder_.GetBufferPointer());
    return {bytes, bytes + builder_.GetSize()};
  }

 private:
  flatbuffers::Offset<TensorOffsets> tensors(const std::vector<TfliteTensorFacts>& list) {
    std::vector<flatbuffers::Offset<schema::TensorMetadata>> offsets;
    for (const TfliteTensorFacts& facts : list) offsets.push_back(tensor(facts));
    return builder_.CreateVector(offsets);
  }

  flatbuffers::Offset<schema::TensorMetadata> tensor(const TfliteTensorFacts& facts) {
    const auto name = builder_.CreateString(facts.name);
    flatbuffers::Offset<schema::Content> content;
    if (facts.is_image) {
      const auto image = schema::CreateImageProperties(builder_, schema::ColorSpaceType::RGB);
      content = schema::CreateContent(builder_, schema::ContentProperties::ImageProperties, image.Union());
    }
    std::vector<flatbuffers::Offset<schema::ProcessUnit>> units;
    if (!facts.mean.empty()) {
      const auto options = schema::CreateNormalizationOptionsDirect(builder_, &facts.mean, &facts.deviation);
      units.push_back(
          schema::CreateProcessUnit(builder_, schema::ProcessUnitOptions::NormalizationOptions, options.Union()));
    }
    std::vector<flatbuffers::Offset<schema::AssociatedFile>> files;
    for (const std::string& file : facts.label_files) {
      files.push_back(schema::CreateAssociatedFileDirect(builder_, file.c_str(), nullptr,
                                                         schema::AssociatedFileType::TENSOR_AXIS_LABELS));
    }
    const auto unit_list = builder_.CreateVector(units);
    const auto file_list = builder_.CreateVector(files);
    return schema::CreateTensorMetadata(builder_, name, 0, 0, content, unit_list, 0, file_list);
  }

  flatbuffers::FlatBufferBuilder builder_;
};

}  // namespace

Result<TfliteFacts> read_tflite_facts(const Bytes& entry) {
  flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(entry.data()), entry.size(), kDeepest, kMostTables);
  // The smallest buffer that the accessors below may look into holds the root's offset and the identifier.
  if (entry.size() < 8 || !schema::VerifyModelMetadataBuffer(verifier))
    return fail(ErrorCode::kInvalidFile, "the metadata entry TFLITE_METADATA is damaged");
  TfliteFacts facts;
  const auto* graphs = schema::GetModelMetadata(entry.data())->subgraph_metadata();
  if (graphs == nullptr || graphs->size() == 0) return facts;
  facts.inputs = all_facts(graphs->Get(0)->input_tensor_metadata());
  facts.outputs = all_facts(graphs->Get(0)->output_tensor_metadata());
  return facts;
}

std::vector<std::byte> write_tflite_facts(const TfliteFacts& facts) { return FactsWriter().write(facts); }

}  // namespace pestle::codec
