// Attributes and their values that the seeds and the mutator of ONNX models draw from.
#pragma once

// Tables.
// clang-format off
namespace pestle::fuzz {

inline constexpr const char* kOnnxIntAttributes[] = {
    "allowzero", "axis", "antialias", "batch_axis", "batch_dims", "detect_negative", "exclusive", "fmod",
    "ignore_index",
    "interleaved", "is_causal", "k", "kv_num_heads", "largest", "num_groups", "num_heads", "p", "periodic",
    "q_num_heads",
    "qk_matmul_output_mode", "reverse", "rotary_embedding_dim", "size", "time_axis", "upper", "blocksize",
    "ceil_mode", "count_include_pad", "end", "exclude_outside", "group", "keepdims",
    "noop_with_empty_axes", "num_outputs", "select_last_index", "start", "storage_order", "to", "transA", "transB",
        "align_corners", "broadcast", "center_point_box", "hidden_size", "input_forget", "inverse", "is_test",
    "layout", "linear_before_reset", "num_scan_inputs", "offset_group", "onesided", "output_height", "output_width",
    "sampling_ratio", "sorted", "training_mode", "transBatchA", "unidirectional", "value_int"};
inline constexpr const char* kOnnxIntsAttributes[] = {"axes", "dilations", "ends", "kernel_shape", "output_padding",
                                                      "output_shape", "pads", "perm", "shape", "split", "starts",
                                                      "strides", "value_ints"};
inline constexpr const char* kOnnxFloatAttributes[] = {"alpha", "beta", "bias", "gamma", "lambd", "scale", "softcap",
    "cubic_coeff_a", "epsilon", "extrapolation_value",
                                                       "max", "min", "momentum", "value", "value_float"};
struct OnnxText {
  const char* name;
  const char* value;
};
inline constexpr OnnxText kOnnxTextAttributes[] = {
    {"reduction", "add"}, {"reduction", "max"}, {"reduction", "none"}, {"reduction", "sum"},
    {"direction", "reverse"}, {"direction", "bidirectional"}, {"keep_aspect_ratio_policy", "not_larger"}, {"auto_pad",
    "SAME_UPPER"}, {"auto_pad", "SAME_LOWER"}, {"auto_pad", "VALID"}, {"auto_pad", "NOTSET"},
    {"mode", "linear"}, {"mode", "nearest"}, {"mode", "cubic"}, {"mode", "reflect"}, {"mode", "edge"}, {"mode", "DCR"},
    {"mode", "CRD"}, {"approximate", "tanh"}, {"nearest_mode", "floor"}, {"nearest_mode", "round_prefer_ceil"},
    {"coordinate_transformation_mode", "align_corners"}, {"coordinate_transformation_mode", "asymmetric"},
    {"coordinate_transformation_mode", "tf_crop_and_resize"},
    {"mode", "wrap"}, {"mode", "bilinear"}, {"mode", "bicubic"}, {"mode", "max"}, {"mode", "circular"},
    {"padding_mode", "border"}, {"padding_mode", "reflection"}, {"direction", "RIGHT"}, {"direction", "LEFT"},
    {"update_rule", "linear"}, {"update_rule", "delta"}, {"reduction", "mul"}, {"reduction", "min"},
    {"equation", "ij,jk->ik"}, {"equation", "...i,...j->...ij"}, {"equation", "i->"},
    {"coordinate_transformation_mode", "pytorch_half_pixel"}};

}  // namespace pestle::fuzz
