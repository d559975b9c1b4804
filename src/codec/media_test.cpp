// Pictures, sounds and tables.
#include <doctest/doctest.h>

#include <cstring>

#include "base/file.h"
#include "codec/csv.h"
#include "codec/image.h"
#include "codec/npz.h"
#include "codec/wav.h"

using namespace pestle;

namespace {

const std::string kFixtures = PESTLE_SOURCE_DIR "/tests/data/fixtures/";

std::vector<std::byte> read_all(const std::string& name) {
  const Bytes file = *map_file(kFixtures + name);
  return {file.view().begin(), file.view().end()};
}

std::vector<std::byte> to_bytes(const std::string& text) {
  const auto raw = std::as_bytes(std::span(text));
  return {raw.begin(), raw.end()};
}

template <typename T>
std::string little(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof(T)};
}

struct WavForm {
  uint16_t code, channels, bits;
};
std::vector<std::byte> make_wav(WavForm form, const std::string& data) {
  std::string format = little(form.code) + little(form.channels) + little<uint32_t>(16000) + little<uint32_t>(0) +
                       little<uint16_t>(0) + little(form.bits);
  std::string body = "WAVEfmt " + little<uint32_t>(static_cast<uint32_t>(format.size())) + format;
  body += "LIST" + little<uint32_t>(3) + "abc" + std::string(1, '\0');  // an odd chunk to step over
  body += "data" + little<uint32_t>(static_cast<uint32_t>(data.size())) + data;
  return to_bytes("RIFF" + little<uint32_t>(static_cast<uint32_t>(body.size())) + body);
}

}  // namespace

TEST_CASE("pictures of every form decode to Pillow's pixels") {
  const auto expected = codec::read_npz(*map_file(kFixtures + "pixels.npz"));
  REQUIRE(expected);
  REQUIRE(expected->size() > 20);
  for (const auto& [name, array] : *expected) {
    CAPTURE(name);
    const auto image = codec::decode_image(read_all(name));
    REQUIRE_MESSAGE(image, describe(image.error()));
    REQUIRE(Shape{image->height, image->width, 3} == array.shape);
    CHECK(std::memcmp(image->pixels.data(), array.bytes.data(), array.bytes.size()) == 0);
  }
}

TEST_CASE("pictures that are cut short are errors") {
  for (const char* name : {"rgb_420.jpg", "progressive.jpg", "rgb.png", "palette.png", "lossy.webp", "lossless.webp"}) {
    const auto file = read_all(name);
    // The last bytes of a JPEG (its end marker) and of a PNG (its last, empty chunk) carry no pixels.
    for (size_t size = 0; size + 16 < file.size(); ++size) {
      CHECK_MESSAGE(!codec::decode_image(std::span(file).first(size)), name, " cut at ", size);
    }
  }
}

TEST_CASE("damaged pictures never crash the decoders") {
  for (const char* name : {"rgb_420.jpg", "progressive.jpg", "cmyk.jpg", "turned_6.jpg", "palette.png", "grey_16.png",
                           "turned_6.webp", "lossy.webp"}) {
    const auto file = read_all(name);
    for (size_t at = 0; at < file.size(); ++at) {
      auto damaged = file;
      damaged[at] ^= static_cast<std::byte>(1 + at * 37 % 255);
      const auto image = codec::decode_image(damaged);
      if (image) CHECK(image->pixels.size() == image->row_bytes() * static_cast<size_t>(image->height));
    }
  }
}

TEST_CASE("a small file that claims a huge picture is refused before memory is taken") {
  auto png = read_all("rgb.png");
  for (const size_t at : {16u, 20u}) {
    png[at] = std::byte{0};
    png[at + 1] = std::byte{0};
    png[at + 2] = std::byte{0x60};
  }
  CHECK(!codec::decode_image(png));
  auto jpeg = read_all("rgb_444.jpg");
  for (size_t i = 0; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] != std::byte{0xff} || jpeg[i + 1] != std::byte{0xc0}) continue;
    for (const size_t at : {i + 5, i + 7}) jpeg[at] = std::byte{0x27};
  }
  CHECK(!codec::decode_image(jpeg));
}

