#include "data/preprocess.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "base/file.h"
#include "codec/npz.h"
#include "data/picture_input.h"

using namespace pestle;
using data::parse_chain;

namespace {

const data::PictureSize kInput{224, 224, 3};

std::string canonical(const std::string& text, const data::PictureSize& input = kInput) {
  const auto chain = parse_chain(text, input);
  return chain ? to_text(*chain) : "error: " + chain.error().message + " | " + chain.error().hint;
}

codec::Image grey_ramp(int width, int height) {
  codec::Image image = codec::make_image(width, height, 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(i * 5);
  return image;
}

data::InputSpec spec_of(Shape shape, DType dtype = DType::kFloat32) {
  data::InputSpec spec;
  spec.name = "image";
  spec.dtype = dtype;
  spec.shape = std::move(shape);
  spec.layout = data::Layout::kNhwc;
  return spec;
}

}  // namespace

TEST_CASE("the canonical form of a chain reads back to itself") {
  for (const char* text :
       {"center=0.875,resize=224x224:bicubic,range=-1:1", "short=256:bilinear,center=224x200,bgr,range=0:255",
        "pad=640x480:114,range=0:1,mean=0.5/0.25/0.125,std=2,layout=nchw", "gray,resize=28x28:area,range=1:0",
        "affine=0.5847029/-83,reshape=1x49x10x1", "rate=16000,mono,window=16000", "resize=9x8:tf,range=0:1",
        "resize=9x8:nearest,range=0:0.1"}) {
    CHECK(canonical(text) == text);
  }
  CHECK(canonical("resize=10x12,pad=5x6,range=0:1") == "resize=10x12:bilinear,pad=5x6:0,range=0:1");
}

TEST_CASE("named chains fit themselves to the input") {
  CHECK(canonical("tf") == "center=0.875,resize=224x224:bicubic,range=-1:1");
  CHECK(canonical("unit", {96, 96, 1}) == "resize=96x96:bicubic,gray,range=0:1");
  CHECK(canonical("raw", {}) == "range=0:255");
  CHECK(canonical("short=256,center=224x224,imagenet,layout=nchw") ==
        "short=256:bilinear,center=224x224,range=0:1,mean=0.485/0.456/0.406,std=0.229/0.224/0.225,layout=nchw");
}

TEST_CASE("what cannot be read says how to write it") {
  CHECK(canonical("resise=224x224").find("did you mean 'resize'") != std::string::npos);
  CHECK(canonical("resize=224").find("resize=224x224") != std::string::npos);
  for (const char* text : {"",
                           ",",
                           "range=1:1",
                           "range=0:nan",
                           "range=0",
                           "std=0",
                           "mean=1/2/3/4",
                           "mean=1/2,range=0:1",
                           "center=1.5",
                           "center=0",
                           "center=-1x5",
                           "resize=0x5",
                           "resize=99999x5",
                           "resize=5x5:cubic",
                           "pad=5x5:256",
                           "gray=1",
                           "range=0:1,resize=5x5",
                           "mean=1,gray",
                           "window=0",
                           "rate=-5",
                           "reshape=1x?",
                           "affine=0/1",
                           "layout=chw",
                           "range=0:1 ",
                           "gray,mean=1/2/3,range=0:1"}) {
    CHECK_MESSAGE(canonical(text).starts_with("error: "), text);
  }
  std::string many = "gray";
  for (int i = 0; i < 1000; ++i) many += ",gray";
  CHECK(canonical(many).starts_with("error: "));
}

TEST_CASE("the affine map of a chain gives the numbers that the chain gives") {
  for (const char* text :
       {"range=-1:1", "raw", "imagenet", "range=0:1,std=0.5,mean=1/2/3,affine=2/7", "mean=127.5,std=127.5"}) {
    const auto chain = parse_chain(text, {});
    REQUIRE(chain);
    const auto map = affine_of(*chain);
    REQUIRE(map);
    for (int channel = 0; channel < 3; ++channel) {
      for (int pixel = 0; pixel < 256; ++pixel) {
        const double value =
            pixel * map->scale[static_cast<size_t>(channel)] + map->offset[static_cast<size_t>(channel)];
        CHECK(std::fabs(value - apply_numbers(*chain, pixel, channel)) < 1e-12);
      }
    }
  }
  CHECK(!affine_of(*parse_chain("resize=5x5", {})));
  CHECK(affine_of(*parse_chain("gray,range=0:1", {}))->scale.size() == 1);
}

TEST_CASE("resizing equals Pillow's in every pixel") {
  const auto arrays = codec::read_npz(*map_file(PESTLE_SOURCE_DIR "/tests/data/fixtures/resized.npz"));
  REQUIRE(arrays);
  codec::Image from;
  size_t compared = 0;
  for (const auto& [name, array] : *arrays) {
    CAPTURE(name);
    const int height = static_cast<int>(array.shape[0]), width = static_cast<int>(array.shape[1]);
    const auto* pixels = array.view().data<uint8_t>();
    const std::string filter = name.substr(name.find('_') + 1);
    if (filter == "from") {
      from = {width, height, 3, std::vector<uint8_t>(pixels, pixels + width * height * 3)};
      continue;
    }
    const auto chain = parse_chain("resize=" + std::to_string(width) + "x" + std::to_string(height) + ":" + filter, {});
    REQUIRE(chain);
    const auto out = data::apply_geometry(from, *chain);
    REQUIRE(out);
    CHECK(out->pixels == std::vector<uint8_t>(pixels, pixels + width * height * 3));
    ++compared;
  }
  CHECK(compared == 28);
}

TEST_CASE("tf resizing interpolates between half-pixel centres without antialiasing") {
  codec::Image image = codec::make_image(4, 1, 1);
  image.pixels = {0, 100, 200, 40};
  CHECK(data::resize(image, 2, 1, data::Filter::kTf).pixels == std::vector<uint8_t>{50, 120});
  CHECK(data::resize(image, 8, 1, data::Filter::kTf).pixels == std::vector<uint8_t>{0, 25, 75, 125, 175, 160, 80, 40});
}

TEST_CASE("grey pictures are resized like one channel of colour") {
  const codec::Image colour = grey_ramp(17, 11);
  codec::Image grey = codec::make_image(17, 11, 1);
  for (size_t i = 0; i < grey.pixels.size(); ++i) grey.pixels[i] = colour.pixels[3 * i];
  const auto small = data::resize(grey, 6, 5, data::Filter::kBicubic);
  const auto wanted = data::resize(colour, 6, 5, data::Filter::kBicubic);
  for (size_t i = 0; i < small.pixels.size(); ++i) CHECK(small.pixels[i] == wanted.pixels[3 * i]);
}

TEST_CASE("a picture fills NHWC and NCHW inputs with the same numbers") {
  const auto chain = *parse_chain("range=0:255", {});
  const auto nhwc = data::picture_to_input(grey_ramp(3, 2), chain, spec_of({1, 2, 3, 3}));
  REQUIRE(nhwc);
  CHECK(nhwc->data<float>()[4] == 20.0f);
  auto planes = spec_of({1, 3, 2, 3});
  planes.layout = data::Layout::kNchw;
  const auto nchw = data::picture_to_input(grey_ramp(3, 2), chain, planes);
  REQUIRE(nchw);
  CHECK(nchw->shape() == Shape{1, 3, 2, 3});
  CHECK(nchw->data<float>()[6 + 1] == nhwc->data<float>()[4]);
  const auto asked = data::picture_to_input(grey_ramp(3, 2), *parse_chain("range=0:255,layout=nchw", {}),
                                            spec_of({1, kUnknown, kUnknown, kUnknown}));
  REQUIRE(asked);
  CHECK(asked->shape() == Shape{1, 3, 2, 3});
}

TEST_CASE("integer inputs hold the quantized result of the chain") {
  auto spec = spec_of({1, 1, 2, 3}, DType::kInt8);
  spec.scale = 0.01f;
  spec.zero_point = -1;
  codec::Image image = codec::make_image(2, 1, 3);
  image.pixels = {0, 64, 127, 128, 192, 255};
  const auto tensor = data::picture_to_input(image, *parse_chain("range=-1:1", {}), spec);
  REQUIRE(tensor);
  // 64 becomes 2 * 64 / 255 - 1 = -0.498, and -49.8 rounds to -50, less one.
  CHECK(std::vector<int8_t>(tensor->data<int8_t>(), tensor->data<int8_t>() + 6) ==
        std::vector<int8_t>{-101, -51, -1, -1, 50, 99});
  spec.scale = 0.005f;
  const auto clamped = data::picture_to_input(image, *parse_chain("range=-1:1", {}), spec);
  REQUIRE(clamped);
  CHECK(clamped->data<int8_t>()[0] == -128);
  CHECK(clamped->data<int8_t>()[5] == 127);
  const auto raw = data::picture_to_input(image, *parse_chain("raw", {}), spec_of({1, 1, 2, 3}, DType::kUInt8));
  REQUIRE(raw);
  CHECK(raw->data<uint8_t>()[5] == 255);
}

TEST_CASE("a picture of the wrong size or channel count says what to add") {
  const auto chain = *parse_chain("range=0:1", {});
  const auto size = data::picture_to_input(grey_ramp(3, 2), chain, spec_of({1, 4, 4, 3}));
  REQUIRE(!size);
  CHECK(size.error().hint.find("resize=4x4") != std::string::npos);
  const auto channels = data::picture_to_input(grey_ramp(3, 2), chain, spec_of({1, 2, 3, 1}));
  REQUIRE(!channels);
  CHECK(channels.error().hint.find("gray") != std::string::npos);
  CHECK(!data::picture_to_input(grey_ramp(3, 2), *parse_chain("center=4x1,range=0:1", {}), spec_of({1, 1, 4, 3})));
  CHECK(!data::picture_to_input(grey_ramp(3, 2), *parse_chain("mono,range=0:1", {}), spec_of({1, 2, 3, 3})));
}

TEST_CASE("crops, short sides and letterboxes have the sizes their rules say") {
  const auto size_after = [](const char* text, int width, int height) {
    const auto image = data::apply_geometry(grey_ramp(width, height), *parse_chain(text, {}));
    REQUIRE(image);
    return std::pair(image->width, image->height);
  };
  CHECK(size_after("center=0.875", 288, 288) == std::pair(252, 252));
  CHECK(size_after("center=0.5", 5, 7) == std::pair(2, 4));  // 2.5 and 3.5 go to the even neighbour
  CHECK(size_after("short=10", 20, 33) == std::pair(10, 16));
  CHECK(size_after("short=10", 33, 20) == std::pair(16, 10));
  const auto boxed = data::apply_geometry(grey_ramp(4, 2), *parse_chain("pad=6x6:9", {}));
  REQUIRE(boxed);
  CHECK(boxed->row(0)[0] == 9);
  CHECK(boxed->row(5)[17] == 9);
}

TEST_CASE("docs/data.md knows every step and every name") {
  std::ifstream file(PESTLE_SOURCE_DIR "/docs/data.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const auto refused = parse_chain("?", {});
  REQUIRE(!refused);
  std::string known = refused.error().hint;  // "known: short, resize, ..."
  REQUIRE(known.starts_with("known: "));
  std::istringstream words(known.substr(7));
  int count = 0;
  for (std::string word; words >> word; ++count) {
    if (word.ends_with(',')) word.pop_back();
    const bool is_told =
        page.find('`' + word + '`') != std::string::npos || page.find('`' + word + '=') != std::string::npos;
    CHECK_MESSAGE(is_told, word);
  }
  CHECK(count > 10);
}
