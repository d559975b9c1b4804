"""Small published networks, quantized and judged on labelled data beside the int8 files that their makers published.

`full-int8` of each float network is made from the calibration part, and runs in LiteRT on the rest. Exits with 1 where it
has fewer right than the published file by more than half a point, with 77 where the judge or the data are absent.
"""

import csv
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from judges import interpreter, numpy
from places import MODELS, SHARED, need_shared, run_pestle, skip

try:
    from PIL import Image
except ImportError as error:
    skip(error)

DATA = SHARED / "data"
MOST_LOSS = 0.5  # points
MFCC_SCALE, MFCC_ZERO = numpy.float32(0.5847029), 83  # of the stored features (../shared/data/README.md)


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def keywords():
    rows = rows_of(DATA / "kws/labels.csv")
    features = (numpy.load(DATA / "kws/mfcc_int8.npy").astype(numpy.float32) - MFCC_ZERO) * MFCC_SCALE
    features = features.reshape(-1, 49, 10, 1)
    is_test = numpy.array([row["split"] == "test" for row in rows])
    labels = numpy.array([int(row["label"]) for row in rows])
    features = features[[int(row["index"]) for row in rows]]
    return features[~is_test], features[is_test], labels[is_test]


def pictures(folder):
    rows = rows_of(DATA / "cifar10" / folder / "labels.csv")
    pixels = [numpy.asarray(Image.open(DATA / "cifar10" / folder / row["file"]).convert("RGB")) for row in rows]
    return numpy.stack(pixels).astype(numpy.float32), numpy.array([int(row["label"]) for row in rows])


def cifar10():
    test, labels = pictures("test")
    return pictures("train")[0], test, labels


def digits():
    rows = rows_of(DATA / "mnist/labels.csv")
    images = numpy.load(DATA / "mnist/images_u8.npy").astype(numpy.float32) / 255
    images = images.reshape(len(rows), 28, 28)
    is_test = numpy.array([row["split"] == "test" for row in rows])
    labels = numpy.array([int(row["label"]) for row in rows])
    return images[~is_test], images[is_test], labels[is_test]


CASES = [
    ("keywords", "kws_dscnn/kws_dscnn.tflite", "tflite/mlperf_tiny_kws_int8.tflite", keywords),
    ("cifar10", "tflite/mlperf_tiny_resnet8_float.tflite", "tflite/mlperf_tiny_resnet8_int8.tflite", cifar10),
    ("digits (LSTM)", "tflite/mnist_lstm_float.tflite", "tflite/mnist_lstm_int8.tflite", digits),
]


def share_right(path, inputs, labels):
    """Percent of the samples with the right first class."""
    model = interpreter(path)
    entry, result = model.get_input_details()[0], model.get_output_details()[0]
    scale, zero = entry["quantization"]
    right = 0
    for values, label in zip(inputs, labels):
        if entry["dtype"] != numpy.float32:
            info = numpy.iinfo(entry["dtype"])
            values = numpy.clip(numpy.round(values / scale) + zero, info.min, info.max).astype(entry["dtype"])
        model.reset_all_variables()
        model.set_tensor(entry["index"], values.reshape(entry["shape"]))
        model.invoke()
        right += int(model.get_tensor(result["index"]).argmax() == label)
    return 100 * right / len(labels)


def main():
    need_shared("data")
    missed = 0
    print(f"{'data':<16}{'float':>8}{'published int8':>16}{'full-int8':>11}")
    for name, source, published, load in CASES:
        calibration, test, labels = load()
        with tempfile.TemporaryDirectory() as folder:
            samples, written = pathlib.Path(folder) / "calibration.npy", pathlib.Path(folder) / "written.tflite"
            numpy.save(samples, calibration)
            run_pestle("quantize", MODELS / source, "-o", written, "--mode", "full-int8", "--data", samples)
            float_share, ours = (share_right(path, test, labels) for path in (MODELS / source, written))
        theirs = share_right(MODELS / published, test, labels)
        missed += ours < theirs - MOST_LOSS
        print(f"{name:<16}{float_share:>7.2f}%{theirs:>15.2f}%{ours:>10.2f}%")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