TEST_CASE("what is no picture is unsupported, not damaged") {
  const auto image = codec::decode_image(to_bytes("BM and so on"));
  REQUIRE(!image);
  CHECK(image.error().code == ErrorCode::kUnsupported);
  CHECK(!codec::decode_image({}));
}

TEST_CASE("samples of every width lie in -1..1") {
  const auto eight = codec::read_wav(make_wav({1, 1, 8}, std::string("\x00\x80\xff", 3)));
  REQUIRE(eight);
  CHECK(eight->samples == std::vector<float>{-1.0f, 0.0f, 127.0f / 128});
  const auto sixteen = codec::read_wav(make_wav({1, 2, 16}, little<int16_t>(-32768) + little<int16_t>(16384)));
  REQUIRE(sixteen);
  CHECK(sixteen->channels == 2);
  CHECK(sixteen->rate == 16000);
  CHECK(sixteen->frames() == 1);
  CHECK(sixteen->samples == std::vector<float>{-1.0f, 0.5f});
  const auto wide = codec::read_wav(make_wav({1, 1, 24}, std::string("\x00\x00\x80\xff\xff\xff", 6)));
  REQUIRE(wide);
  CHECK(wide->samples == std::vector<float>{-1.0f, -0x1p-23f});
  const auto full = codec::read_wav(make_wav({1, 1, 32}, little<int32_t>(1 << 30)));
  REQUIRE(full);
  CHECK(full->samples == std::vector<float>{0.5f});
  const auto real = codec::read_wav(make_wav({3, 1, 32}, little(0.25f)));
  REQUIRE(real);
  CHECK(real->samples == std::vector<float>{0.25f});
}

TEST_CASE("a .wav file that is cut at any byte is an error") {
  const auto file = make_wav({1, 2, 16}, std::string(40, '\1'));
  REQUIRE(codec::read_wav(file));
  for (size_t size = 0; size < file.size(); ++size) {
    CHECK_MESSAGE(!codec::read_wav(std::span(file).first(size)), "cut at ", size);
  }
}

TEST_CASE("impossible sounds are errors") {
  CHECK(!codec::read_wav(make_wav({1, 0, 16}, "ab")));
  CHECK(!codec::read_wav(make_wav({1, 65, 16}, "ab")));
  CHECK(!codec::read_wav(make_wav({1, 1, 12}, "ab")));
  CHECK(!codec::read_wav(make_wav({2, 1, 16}, "ab")));
  CHECK(!codec::read_wav(make_wav({1, 2, 16}, "ab")));
}

TEST_CASE("tables keep quoted commas, quotes and line breaks") {
  const auto table = codec::read_csv(
      "\xef\xbb\xbf"
      "file,label\r\n\"a,b.jpg\",\"say \"\"x\"\"\"\r\n\r\n\"two\nlines\",");
  REQUIRE(table);
  CHECK(table->columns == std::vector<std::string>{"file", "label"});
  REQUIRE(table->rows.size() == 2);
  CHECK(table->rows[0] == std::vector<std::string>{"a,b.jpg", "say \"x\""});
  CHECK(table->rows[1] == std::vector<std::string>{"two\nlines", ""});
  CHECK(table->column("label") == 1);
  CHECK(!table->column("nothing"));
}

TEST_CASE("ragged rows and open quotes name their line") {
  const auto ragged = codec::read_csv("a,b\n1,2\n3\n");
  REQUIRE(!ragged);
  CHECK(ragged.error().message.find("line 3") != std::string::npos);
  const auto open = codec::read_csv("a,b\n1,\"2\n3\n");
  REQUIRE(!open);
  CHECK(open.error().message.find("line 2") != std::string::npos);
  CHECK(!codec::read_csv("a,b\n\"1\"x,2\n"));
  CHECK(!codec::read_csv(""));
}
