// Operators, attributes and their values that the seeds and the mutator of ONNX models draw from.
#pragma once

// Tables.
// clang-format off
namespace pestle::fuzz {

inline constexpr const char* kOnnxOperators[] = {
    "Abs", "Add", "And", "ArgMax", "ArgMin", "AveragePool", "BatchNormalization", "Cast", "Ceil", "Clip", "Concat",
    "Constant", "ConstantOfShape", "Conv", "ConvTranspose", "Cos", "DepthToSpace", "Div", "Dropout", "Elu", "Equal", "Erf",
    "Exp", "Expand", "Flatten", "Floor", "Gather", "Gelu", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Greater",
    "GreaterOrEqual", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Less", "LessOrEqual", "Log", "LogSoftmax",
    "MatMul", "Max", "MaxPool", "Mean", "Min", "Mul", "Neg", "Not", "Or", "PRelu", "Pad", "Pow", "ReduceL1", "ReduceL2",
    "ReduceLogSum", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Relu",
    "Reshape", "Resize", "Round", "Shape", "Sigmoid", "Sin", "Size", "Slice", "Softmax", "Softplus", "Softsign",
    "SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tanh", "Transpose", "Unsqueeze", "Upsample", "Where"};

inline constexpr const char* kOnnxIntAttributes[] = {
    "allowzero", "axis", "blocksize", "ceil_mode", "count_include_pad", "end", "exclude_outside", "group", "keepdims",
    "noop_with_empty_axes", "num_outputs", "select_last_index", "start", "storage_order", "to", "transA", "transB",
    "training_mode", "value_int"};
inline constexpr const char* kOnnxIntsAttributes[] = {"axes", "dilations", "ends", "kernel_shape", "output_padding",
                                                      "output_shape", "pads", "perm", "shape", "split", "starts",
                                                      "strides", "value_ints"};
inline constexpr const char* kOnnxFloatAttributes[] = {"alpha", "beta", "cubic_coeff_a", "epsilon", "extrapolation_value",
                                                       "max", "min", "momentum", "value", "value_float"};
struct OnnxText {
  const char* name;
  const char* value;
};
inline constexpr OnnxText kOnnxTextAttributes[] = {
    {"auto_pad", "SAME_UPPER"}, {"auto_pad", "SAME_LOWER"}, {"auto_pad", "VALID"}, {"auto_pad", "NOTSET"},
    {"mode", "linear"}, {"mode", "nearest"}, {"mode", "cubic"}, {"mode", "reflect"}, {"mode", "edge"}, {"mode", "DCR"},
    {"mode", "CRD"}, {"approximate", "tanh"}, {"nearest_mode", "floor"}, {"nearest_mode", "round_prefer_ceil"},
    {"coordinate_transformation_mode", "align_corners"}, {"coordinate_transformation_mode", "asymmetric"},
    {"coordinate_transformation_mode", "pytorch_half_pixel"}};

}  // namespace pestle::fuzz
