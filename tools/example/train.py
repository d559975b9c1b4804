"""Makes examples/digits anew: draws the samples, trains the network, exports it, measures the modes.

  python tools/example/train.py [--out FOLDER]

Needs the packages of requirements.txt; a few minutes on two cores. All seeds are fixed.
"""
import argparse
import csv
import pathlib
import time

import numpy as np
import onnx
import torch
from PIL import Image
from torch import nn

import measure
import network
import scene

CALIBRATION = 128    # samples
VALIDATION = 512
VIEWS = 12           # drawings of each training digit
EPOCHS = 12
BATCH = 64
RATE = 0.1           # peak of the learning rate
DECAY = 1e-4         # weight decay of dense convolutions; depthwise filters and batch norm have none
SPARSITY = 7e-3      # L1 pull on the scales of batch norms that feed a depthwise convolution


def split(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scans for training, calibration and validation; no scan is in two of them."""
    order = np.random.default_rng(1).permutation(len(labels))
    return order[CALIBRATION + VALIDATION:], order[:CALIBRATION], order[CALIBRATION:][:VALIDATION]


def to_input(images: np.ndarray) -> torch.Tensor:
    """Bytes to -1..1, one channel: what the chain gray,range=-1:1 gives."""
    return torch.from_numpy(images.astype(np.float32) / 255 * 2 - 1).unsqueeze(1)


def is_depthwise(module: nn.Module) -> bool:
    return isinstance(module, nn.Conv2d) and module.groups > 1


def scales_before_depthwise(model: nn.Module) -> list[nn.Parameter]:
    chain = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.BatchNorm2d))]
    return [norm.weight for norm, conv in zip(chain, chain[1:])
            if isinstance(norm, nn.BatchNorm2d) and is_depthwise(conv)]


def parameter_groups(model: nn.Module) -> list[dict]:
    dense = [m.weight for m in model.modules()
             if isinstance(m, (nn.Conv2d, nn.Linear)) and not is_depthwise(m)]
    chosen = {id(p) for p in dense}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    return [{"params": dense, "weight_decay": DECAY}, {"params": rest, "weight_decay": 0.0}]


def train(x: torch.Tensor, y: torch.Tensor) -> nn.Module:
    torch.manual_seed(1)
    model = network.build()
    optimizer = torch.optim.SGD(parameter_groups(model), lr=RATE, momentum=0.9, nesterov=True)
    steps = EPOCHS * (len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.2)
    pulled = scales_before_depthwise(model)
    for epoch in range(EPOCHS):
        order, total, start = torch.randperm(len(x)), 0.0, time.perf_counter()
        for i in range(0, len(x) - BATCH + 1, BATCH):
            rows = order[i:i + BATCH]
            loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            (loss + SPARSITY * sum(p.abs().sum() for p in pulled)).backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / (len(x) // BATCH):.4f}, "
              f"{time.perf_counter() - start:.1f} s", flush=True)
    return model.eval()


def name_weights(graph: onnx.GraphProto) -> None:
    """Gives weights that the exporter numbered (`onnx::Conv_171`) the name of their layer."""
    weights = {w.name: w for w in graph.initializer}
    for node in graph.node:
        if node.op_type not in ("Conv", "Gemm"):
            continue
        stem = ".".join(node.name.strip("/").split("/")[:-1])
        for place, part in ((1, "weight"), (2, "bias")):
            weights[node.input[place]].name = f"{stem}.{part}"
            node.input[place] = f"{stem}.{part}"


def export(model: nn.Module, path: pathlib.Path) -> None:
    sample = torch.zeros(1, 1, scene.SIDE, scene.SIDE)
    torch.onnx.export(model, sample, str(path), dynamo=False, opset_version=17,
                      input_names=["image"], output_names=["scores"],
                      dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}})
    proto = onnx.load(path)
    del proto.graph.value_info[:]
    name_weights(proto.graph)
    onnx.checker.check_model(proto, full_check=True)
    onnx.save(proto, path)


def write_samples(out: pathlib.Path, images: np.ndarray, labels: np.ndarray) -> None:
    folder = out / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with open(out / "labels.csv", "w", newline="") as f:
        table = csv.writer(f, lineterminator="\n")
        table.writerow(["file", "label", "split"])
        for i, (pixels, label) in enumerate(zip(images, labels)):
            Image.fromarray(pixels).save(folder / f"{i:04}.png", optimize=True)
            use = "calibration" if i < CALIBRATION else "validation"
            table.writerow([f"images/{i:04}.png", int(label), use])
    (out / "labels.txt").write_text("".join(f"{d}\n" for d in range(10)))


def main() -> None:
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=root / "examples" / "digits")
    out = parser.parse_args().out
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)  # sums in one order, whatever the machine

    glyphs, labels = scene.load_glyphs()
    learned, calibration, validation = split(labels)
    kept = np.concatenate([calibration, validation])
    drawn = np.concatenate([scene.draw_many(calibration, glyphs, calibration, seed=2),
                            scene.draw_many(validation, glyphs, validation, seed=3)])
    write_samples(out, drawn, labels[kept])

    rows = np.tile(learned, VIEWS)
    x = to_input(scene.draw_many(rows, glyphs, learned, seed=4))
    model = train(x, torch.from_numpy(labels[rows]).long())
    export(model, out / "model.onnx")
    print(measure.table(out))


if __name__ == "__main__":
    main()
