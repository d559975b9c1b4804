#!/usr/bin/env bash
# build the program and try every mode on the example (--imagenet: on EfficientNet-Lite0 of ../shared)
need product
configure release -DPESTLE_TESTS=OFF
build_targets release pestle
case ${1:-} in
  '')
    run build/release/pestle explore examples/digits/model.onnx -o build/demo --data examples/digits \
      --preprocess gray,range=-1:1
    ;;
  --imagenet)
    shared=${PESTLE_SHARED:-../shared}
    [[ -d $shared/data/imagenet ]] || die "--imagenet needs $shared/data/imagenet (or PESTLE_SHARED)"
    run build/release/pestle explore "$shared/models/onnx/efficientnet_lite0.onnx" -o build/demo-imagenet \
      --data "$shared/data/imagenet/calibration" --validation "$shared/data/imagenet/validation" \
      --preprocess center=0.875,resize=224x224:bicubic,range=-0.9921875:1
    ;;
  *) die "demo takes --imagenet or nothing" ;;
esac
