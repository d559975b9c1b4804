#include "codec/onnx.h"

#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <protozero/pbf_writer.hpp>

#include "base/file.h"

using namespace pestle;

namespace {

using Writer = protozero::pbf_writer;

template <typename Body>
std::string message(Body body) {
  std::string bytes;
  Writer writer(bytes);
  body(writer);
  return bytes;
}

Bytes bytes_of(const std::string& text) { return Bytes::copy_of(std::as_bytes(std::span(text))); }

std::string tensor(const std::string& name, std::initializer_list<int64_t> dims, int32_t type, const std::string& raw) {
  return message([&](Writer& w) {
    w.add_packed_int64(1, dims.begin(), dims.end());
    w.add_int32(2, type);
    w.add_string(8, name);
    w.add_bytes(9, raw);
  });
}

std::string node(const std::string& op, const std::string& attribute = {}) {
  return message([&](Writer& w) {
    w.add_string(1, "x");
    w.add_string(2, "y");
    w.add_string(4, op);
    if (!attribute.empty()) w.add_message(5, attribute);
  });
}

std::string model_of(const std::string& graph) {
  return message([&](Writer& w) {
    w.add_int64(1, 8);
    w.add_message(7, graph);
    w.add_message(8, message([](Writer& o) { o.add_int64(2, 13); }));
  });
}

std::string graph_with(const std::string& initializer) {
  return message([&](Writer& w) {
    w.add_message(1, node("Relu"));
    w.add_message(5, initializer);
  });
}

const std::string kSmall = model_of(graph_with(tensor("w", {2, 3}, 1, std::string(24, '\1'))));

void expect_refused(const std::string& file, const char* reason) {
  const auto model = codec::read_onnx(bytes_of(file));
  REQUIRE(!model.has_value());
  CHECK_MESSAGE(describe(model.error()).find(reason) != std::string::npos, describe(model.error()));
}

}  // namespace

TEST_CASE("a small model is read, its weights as views") {
  const Bytes file = bytes_of(kSmall);
  const auto model = codec::read_onnx(file);
  REQUIRE_MESSAGE(model.has_value(), describe(model.error()));
  CHECK(model->ir_version == 8);
  CHECK(model->opsets[0].version == 13);
  CHECK(model->graph.nodes[0].op_type == "Relu");
  const codec::OnnxTensor& w = model->graph.initializers[0];
  CHECK(w.name == "w");
  CHECK(w.dims == std::vector<int64_t>{2, 3});
  CHECK(w.data.data() > file.data());
  CHECK(w.data.data() < file.data() + file.size());
  CHECK(codec::looks_like_onnx(file.view()));
}

TEST_CASE("a model cut off anywhere is refused") {
  for (size_t size = 0; size < kSmall.size(); ++size) {
    CAPTURE(size);
    const Bytes file = bytes_of(kSmall.substr(0, size));
    CHECK(!codec::read_onnx(file).has_value());
  }
}

TEST_CASE("a model that is cut off is known for one, and told where") {
  const std::string whole = model_of(graph_with(tensor("w", {100}, 1, std::string(400, 'x'))));
  const std::string cut = whole.substr(0, whole.size() - 100);
  CHECK(codec::looks_like_onnx(bytes_of(cut).view()));
  const auto read = codec::read_onnx(bytes_of(cut));
  REQUIRE_FALSE(read);
  CHECK(read.error().message == "is cut off: its graph that begins at byte 2 should have " +
                                    std::to_string(whole.size() - 9) + " bytes, and " +
                                    std::to_string(cut.size() - 5) + " follow");
}

TEST_CASE("damage inside a model is told with the byte at which it is found") {
  std::string whole = model_of(graph_with(tensor("w", {2}, 1, std::string(8, 'x'))));
  const size_t at = whole.find("Relu") - 2;  // the head of the node's operator
  whole[at] = '\x07';                        // a wire type that there is not
  const auto read = codec::read_onnx(bytes_of(whole));
  REQUIRE_FALSE(read);
  CHECK(read.error().message.find("is damaged at byte " + std::to_string(at)) == 0);
}

TEST_CASE("a model with any byte changed is read or refused, never more") {
  for (size_t at = 0; at < kSmall.size(); ++at) {
    for (int flip = 1; flip < 256; ++flip) {
      std::string file = kSmall;
      file[at] = static_cast<char>(file[at] ^ flip);
      const Bytes bytes = bytes_of(file);
      (void)codec::looks_like_onnx(bytes.view());
      const auto model = codec::read_onnx(bytes);
      if (model) CHECK(!model->opsets.empty());
    }
  }
}

TEST_CASE("the size of a tensor's data must be what its dimensions say") {
  const int64_t huge = int64_t{1} << 40;
  expect_refused(model_of(graph_with(tensor("w", {2, 3}, 1, std::string(23, '\1')))),
                 "has 23 bytes of data, its shape needs 24");
  expect_refused(model_of(graph_with(tensor("w", {huge, huge}, 1, ""))), "no memory holds");
  expect_refused(model_of(graph_with(tensor("w", {-1}, 1, ""))), "no memory holds");
  expect_refused(model_of(graph_with(tensor("w", {huge}, 1, ""))), "its shape needs");
  expect_refused(model_of(graph_with(tensor("w", {1}, 99, "1234"))), "unknown element type 99");
  expect_refused(model_of(graph_with(tensor("", {1}, 1, "1234"))), "an initializer has no name");
}

