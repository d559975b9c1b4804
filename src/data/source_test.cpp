#include "data/source.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "codec/npz.h"
#include "data/array_input.h"
#include "data/resample.h"
#include "data/sound_input.h"
#include "data/stream.h"
#include "tests/data/source_fixture.h"
#include "tests/support.h"

using namespace pestle;
using namespace pestle::data::testing;
using data::DataSource;

TEST_CASE("a folder of pictures is listed by name, and its label file orders, labels and limits it") {
  Folder folder;
  for (const char* name : {"b.png", "a.png", "c.png"}) folder.picture(name);
  folder.text("notes.txt", "no sample");
  auto source = DataSource::open(request_for(folder.path()));
  REQUIRE_MESSAGE(source, message_of(source));
  REQUIRE(source->size() == 3);
  CHECK(source->info(0).name == "a.png");
  CHECK(!source->has_labels());

  folder.text("labels.csv", "file,label,split\nc.png,4,test\na.png,2,calibration\n");
  auto request = request_for(folder.path());
  request.label_offset = 1;
  source = DataSource::open(request);
  REQUIRE(source);
  REQUIRE(source->size() == 2);
  CHECK(source->info(0).name == "c.png");
  CHECK(source->info(0).label == 5);
  CHECK(source->info(1).split == "calibration");
  request.split = "calibration";
  source = DataSource::open(request);
  REQUIRE(source);
  REQUIRE(source->size() == 1);
  const auto tensors = source->load(0);
  REQUIRE(tensors);
  CHECK((*tensors)[0].shape() == Shape{1, 14, 21, 3});
  request.split = "train";
  CHECK(says(message_of(DataSource::open(request)), "calibration, test"));
}

TEST_CASE("sub-folders are classes, numbered by name or by number") {
  Folder words, numbers;
  for (const char* name : {"dog/2.png", "dog/1.png", "cat/1.png"}) words.picture(name);
  const auto source = DataSource::open(request_for(words.path()));
  REQUIRE(source);
  CHECK(source->class_names() == std::vector<std::string>{"cat", "dog"});
  CHECK(source->info(0).name == "cat/1.png");
  CHECK(source->info(2).label == 1);
  for (const char* name : {"10/a.png", "9/a.png"}) numbers.picture(name);
  const auto numbered = DataSource::open(request_for(numbers.path()));
  REQUIRE(numbered);
  CHECK(numbered->info(0).label == 10);
}

TEST_CASE("empty folders, wrong label files and missing preprocessing are errors that say what to do") {
  Folder folder;
  CHECK(says(message_of(DataSource::open(request_for(folder.path()))), "holds no samples | put pictures"));
  CHECK(says(message_of(DataSource::open(request_for(folder / "absent"))), "absent"));
  folder.picture("a.png");
  folder.text("labels.csv", "file,label\nb.png,1\n");
  CHECK(says(message_of(DataSource::open(request_for(folder.path()))), "labels.csv: 1 of 1 files"));
  folder.text("labels.csv", "index,label\n0,1\n");
  CHECK(says(message_of(DataSource::open(request_for(folder.path()))), "keyed by index"));
  folder.text("labels.csv", "name,label\na.png,1\n");
  CHECK(says(message_of(DataSource::open(request_for(folder.path()))), "'file' or 'index'"));
  folder.text("labels.csv", "file,label\na.png,1\na.png,2\n");
  CHECK(says(message_of(DataSource::open(request_for(folder.path()))), "occurs twice"));
  fs::remove(folder / "labels.csv");
  auto request = request_for(folder.path());
  request.preprocess.reset();
  const auto source = DataSource::open(request);
  REQUIRE(source);
  const std::string message = message_of(source->load(0));
  CHECK(says(message, "a.png"));
  CHECK(says(message, "--preprocess"));
  request.inputs.push_back(picture_spec());
  CHECK(says(message_of(DataSource::open(request)), "the model has 2"));
}

