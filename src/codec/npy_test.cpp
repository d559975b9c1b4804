#include "codec/npy.h"

#include <doctest/doctest.h>

#include <cstring>

#include "base/file.h"
#include "codec/npz.h"
#include "codec/zip.h"

using namespace pestle;
using codec::read_npy;

namespace {

Bytes npy_with_header(const std::string& header, size_t data_bytes = 0) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  text += header + std::string(data_bytes, '\0');
  return Bytes::copy_of(std::as_bytes(std::span(text)));
}

Bytes fixture(const char* name) { return *map_file(std::string(PESTLE_SOURCE_DIR "/tests/data/fixtures/") + name); }

Tensor counted(DType dtype) {
  Tensor tensor(dtype, {2, 3});
  auto bytes = tensor.view().bytes;
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = dtype == DType::kBool ? std::byte{1} : static_cast<std::byte>(i * 7);
  return tensor;
}

}  // namespace

TEST_CASE("every numeric type is read back as it was written") {
  for (const DType dtype : {DType::kFloat32, DType::kFloat16, DType::kFloat64, DType::kInt8, DType::kUInt8,
                            DType::kInt16, DType::kUInt16, DType::kInt32, DType::kUInt32, DType::kInt64, DType::kUInt64,
                            DType::kBool, DType::kComplex64, DType::kComplex128}) {
    const Tensor tensor = counted(dtype);
    const auto file = codec::write_npy(tensor.view());
    REQUIRE(file);
    CHECK(file->size() % 64 == tensor.view().bytes.size() % 64);
    const auto array = read_npy(Bytes::own(*file));
    REQUIRE(array);
    CHECK(array->dtype == dtype);
    CHECK(array->shape == tensor.shape());
    CHECK(std::memcmp(array->bytes.data(), tensor.view().bytes.data(), array->bytes.size()) == 0);
  }
}

TEST_CASE("int4 is written as int8 and types without a NumPy code are refused") {
  Tensor packed(DType::kInt4, {3});
  packed.view().bytes[0] = std::byte{0xf2};  // 2, -1
  const auto file = codec::write_npy(packed.view());
  REQUIRE(file);
  const auto array = read_npy(Bytes::own(*file));
  REQUIRE(array);
  CHECK(array->dtype == DType::kInt8);
  CHECK(array->view().data<int8_t>()[1] == -1);
  CHECK(!codec::write_npy(Tensor(DType::kBFloat16, {2}).view()));
}

TEST_CASE("scalars, vectors and empty arrays keep their shape") {
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{0, 3}, Shape{1}}) {
    const auto file = codec::write_npy(Tensor(DType::kInt32, shape).view());
    REQUIRE(file);
    const auto array = read_npy(Bytes::own(*file));
    REQUIRE(array);
    CHECK(array->shape == shape);
  }
}

TEST_CASE("fortran order and big endian arrays that NumPy wrote come out in C order") {
  const auto arrays = codec::read_npz(fixture("orders.npz"));
  REQUIRE(arrays);
  REQUIRE(arrays->size() == 6);
  for (size_t k = 0; k < 3; ++k) {
    const auto& array = (*arrays)[k].array;
    REQUIRE(array.shape == Shape{2, 3, 4});
    for (int i = 0; i < 24; ++i) CHECK(array.view().data<float>()[i] == static_cast<float>(i));
  }
  CHECK((*arrays)[3].array.dtype == DType::kFloat16);
  CHECK((*arrays)[4].array.view().data<bool>()[12]);
  CHECK((*arrays)[5].array.view().data<double>()[0] == 2.5);
}

TEST_CASE("an .npy file that is cut at any byte is an error") {
  const auto file = codec::write_npy(counted(DType::kFloat32).view());
  for (size_t size = 0; size < file->size(); ++size) {
    CHECK_MESSAGE(!read_npy(Bytes::own({file->begin(), file->begin() + static_cast<ptrdiff_t>(size)})), "cut at ",
                  size);
  }
}