TEST_CASE("elements in typed fields become the bytes that raw_data would hold") {
  const std::string halves = message([](Writer& w) {
    w.add_int64(1, 2);
    const int32_t bits[] = {0x3c00, 0x4000};
    w.add_packed_int32(5, std::begin(bits), std::end(bits));
    w.add_string(8, "w");
    w.add_int32(2, 10);  // the type after the data
  });
  const auto model = codec::read_onnx(bytes_of(model_of(graph_with(halves))));
  REQUIRE_MESSAGE(model.has_value(), describe(model.error()));
  const Bytes& data = model->graph.initializers[0].data;
  REQUIRE(data.size() == 4);
  uint16_t values[2];
  std::memcpy(values, data.data(), 4);
  CHECK(values[0] == 0x3c00);
  CHECK(values[1] == 0x4000);
}

TEST_CASE("integers do not fill elements that are wider than they") {
  const std::string complex = message([](Writer& w) {
    w.add_int64(1, 1);
    w.add_int32(2, 15);
    const int64_t values[] = {1};
    w.add_packed_int64(7, std::begin(values), std::end(values));
    w.add_string(8, "w");
  });
  expect_refused(model_of(graph_with(complex)), "has 8 bytes of data, its shape needs 16");
}

TEST_CASE("repeated numbers may come packed, single or mixed") {
  const std::string mixed = message([](Writer& w) {
    w.add_int64(1, 3);
    w.add_int32(2, 1);
    w.add_float(4, 1);
    const float two[] = {2, 3};
    w.add_packed_float(4, std::begin(two), std::end(two));
    w.add_string(8, "w");
  });
  const auto model = codec::read_onnx(bytes_of(model_of(graph_with(mixed))));
  REQUIRE_MESSAGE(model.has_value(), describe(model.error()));
  float values[3];
  REQUIRE(model->graph.initializers[0].data.size() == sizeof values);
  std::memcpy(values, model->graph.initializers[0].data.data(), sizeof values);
  CHECK(values[0] == 1);
  CHECK(values[2] == 3);
}

TEST_CASE("graphs nested without end are refused") {
  std::string graph = message([](Writer& w) { w.add_message(1, node("Relu")); });
  for (int depth = 0; depth < 200; ++depth) {
    const std::string attribute = message([&](Writer& w) {
      w.add_string(1, "body");
      w.add_message(6, graph);
    });
    graph = message([&](Writer& w) { w.add_message(1, node("Loop", attribute)); });
  }
  expect_refused(model_of(graph), "nested more than");
}

TEST_CASE("external data lies below the model's folder") {
  const auto folder = std::filesystem::temp_directory_path() / "pestle_onnx_external";
  std::filesystem::create_directories(folder / "model");
  std::ofstream(folder / "model" / "weights.bin") << "0123456789abcdef";
  std::ofstream(folder / "outside.bin") << "0123456789abcdef";
  struct Row {
    const char* location;
    const char* offset;
    const char* reason;  // "" where it is fine
  };
  const Row rows[] = {
      {"weights.bin", "4", ""},
      {"weights.bin", "9", "its data ends outside"},
      {"weights.bin", "18446744073709551615", "its data ends outside"},
      {"weights.bin", "x", "has the offset \"x\""},
      {"absent.bin", "0", "is not beside the model"},
      {"../outside.bin", "0", "leads out of the model's folder"},
      {"/etc/passwd", "0", "is an absolute path"},
      {"", "0", "is no file name"},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.location));
    const std::string external = message([&](Writer& w) {
      w.add_int64(1, 2);
      w.add_int32(2, 1);
      w.add_string(8, "w");
      for (const auto& [key, value] : {std::pair("location", row.location), std::pair("offset", row.offset)}) {
        w.add_message(13, message([&](Writer& e) {
                        e.add_string(1, key);
                        e.add_string(2, value);
                      }));
      }
      w.add_int32(14, 1);
    });
    auto model = codec::read_onnx(bytes_of(model_of(graph_with(external))));
    Status status;
    if (model) {
      status = codec::load_onnx_external_data(*model, (folder / "model").string());
    } else {
      status = Failure(model.error());
    }
    CHECK(status.has_value() == (*row.reason == '\0'));
    if (!status)
      CHECK_MESSAGE(describe(status.error()).find(row.reason) != std::string::npos, describe(status.error()));
    if (status) CHECK(static_cast<char>(model->graph.initializers[0].data.view()[0]) == '4');
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("other files do not look like ONNX") {
  for (const std::string& file :
       {std::string(), std::string("TFL3TFL3TFL3"), std::string(64, '\0'), std::string("\x08\x07\x3a\x02\x08\x01", 6),
        std::string("{\"model\": 1}"), std::string("\x0a\x05hello", 7)}) {
    CHECK(!codec::looks_like_onnx(std::as_bytes(std::span(file))));
  }
}