TEST_CASE("rows of arrays are samples, matched to inputs by name") {
  Folder folder;
  const Tensor x = floats({2, 3}, {0, 1, 2, 3, 4, 5}), y = floats({2, 1, 3}, {6, 7, 8, 9, 10, 11});
  folder.array("x.npy", x);
  folder.array("y.npy", y);
  folder.text("labels.csv", "index,label,split\n1,7,test\n0,3,calibration\n");
  auto request = request_for(folder.path(), {vector_spec("y:0"), vector_spec("serving_default_x:0")});
  request.preprocess.reset();
  auto source = DataSource::open(request);
  REQUIRE_MESSAGE(source, message_of(source));
  REQUIRE(source->size() == 2);
  CHECK(source->info(0).name == "row 1");
  CHECK(source->info(0).label == 7);
  const auto tensors = source->load(0);
  REQUIRE(tensors);
  CHECK((*tensors)[0].data<float>()[0] == 9.0f);
  CHECK((*tensors)[1].data<float>()[0] == 3.0f);

  folder.bytes("both.npz", *codec::write_npz(std::vector<codec::NamedView>{{"#0", x.view()}, {"x", y.view()}}));
  request.path = folder / "both.npz";
  source = DataSource::open(request);
  REQUIRE_MESSAGE(source, message_of(source));
  CHECK((*source->load(1))[0].data<float>()[2] == 5.0f);

  request.path = folder / "x.npy";
  CHECK(says(message_of(DataSource::open(request)),
             "nothing for input \"serving_default_x:0\" (float32 1x3); found \"y:0\" (float32 2x3)"));
}

TEST_CASE("a table with a column an input names files beside it") {
  Folder folder;
  folder.picture("a.png");
  folder.array("v.npy", floats({3}, {1, 2, 3}));
  folder.text("all.csv", "image,aux,label\na.png,v.npy,2\n");
  auto request = request_for(folder / "all.csv", {vector_spec("aux"), picture_spec()});
  const auto source = DataSource::open(request);
  REQUIRE_MESSAGE(source, message_of(source));
  CHECK(source->info(0).label == 2);
  const auto tensors = source->load(0);
  REQUIRE_MESSAGE(tensors, message_of(tensors));
  CHECK((*tensors)[1].shape() == Shape{1, 14, 21, 3});
  request.inputs[0].name = "other";
  CHECK(says(message_of(DataSource::open(request)), "no column names files for input \"other\""));
}

TEST_CASE("names find inputs exactly, bare or by place") {
  const std::vector<data::InputSpec> inputs{vector_spec("serving_default_x:0"), vector_spec("x"), vector_spec("y:0"),
                                            vector_spec("z"), vector_spec("z")};
  CHECK(data::find_input("x", inputs) == 1);
  CHECK(data::find_input("serving_default_x:0", inputs) == 0);
  CHECK(data::find_input("y", inputs) == 2);
  CHECK(data::find_input("#4", inputs) == 4);
  CHECK(!data::find_input("z", inputs));
  CHECK(!data::find_input("#5", inputs));
}

TEST_CASE("chosen samples are spread evenly") {
  CHECK(data::choose(10, 4) == std::vector<size_t>{0, 2, 5, 7});
  CHECK(data::choose(3, 0) == std::vector<size_t>{0, 1, 2});
  CHECK(data::choose(3, 9).size() == 3);
  CHECK(data::choose(0, 9).empty());
}

TEST_CASE("arrays fit by shape and type, or say why not") {
  const data::Chain none;
  const Tensor row = floats({3}, {-1.0f, 0.25f, 7.5f});
  CHECK(data::array_to_input(row.view(), none, vector_spec("x"))->shape() == Shape{1, 3});
  const auto wrong = data::array_to_input(floats({4}, {1, 2, 3, 4}).view(), none, vector_spec("ids", DType::kInt64));
  CHECK(says(message_of(wrong), "input \"ids\" (int64 1x3) does not take float32 4"));
  CHECK(
      says(message_of(data::array_to_input(floats({3, 1}, {1, 2, 3}).view(), none, vector_spec("x"))), "reshape=1x3"));
  CHECK(!data::array_to_input(row.view(), none, vector_spec("x", DType::kInt8)));
  auto quantized = vector_spec("x", DType::kInt8);
  quantized.scale = 0.5f;
  quantized.zero_point = 3;
  const auto codes = data::array_to_input(row.view(), none, quantized);
  REQUIRE(codes);
  CHECK(std::vector<int8_t>(codes->data<int8_t>(), codes->data<int8_t>() + 3) == std::vector<int8_t>{1, 4, 18});

  const std::vector<int64_t> wide{1, 2, 300};
  const Tensor ids = Tensor::of<int64_t>({3}, std::span<const int64_t>(wide));
  CHECK(data::array_to_input(ids.view(), none, vector_spec("x", DType::kInt32)));
  CHECK(!data::array_to_input(ids.view(), none, vector_spec("x", DType::kUInt8)));
  CHECK(says(message_of(data::array_to_input(ids.view(), none, vector_spec("x"))), "affine=1/0"));
  const auto scaled =
      data::array_to_input(ids.view(), *data::parse_chain("affine=0.5/-1,reshape=1x3", {}), vector_spec("x"));
  REQUIRE(scaled);
  CHECK(scaled->data<float>()[2] == 149.0f);
  CHECK(!data::array_to_input(ids.view(), *data::parse_chain("reshape=1x4", {}), vector_spec("x")));
  CHECK(!data::array_to_input(ids.view(), *data::parse_chain("resize=3x3", {}), vector_spec("x")));
}

