"""Layer norm and group norm by PyTorch in float64, alone and in networks, for ../norms-pytorch.test.ts.

python3 norms.py > norms.json, with torch 2.13.
"""
import json
import math
import sys
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


def wave(count, speed, start):
    """Numbers that both sides make: 0.5 · sin(speed · i + start)."""
    return torch.tensor([0.5 * math.sin(speed * index + start) for index in range(count)])


def cut(flat, like):
    """A flat vector as tensors of these shapes."""
    parts = flat.split([each.numel() for each in like])
    return [part.reshape(each.shape) for part, each in zip(parts, like)]


def derivatives(function, variables):
    """f, its gradient, and its Hessian times a direction, flat."""
    value = function()
    gradient = torch.autograd.grad(value, variables, create_graph=True)
    direction = cut(wave(sum(each.numel() for each in variables), 2.3, 0.4), variables)
    along = sum((one * other).sum() for one, other in zip(gradient, direction))
    product = torch.autograd.grad(along, variables)
    return value.item(), *[torch.cat([each.flatten() for each in parts]).tolist() for parts in (gradient, product)]


def alone(norm, shape):
    """Of the sum of its values, weighted and squared, by x, weight and bias."""
    x = (3 * wave(math.prod(shape), 1.7, 0.1)).reshape(shape).requires_grad_(True)
    with torch.no_grad():
        norm.weight += wave(norm.weight.numel(), 0.9, 0.2)
        norm.bias += wave(norm.bias.numel(), 1.1, 0.3)
    weights = wave(x.numel(), 2.9, 0.7).reshape(shape)

    def scalar():
        result = norm(x)
        return (weights * (result + 0.5 * result**2)).sum()

    value, gradient, product = derivatives(scalar, [x, norm.weight, norm.bias])
    return {"shape": shape, "values": norm(x).flatten().tolist(), "scalar": value, "gradient": gradient, "product": product}


class Mlp(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(5, 6), nn.Linear(6, 4), nn.Linear(4, 3)])
        self.norms = nn.ModuleList([norm(6), norm(4)])

    def forward(self, x):
        for layer, norm in zip(self.layers, self.norms):
            x = torch.tanh(norm(layer(x)))
        return self.layers[2](x)


class Cnn(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(2, 2, 3, padding=1), norm(2)
        self.conv2, self.bn2 = nn.Conv2d(2, 4, 3, padding=1), norm(4)
        self.fc = nn.Linear(4 * 1 * 2, 3)

    def forward(self, x):
        x = F.max_pool2d(torch.tanh(self.bn1(self.conv1(x))), 2)
        return self.fc(F.max_pool2d(torch.tanh(self.bn2(self.conv2(x))), 2).flatten(1))


class Vgg(nn.Module):
    def __init__(self, norm):
        super().__init__()
        layers, inputs = [], 1
        for entry in [2, "M", 4, "M", 8, 8, "M", 16, 16, "M", 16, 16, "M"]:
            layers += [nn.MaxPool2d(2)] if entry == "M" else [nn.Conv2d(inputs, entry, 3, padding=1), norm(entry), nn.Tanh()]
            inputs = inputs if entry == "M" else entry
        self.features = nn.Sequential(*layers)
        linear = {str(3 * index + 1): nn.Linear(16, outputs) for index, outputs in enumerate([16, 16, 3])}
        self.classifier = nn.ModuleDict(OrderedDict(linear))

    def forward(self, x):
        x = self.features(x).flatten(1)
        for name, layer in self.classifier.items():
            x = layer(x if name == "1" else torch.tanh(x))
        return x


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, norm):
        super().__init__()
        self.bn1, self.bn2 = norm(inputs), norm(outputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
        self.downsample = nn.Sequential(shortcut) if stride == 2 else nn.Identity()

    def forward(self, x):
        inner = self.conv1(torch.tanh(self.bn1(x)))
        return self.conv2(torch.tanh(self.bn2(inner))) + self.downsample(x)


class ResNet(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 2, 3, 1, 1, bias=False)
        stages = [(2, 2, 1), (2, 2, 2), (2, 4, 2)]
        for index, (inputs, outputs, stride) in enumerate(stages):
            self.add_module(f"layer{index + 1}", nn.Sequential(Block(inputs, outputs, stride, norm)))
        self.bn, self.fc = norm(4), nn.Linear(4, 3)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.conv1(x))))
        return self.fc(torch.tanh(self.bn(x)).mean((2, 3)))


def network(module, shape):
    """Of the mean cross-entropy, by the parameters in the order of `named_parameters`; some of long vectors."""
    names = [name for name, _ in module.named_parameters()]
    parameters = list(module.parameters())
    count = sum(each.numel() for each in parameters)
    with torch.no_grad():
        for parameter, values in zip(parameters, cut(wave(count, 1.3, 0.6), parameters)):
            parameter.copy_(values)
    images = 2 * wave(math.prod(shape), 0.7, 0.9).reshape(shape)
    labels = torch.arange(shape[0]) % 3
    value, gradient, product = derivatives(lambda: F.cross_entropy(module(images), labels), parameters)
    every = math.ceil(count / 80)
    return {
        "shape": shape,
        "parameters": [[name, list(each.shape)] for name, each in zip(names, parameters)],
        "loss": value,
        "every": every,
        "gradient": gradient[::every],
        "product": product[::every],
    }


def group(groups):
    return lambda channels: nn.GroupNorm(groups, channels)


layers = {"layer": group(1), "group": group(2)}
json.dump(
    {
        "torch": torch.__version__,
        "alone": {
            "nn.LayerNorm(6)": {"groups": 1, **alone(nn.LayerNorm(6), [3, 6])},
            "nn.GroupNorm(2, 6)": {"groups": 2, **alone(nn.GroupNorm(2, 6), [3, 6])},
            "nn.GroupNorm(1, 4), images": {"groups": 1, **alone(nn.GroupNorm(1, 4), [2, 4, 2, 3])},
            "nn.GroupNorm(2, 4), images": {"groups": 2, **alone(nn.GroupNorm(2, 4), [2, 4, 2, 3])},
            "nn.GroupNorm(4, 4), images": {"groups": 4, **alone(nn.GroupNorm(4, 4), [2, 4, 2, 3])},
        },
        "networks": {
            "mlp": {
                "layer": network(Mlp(lambda units: nn.LayerNorm(units)), [4, 5]),
                "group": network(Mlp(group(2)), [4, 5]),
            },
            "cnn": {kind: network(Cnn(norm), [3, 2, 4, 8]) for kind, norm in layers.items()},
            "vgg11": {kind: network(Vgg(norm), [2, 1, 32, 32]) for kind, norm in layers.items()},
            "resnet": {kind: network(ResNet(norm), [3, 2, 8, 4]) for kind, norm in layers.items()},
        },
    },
    sys.stdout,
    indent=1,
)
print()