TEST_CASE("hostile headers are errors and allocate nothing") {
  CHECK(!read_npy(npy_with_header(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }")));
  CHECK(!read_npy(npy_with_header("{'descr': '<f4', 'fortran_order': True, 'shape': (1099511627776,), }")));
  CHECK(!read_npy(npy_with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }")));
  CHECK(!read_npy(npy_with_header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8)));
  CHECK(!read_npy(npy_with_header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 8)));
  CHECK(!read_npy(npy_with_header("{'descr': '<f4', 'shape': (1,), }", 8)));
  CHECK(!read_npy(npy_with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)", 8)));
  CHECK(!read_npy(npy_with_header("{'descr': '<f4", 8)));
  CHECK(!read_npy(npy_with_header("", 8)));
  std::string ranks;
  for (int i = 0; i < 33; ++i) ranks += "1, ";
  CHECK(!read_npy(npy_with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (" + ranks + "), }", 8)));
}

TEST_CASE("a huge extent beside a zero one is an empty array") {
  const auto array =
      read_npy(npy_with_header("{'descr': '<f4', 'fortran_order': True, 'shape': (1099511627776, 0), }"));
  REQUIRE(array);
  CHECK(array->bytes.empty());
}

TEST_CASE("truth values other than 0 and 1 are refused") {
  auto file = *codec::write_npy(counted(DType::kBool).view());
  file.back() = std::byte{2};
  CHECK(!read_npy(Bytes::own(file)));
}

TEST_CASE("equal arrays make equal .npz bytes, and they are read back") {
  const Tensor a = counted(DType::kInt16), b = counted(DType::kFloat32);
  const std::vector<codec::NamedView> views{{"first", a.view()}, {"a/b", b.view()}};
  const auto once = codec::write_npz(views), twice = codec::write_npz(views);
  REQUIRE(once);
  REQUIRE(twice);
  CHECK(*once == *twice);
  const auto arrays = codec::read_npz(Bytes::own(*once));
  REQUIRE(arrays);
  REQUIRE(arrays->size() == 2);
  CHECK((*arrays)[1].name == "a/b");
  CHECK((*arrays)[0].array.shape == Shape{2, 3});
}

TEST_CASE("arrays that are stored unpacked stay in the file, and damaged directories never lead outside it") {
  const Tensor a = counted(DType::kFloat32), b = counted(DType::kInt64);
  const std::vector<codec::NamedView> views{{"a", a.view()}, {"bcd", b.view()}};
  const Bytes file = Bytes::own(*codec::write_npz(views));
  const auto arrays = codec::read_npz_unaligned(file);
  REQUIRE(arrays);
  for (const auto& [name, array] : *arrays) {
    CHECK(array.bytes.data() > file.data());
    CHECK(array.bytes.data() + array.bytes.size() < file.data() + file.size());
  }
  for (size_t at = 0; at < file.size(); ++at) {
    for (const unsigned flip : {1u, 0x80u, 0xffu}) {
      std::vector<std::byte> damaged(file.view().begin(), file.view().end());
      damaged[at] ^= static_cast<std::byte>(flip);
      const auto read = codec::read_npz(Bytes::own(std::move(damaged)));
      if (read) CHECK(read->size() <= 2);
    }
  }
}

TEST_CASE("an .npz file that is cut at any byte is an error") {
  const Tensor a = counted(DType::kInt16);
  const std::vector<codec::NamedView> views{{"first", a.view()}};
  const auto file = *codec::write_npz(views);
  for (size_t size = 0; size < file.size(); ++size) {
    CHECK_MESSAGE(!codec::read_npz(Bytes::own({file.begin(), file.begin() + static_cast<ptrdiff_t>(size)})), "cut at ",
                  size);
  }
}

TEST_CASE("a flipped byte in a zip member is found by its checksum") {
  const std::vector<codec::ZipMember> members{{"a", std::vector<std::byte>(100, std::byte{7})}};
  auto file = *codec::write_zip(members);
  file[60] ^= std::byte{1};
  auto zip = codec::ZipReader::open(Bytes::own(file));
  REQUIRE(zip);
  CHECK(!zip->read("a"));
  CHECK(!zip->read("absent"));
}

TEST_CASE("an archive that unpacks to more than its bound is refused") {
  // The bound counts what comes out of all members together, so reading one again and again reaches it too.
  const std::vector<codec::ZipMember> members{{"a", std::vector<std::byte>(size_t{1} << 20)}};
  auto zip = codec::ZipReader::open(Bytes::own(*codec::write_zip(members)));
  REQUIRE(zip);
  Result<std::vector<std::byte>> last = std::vector<std::byte>();
  for (int i = 0; i < 1000 && last; ++i) last = zip->read("a");
  CHECK(!last);
}