TEST_CASE("arrays in the layout that the file had before are turned, others are not") {
  auto spec = picture_spec();
  spec.shape = {1, 1, 2, 3};
  const Tensor planes = floats({3, 1, 2}, {0, 1, 10, 11, 20, 21});
  CHECK(!data::array_to_input(planes.view(), {}, spec));
  spec.takes_nchw_arrays = true;
  const auto turned = data::array_to_input(planes.view(), {}, spec);
  REQUIRE(turned);
  CHECK(turned->shape() == spec.shape);
  CHECK(std::vector<float>(turned->data<float>(), turned->data<float>() + 6) ==
        std::vector<float>{0, 10, 20, 1, 11, 21});
}

TEST_CASE("NaN and infinite samples are named by sample and tensor, and never skipped") {
  Folder folder;
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    folder.array("x.npy", floats({2, 3}, {0, 1, 2, 3, bad, 5}));
    auto request = request_for(folder / "x.npy", {vector_spec("x")});
    request.preprocess.reset();
    const auto source = DataSource::open(request);
    REQUIRE(source);
    data::SampleStream stream(*source, {0, 1}, {});
    CHECK(stream.next());
    const std::string message = message_of(stream.next());
    CHECK(says(message, "sample row 1: tensor \"x\": value 1 of 3"));
  }
}

TEST_CASE("an input may take what is not finite, as long as it is of floats") {
  const float values[] = {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()};
  data::InputSpec spec = vector_spec("x");
  Tensor out(DType::kFloat32, {2}), codes(DType::kInt8, {2});
  CHECK(!data::store_numbers(values, spec, out.view()));
  spec.takes_nonfinite = true;
  REQUIRE(data::store_numbers(values, spec, out.view()));
  CHECK(std::isnan(out.data<float>()[0]));
  CHECK(out.data<float>()[1] == values[1]);
  CHECK(!data::store_numbers(values, spec, codes.view()));
}

TEST_CASE("samples come in order for any number of threads, and few are decoded ahead") {
  Folder folder;
  std::vector<float> values(3 * 500);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i / 3);
  folder.array("x.npy", floats({500, 3}, values));
  auto request = request_for(folder / "x.npy", {vector_spec("x")});
  request.preprocess.reset();
  const auto source = DataSource::open(request);
  REQUIRE(source);
  for (const int threads : {0, 1, 5}) {
    data::SampleStream stream(*source, data::choose(500, 250), {threads, 3, false, {}});
    for (size_t i = 0; i < 250; ++i) {
      const auto sample = stream.next();
      REQUIRE(sample);
      REQUIRE(sample->has_value());
      CHECK((*sample)->index == 2 * i);
      CHECK((*sample)->inputs[0].data<float>()[0] == static_cast<float>(2 * i));
    }
    CHECK(!stream.next()->has_value());
    CHECK(!stream.next()->has_value());
  }
  data::SampleStream dropped(*source, data::choose(500, 0), {4, 2, false, {}});
  CHECK(dropped.next());  // and the threads end with the stream
}

