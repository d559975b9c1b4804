// Prints what a chain makes of pictures, for comparison with other programs (pillow_parity.py).
//   dump_picture pixels CHAIN WxH FILE...   the 8-bit pixels before the numeric steps, one picture after the other
//   dump_picture values CHAIN WxH FILE...   the float tensor (NHWC)
//   dump_picture time CHAIN WxH FILE...     microseconds for decoding and preprocessing, the best of 20 rounds
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>

#include "base/file.h"
#include "codec/image.h"
#include "data/picture_input.h"

using namespace pestle;

namespace {

struct Job {
  std::string what;
  data::Chain chain;
  data::InputSpec spec;
};

Result<Tensor> preprocess(const Job& job, const Bytes& file) {
  PESTLE_ASSIGN(codec::Image image, codec::decode_image(file.view()));
  return data::picture_to_input(std::move(image), job.chain, job.spec);
}

Status print_time(const Job& job, const Bytes& file) {
  double best = 1e9;
  for (int round = 0; round < 20; ++round) {
    const auto start = std::chrono::steady_clock::now();
    PESTLE_ASSIGN(const Tensor tensor, preprocess(job, file));
    const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - start;
    best = std::min(best, spent.count() + 0.0 * static_cast<double>(tensor.elements()));
  }
  std::printf("%.1f\n", best);
  return {};
}

Status run(const Job& job, const char* path) {
  PESTLE_ASSIGN(const Bytes file, map_file(path));
  if (job.what == "time") return print_time(job, file);
  if (job.what == "values") {
    PESTLE_ASSIGN(const Tensor tensor, preprocess(job, file));
    std::fwrite(tensor.view().bytes.data(), 1, tensor.view().bytes.size(), stdout);
    return {};
  }
  PESTLE_ASSIGN(codec::Image image, codec::decode_image(file.view()));
  PESTLE_ASSIGN(image, data::apply_geometry(std::move(image), job.chain));
  std::fwrite(image.pixels.data(), 1, image.pixels.size(), stdout);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  Job job;
  job.what = argv[1];
  const auto size = parse_shape(argv[3]);
  if (!size || size->rank() != 2) return 2;
  auto chain = data::parse_chain(argv[2], {static_cast<int>((*size)[0]), static_cast<int>((*size)[1]), 3});
  if (!chain) {
    std::fprintf(stderr, "%s\n", describe(chain.error()).c_str());
    return 2;
  }
  job.chain = std::move(*chain);
  job.spec = {"image", DType::kFloat32, Shape{1, kUnknown, kUnknown, kUnknown}, data::Layout::kNhwc, 0.0f, 0, false};
  for (int i = 4; i < argc; ++i) {
    const Status status = run(job, argv[i]);
    if (status) continue;
    std::fprintf(stderr, "%s: %s\n", argv[i], describe(status.error()).c_str());
    return 1;
  }
  return 0;
}
