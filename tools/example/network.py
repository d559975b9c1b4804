"""The network of the digits example: a small MobileNetV2 for 48x48 grey images, ten classes."""
from collections import OrderedDict

import torch
from torch import nn


def named(*parts: tuple[str, nn.Module]) -> nn.Sequential:
    return nn.Sequential(OrderedDict(parts))


def layer(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1,
          relu: bool = True) -> nn.Sequential:
    """A convolution with batch norm and, mostly, ReLU6."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    parts = [("conv", conv), ("norm", nn.BatchNorm2d(outputs))]
    return named(*parts, ("relu", nn.ReLU6())) if relu else named(*parts)


class InvertedResidual(nn.Module):
    """Widen by `expansion`, filter depthwise, project; adds its input where the shapes allow it."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.widen = layer(inputs, wide, 1) if expansion > 1 else nn.Identity()
        self.depthwise = layer(wide, wide, 3, stride=stride, groups=wide)
        self.project = layer(wide, outputs, 1, relu=False)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.project(self.depthwise(self.widen(x)))
        return x + y if self.adds else y


def build() -> nn.Sequential:
    return named(
        ("stem", layer(1, 16, 3, stride=2)),
        ("block1", InvertedResidual(16, 16, 1, 1)),
        ("block2", InvertedResidual(16, 24, 2, 3)),
        ("block3", InvertedResidual(24, 24, 1, 3)),
        ("block4", InvertedResidual(24, 48, 2, 4)),
        ("block5", InvertedResidual(48, 48, 1, 4)),
        ("head", layer(48, 192, 1)),
        ("pool", nn.AdaptiveAvgPool2d(1)),
        ("flatten", nn.Flatten()),
        ("classify", nn.Linear(192, 10)))