TEST_CASE("pictures that do not decode are skipped with a count, or an error when that is wanted") {
  Folder folder;
  folder.picture("a.png");
  folder.text("b.jpg", "not a picture");
  folder.picture("c.png", "rgba.png");
  const auto source = DataSource::open(request_for(folder.path()));
  REQUIRE(source);
  data::SampleStream stream(*source, {0, 1, 2}, {});
  size_t given = 0;
  while (true) {
    const auto sample = stream.next();
    REQUIRE(sample);
    if (!sample->has_value()) break;
    ++given;
  }
  CHECK(given == 2);
  CHECK(stream.skipped() == 1);
  REQUIRE(stream.first_skip());
  CHECK(says(describe(*stream.first_skip()), "b.jpg"));

  data::SampleStream strict(*source, {1}, {2, 8, true, {}});
  CHECK(says(message_of(strict.next()), "b.jpg"));
  data::SampleStream hopeless(*source, {1}, {});
  CHECK(says(message_of(hopeless.next()), "none of 1 samples decodes"));
  data::SampleStream cancelled(*source, {0}, {2, 8, false, [] { return true; }});
  CHECK(cancelled.next().error().code == ErrorCode::kCancelled);
}

TEST_CASE("a picture of the wrong shape is an error, not a skip") {
  Folder folder;
  folder.picture("a.png");
  auto request = request_for(folder.path());
  request.inputs[0].shape = {1, 5, 5, 3};
  const auto source = DataSource::open(request);
  REQUIRE(source);
  data::SampleStream stream(*source, {0}, {});
  CHECK(says(message_of(stream.next()), "a.png: input \"image\""));
}

TEST_CASE("sounds are mixed, cut and resampled") {
  const codec::Wav stereo{16000, 2, {0.5f, 0.0f, 1.0f, 0.5f}};
  data::InputSpec spec{"sound", DType::kFloat32, {1, 3}, data::Layout::kNone, 0.0f, 0, false};
  const auto tensor = data::sound_to_input(stereo, *data::parse_chain("rate=16000,mono,window=3", {}), spec);
  REQUIRE_MESSAGE(tensor, message_of(tensor));
  CHECK(std::vector<float>(tensor->data<float>(), tensor->data<float>() + 3) == std::vector<float>{0.25f, 0.75f, 0.0f});
  CHECK(says(message_of(data::sound_to_input(stereo, {}, spec)), "window=3"));

  codec::Wav tone{48000, 1, {}};
  for (int i = 0; i < 9600; ++i)
    tone.samples.push_back(static_cast<float>(std::sin(2 * 3.141592653589793 * 440 * i / 48000)));
  const auto lower = data::resample(tone, 16000);
  REQUIRE(lower);
  REQUIRE(lower->samples.size() == 3200);
  for (size_t i = 100; i < 3100; ++i) {
    const double wanted = std::sin(2 * 3.141592653589793 * 440 * static_cast<double>(i) / 16000);
    REQUIRE(std::fabs(static_cast<double>(lower->samples[i]) - wanted) < 1e-3);
  }
  CHECK(!data::resample(tone, 7));
}

TEST_CASE("the shared data sets open with their labels") {
  const auto shared = testing::shared_folder();
  if (!shared) return;
  data::InputSpec image{"x", DType::kFloat32, {1, 224, 224, 3}, data::Layout::kNhwc, 0.0f, 0, false};
  auto request = request_for((*shared / "data/imagenet/validation").string(), {image});
  request.preprocess = *data::parse_chain("imagenet", data::picture_size(image));
  const auto source = DataSource::open(request);
  REQUIRE_MESSAGE(source, message_of(source));
  CHECK(source->size() == 853);
  CHECK(source->info(0).label == 65);
  CHECK(source->load(852));

  const data::InputSpec features{"x", DType::kInt8, {1, 49, 10, 1}, data::Layout::kNhwc, 0.58f, 83, false};
  request = request_for((*shared / "data/kws").string(), {features});
  request.preprocess = *data::parse_chain("reshape=1x49x10x1", {});
  request.split = "test";
  const auto words = DataSource::open(request);
  REQUIRE_MESSAGE(words, message_of(words));
  CHECK(words->size() == 800);
  CHECK(words->class_names().size() == 12);
  const auto loaded = words->load(0);
  CHECK_MESSAGE(loaded, message_of(loaded));
}
