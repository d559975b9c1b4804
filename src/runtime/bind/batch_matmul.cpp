// BATCH_MATMUL of floats and of int8 codes by matrix products: the matrices of y are packed at plan time if they are
// constant, else at the start of each run. Float x int8 and int16 run by the reference.
#include "ops/core/batch_matmul.h"

#include <algorithm>
#include <limits>

#include "kernels/gemm/gemm.h"
#include "ops/core/broadcast.h"
#include "ops/core/copy.h"
#include "ops/core/fused_activation.h"
#include "runtime/binding.h"

namespace pestle::runtime {
namespace {

using namespace kernels;

constexpr size_t kLine = 64;  // packed matrices start at multiples of it

size_t aligned(size_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

// One node: how a matrix of y is packed, and which matrices meet.
struct Job {
  ops::MatrixBatches m;
  bool is_float = false, turn_x = false, turn_y = false;
  size_t value_bytes = 0;
  size_t packed_bytes = 0;  // of one matrix
  int64_t packed_count = 0, x_count = 0;
  std::vector<int64_t> x_of, y_of;  // for every matrix of the output
  int32_t x_zero = 0, y_zero = 0, out_zero = 0;
  std::vector<FixedMultiplier> multipliers;
  const GemmF32Kernel* f32 = nullptr;
  const GemmIntKernel* integer = nullptr;
  std::optional<PackedMemory> constant;

  GemmShape shape() const { return {static_cast<int>(m.columns), 1, static_cast<int>(m.depth)}; }
  int tile_rows() const { return is_float ? f32->tile.rows : integer->tile.rows; }
  size_t x_matrix() const { return static_cast<size_t>(m.rows * m.depth) * value_bytes; }
  size_t y_matrix() const { return static_cast<size_t>(m.columns * m.depth) * value_bytes; }
  size_t out_matrix() const { return static_cast<size_t>(m.rows * m.columns) * value_bytes; }
  // Where the turned matrices of x lie in the scratch memory.
  size_t turned_at() const { return constant ? 0 : packed_bytes * static_cast<size_t>(packed_count); }
};

void pack(const Job& job, const std::byte* y, std::byte* packed) {
  const ptrdiff_t stride_n = job.turn_y ? job.m.depth : 1, stride_k = job.turn_y ? 1 : job.m.columns;
  if (job.is_float) {
    gemm_f32_pack({job.shape(), reinterpret_cast<const float*>(y), stride_n, stride_k, nullptr}, job.f32->tile, packed);
    return;
  }
  GemmIntWeights weights;
  weights.shape = job.shape();
  weights.weights = y;
  weights.stride_n = stride_n;
  weights.stride_k = stride_k;
  weights.left_zero = job.x_zero;
  weights.weight_zero = job.y_zero;
  weights.multipliers = job.multipliers.data();
  gemm_int_pack(weights, *job.integer, packed);
}

void turn(const Job& job, const std::byte* x, std::byte* turned) {
  ops::copy_strided({{job.m.rows, job.m.depth}, {1, job.m.rows}, {job.m.depth, 1}}, x, turned, job.value_bytes);
}

// Rows [first, last) of one product.
void multiply(const Job& job, const std::byte* x, const std::byte* packed, std::byte* out, GemmBlock block) {
  const GemmLeft left{.data = x, .row_bytes = static_cast<ptrdiff_t>(job.m.depth * job.value_bytes)};
  if (job.is_float) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    job.f32->run({.shape = job.shape(),
                  .left = left,
                  .packed = packed,
                  .out = reinterpret_cast<float*>(out),
                  .out_stride = job.m.columns,
                  .lo = -kInfinity,
                  .hi = kInfinity},
                 block);
    return;
  }
  const ops::CodeRange range = ops::code_range(DType::kInt8);
  job.integer->run({.shape = job.shape(),
                    .left = left,
                    .packed = packed,
                    .out = out,
                    .out_stride = job.m.columns,
                    .scaling = GemmScaling::kFixed,
                    .weight_zero = job.y_zero,
                    .out_zero = job.out_zero,
                    .lo = range.low,
                    .hi = range.high},
                   block);
}

Status run(const Job& job, const StepContext& context) {
  const std::byte* packed = job.constant ? job.constant->data() : context.scratch;
  std::byte* turned = context.scratch + job.turned_at();
  if (!job.constant) {
    context.pool.parallel_ranges(job.packed_count, 1, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i)
        pack(job, context.inputs[1] + i * job.y_matrix(), context.scratch + i * job.packed_bytes);
    });
  }
  for (int64_t i = 0; job.turn_x && i < job.x_count; ++i)
    turn(job, context.inputs[0] + i * job.x_matrix(), turned + i * job.x_matrix());
  const std::byte* x = job.turn_x ? turned : context.inputs[0];
  // Blocks of rows over all products, so that one large product and many small ones are both shared out.
  const int64_t tile = job.tile_rows(), blocks = (job.m.rows + tile - 1) / tile;
  const int64_t products = static_cast<int64_t>(job.x_of.size());
  context.pool.parallel_ranges(products * blocks, 1, [&](int64_t first, int64_t last) {
    while (first < last) {
      const int64_t product = first / blocks, end = std::min(last, (product + 1) * blocks);
      const int64_t m0 = first % blocks * tile;
      const int64_t m1 = std::min(m0 + (end - first) * tile, job.m.rows);
      multiply(job, x + job.x_of[product] * job.x_matrix(), packed + job.y_of[product] * job.packed_bytes,
               context.outputs[0] + product * job.out_matrix(),
               {static_cast<int>(m0), static_cast<int>(m1), 0, static_cast<int>(job.m.columns)});
      first = end;
    }
  });
  return {};
}

