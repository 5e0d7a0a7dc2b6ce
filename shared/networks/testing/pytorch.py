"""Values and derivatives of activations and losses by PyTorch in float64, for ../pytorch.test.ts.

python3 pytorch.py > pytorch.json, with torch 2.13.
"""
import json
import sys

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return tensor.detach().flatten().tolist()


def derivatives(function, point, direction):
    """f(x), the gradient of its sum weighted by `direction`, and the Hessian of that sum times `direction`."""
    x = point.clone().requires_grad_(True)
    value = function(x)
    weights = direction.flatten()[: value.numel()].reshape(value.shape)
    (gradient,) = torch.autograd.grad((value * weights).sum(), x, create_graph=True)
    product = torch.zeros_like(x)
    if gradient.requires_grad:
        (found,) = torch.autograd.grad((gradient * direction).sum(), x, allow_unused=True)
        product = product if found is None else found
    return {"value": numbers(value), "gradient": numbers(gradient), "product": numbers(product)}


generator = torch.Generator().manual_seed(1)


def normal(*shape):
    return torch.randn(*shape, generator=generator)


points = torch.tensor([-9.0, -3.5, -1.2, -0.7, -1e-3, 0.2, 0.75, 1.7, 4.0, 12.0])
weights = normal(*points.shape)
activations = {
    "relu": nn.ReLU(),
    "tanh": nn.Tanh(),
    "gelu": nn.GELU(),
    "gelu-tanh": nn.GELU(approximate="tanh"),
    "silu": nn.SiLU(),
    "sigmoid": nn.Sigmoid(),
}
outputs = 3 * normal(5, 4)
labels = torch.tensor([2, 0, 3, 3, 1])
directions = normal(5, 4)
one_hot = F.one_hot(labels, 4).to(outputs.dtype)
losses = {
    "cross-entropy": lambda z: F.cross_entropy(z, labels, reduction="none"),
    "cross-entropy, label smoothing 0.1": lambda z: F.cross_entropy(z, labels, reduction="none", label_smoothing=0.1),
    "cross-entropy, label smoothing 0.9": lambda z: F.cross_entropy(z, labels, reduction="none", label_smoothing=0.9),
    # half of the sum over the classes, as Cohen et al. define it
    "squared-error": lambda z: 0.5 * F.mse_loss(z, one_hot, reduction="none").sum(1),
}
json.dump(
    {
        "torch": torch.__version__,
        "activations": {
            "points": numbers(points),
            "direction": numbers(weights),
            "of": {name: derivatives(function, points, weights) for name, function in activations.items()},
        },
        "losses": {
            "outputs": numbers(outputs),
            "labels": labels.tolist(),
            "direction": numbers(directions),
            "of": {name: derivatives(function, outputs, directions) for name, function in losses.items()},
        },
    },
    sys.stdout,
    indent=1,
)
print()