bool takes(const BindRequest& request) {
  const DType x = request.input(0).dtype, y = request.input(1).dtype, out = request.output(0).dtype;
  return x == y && x == out && (x == DType::kFloat32 || x == DType::kInt8) && request.output(0).shape.elements() > 0 &&
         request.input(0).shape.elements() > 0;
}

void choose_kernel(Job& job, const BindRequest& request) {
  job.is_float = request.input(0).dtype == DType::kFloat32;
  if (job.is_float) {
    job.value_bytes = sizeof(float);
    job.f32 = &best_gemm_f32();
    job.packed_bytes = aligned(gemm_f32_packed_size(job.shape(), job.f32->tile));
    return;
  }
  job.value_bytes = 1;
  job.integer = &best_gemm_i8();
  job.packed_bytes = aligned(gemm_int_packed_size(job.shape(), *job.integer));
  job.x_zero = request.input(0).zero_point();
  job.y_zero = request.input(1).zero_point();
  job.out_zero = request.output(0).zero_point();
  job.multipliers.assign(static_cast<size_t>(job.m.columns),
                         ops::product_multiplier(request.input(0), request.input(1), request.output(0)));
}

std::optional<Step> bind(const BindRequest& request) {
  if (!takes(request)) return std::nullopt;
  auto job = std::make_shared<Job>();
  job->m = ops::matrix_batches(request.node(), request.input(0).shape, request.input(1).shape);
  job->turn_x = ops::kAdjX(request.node());
  job->turn_y = ops::kAdjY(request.node());
  choose_kernel(*job, request);
  job->packed_count = job->m.y.elements();
  job->x_count = job->m.x.elements();
  ops::for_each_broadcast(job->m.x, job->m.y, job->m.out, [&](int64_t, int64_t x, int64_t y) {
    job->x_of.push_back(x);
    job->y_of.push_back(y);
  });
  if (request.is_constant(1)) {
    PackedMemory memory(job->packed_bytes * static_cast<size_t>(job->packed_count));
    for (int64_t i = 0; i < job->packed_count; ++i)
      pack(*job, request.constant<std::byte>(1) + i * job->y_matrix(), memory.data() + i * job->packed_bytes);
    job->constant.emplace(std::move(memory));
  }
  const size_t turned = job->turn_x ? job->x_matrix() * static_cast<size_t>(job->x_count) : 0;
  const char* name = job->is_float ? job->f32->name : job->integer->name;
  const size_t scratch = job->turned_at() + turned;
  return Step{name, [job = std::shared_ptr<const Job>(job)](const StepContext& context) { return run(*job, context); },
              scratch};
}

}  // namespace

const Binding& binding_batch_matmul() {
  static const Binding binding{{"BATCH_MATMUL"}, bind};
  return binding;
}

}  // namespace pestle::runtime
