"""What PyTorch's optimisers, schedules and clipping do over 100 steps in float64: writes pytorch.json, which pytorch.test.ts compares the
walk's own with. Not run by the tests:

    python3 -m venv DIR && DIR/bin/pip install torch==2.13.0 numpy && DIR/bin/python pytorch.py

The loss is made up: of parameter i its gradient at step t is curvature[i]·θ + 0.1·θ³ − force[i]·drive[t], so that parameters have scales
of their own and gradients change their sign. Settings are those of an experiment.
"""

import json
import math
import pathlib

import torch
from torch.optim import SGD, Adam, AdamW, RMSprop
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, MultiStepLR, SequentialLR, StepLR

torch.set_default_dtype(torch.float64)
steps, every = 100, 10
curvature = [5.0, 2.0, 1.0, 0.5, 0.1, 0.02, 3.0, 0.004]
force = [3.0, -1.0, 0.25, 2.0, -0.5, 0.01, 0.0, 0.1]
# float32 holds them
start = [1.0, -0.75, 0.5, 2.0, -1.5, 0.125, 0.0, 3.0]
drive = [math.sin(1.7 * t) + 0.25 * math.cos(0.3 * t * t) for t in range(steps)]


def walk(optimizer_of, clip=None, scheduler_of=None):
    """θ after every tenth step, and the rate of every step."""
    theta = torch.nn.Parameter(torch.tensor(start))
    optimizer = optimizer_of([theta])
    scheduler = scheduler_of(optimizer) if scheduler_of else None
    found, rates = [], []
    for t in range(steps):
        here = theta.detach()
        theta.grad = torch.tensor(curvature) * here + 0.1 * here**3 - torch.tensor(force) * drive[t]
        if clip:
            clip([theta])
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if scheduler:
            scheduler.step()
        if (t + 1) % every == 0:
            found.append(theta.detach().tolist())
    return found, rates


def case(settings, optimizer_of, clip=None):
    return {"optimizer": settings, "theta": walk(optimizer_of, clip)[0]}


def sgd(settings, clip=None, **given):
    return case({"kind": "sgd", **settings}, lambda theta: SGD(theta, **given), clip)


optimizers = [
    sgd({"learningRate": 0.1}, lr=0.1),
    sgd({"learningRate": 0.1, "weightDecay": 0.05}, lr=0.1, weight_decay=0.05),
    sgd({"learningRate": 0.05, "momentum": 0.9, "weightDecay": 0.01}, lr=0.05, momentum=0.9, weight_decay=0.01),
    sgd(
        {"learningRate": 0.05, "momentum": 0.9, "dampening": 0.3, "weightDecay": 0.01},
        lr=0.05,
        momentum=0.9,
        dampening=0.3,
        weight_decay=0.01,
    ),
    sgd(
        {"learningRate": 0.05, "momentum": 0.9, "nesterov": True, "weightDecay": 0.01},
        lr=0.05,
        momentum=0.9,
        nesterov=True,
        weight_decay=0.01,
    ),
]
for settings, given in [
    ({"learningRate": 0.001}, {}),
    ({"learningRate": 0.05, "weightDecay": 0.01}, {"lr": 0.05, "weight_decay": 0.01}),
    (
        {"learningRate": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 0.001},
        {"lr": 0.02, "betas": (0.8, 0.95), "eps": 0.001},
    ),
]:
    optimizers.append(case({"kind": "adam", **settings}, lambda theta: Adam(theta, **given)))
for settings, given in [
    ({"learningRate": 0.001}, {}),
    ({"learningRate": 0.05, "weightDecay": 0.1}, {"lr": 0.05, "weight_decay": 0.1}),
    (
        {"learningRate": 0.02, "beta1": 0.8, "beta2": 0.95, "epsilon": 0.001, "weightDecay": 0},
        {"lr": 0.02, "betas": (0.8, 0.95), "eps": 0.001, "weight_decay": 0},
    ),
]:
    optimizers.append(case({"kind": "adamw", **settings}, lambda theta: AdamW(theta, **given)))
for settings, given in [
    ({"learningRate": 0.01}, {}),
    ({"learningRate": 0.02, "alpha": 0.9, "weightDecay": 0.05}, {"lr": 0.02, "alpha": 0.9, "weight_decay": 0.05}),
    ({"learningRate": 0.01, "centered": True}, {"centered": True}),
    ({"learningRate": 0.005, "momentum": 0.9}, {"lr": 0.005, "momentum": 0.9}),
    (
        {"learningRate": 0.005, "momentum": 0.8, "centered": True, "weightDecay": 0.01, "epsilon": 0.0001},
        {"lr": 0.005, "momentum": 0.8, "centered": True, "weight_decay": 0.01, "eps": 0.0001},
    ),
]:
    optimizers.append(case({"kind": "rmsprop", **settings}, lambda theta: RMSprop(theta, **given)))

by_norm = {"clipping": {"kind": "norm", "maxNorm": 2}}
by_value = {"clipping": {"kind": "value", "clipValue": 0.5}}


def norm(theta):
    torch.nn.utils.clip_grad_norm_(theta, 2)


def value(theta):
    torch.nn.utils.clip_grad_value_(theta, 0.5)


for way, clip in [(by_norm, norm), (by_value, value)]:
    optimizers.append(
        sgd(
            {"learningRate": 0.05, "momentum": 0.9, "weightDecay": 0.01, **way},
            clip,
            lr=0.05,
            momentum=0.9,
            weight_decay=0.01,
        )
    )
    optimizers.append(
        case({"kind": "adamw", "learningRate": 0.05, **way}, lambda theta: AdamW(theta, lr=0.05), clip)
    )


def schedule(settings, scheduler_of):
    return {"optimizer": {"learningRate": 0.5, **settings}, "rate": walk(lambda theta: SGD(theta, lr=0.5), None, scheduler_of)[1]}


# epochs of 7 iterations: what PyTorch counts in epochs is stepped every iteration with as many iterations
per_epoch, warming = 7, 12
warmup = {"warmup": {"kind": "linear", "iterations": warming, "startFactor": 0.2}}
by_step = {"schedule": {"kind": "step", "factor": 0.5, "everyEpochs": 3}}
by_milestone = {"schedule": {"kind": "milestones", "factor": 0.1, "epochs": [4, 9]}}
by_cosine = {"schedule": {"kind": "cosine", "finalRate": 0.01}}


def step_of(optimizer):
    return StepLR(optimizer, step_size=3 * per_epoch, gamma=0.5)


def milestones_of(optimizer):
    return MultiStepLR(optimizer, milestones=[3 * per_epoch, 8 * per_epoch], gamma=0.1)


def cosine_of(total):
    return lambda optimizer: CosineAnnealingLR(optimizer, T_max=total, eta_min=0.01)


def warmed(after):
    return lambda optimizer: SequentialLR(
        optimizer,
        [LinearLR(optimizer, start_factor=0.2, total_iters=warming), after(optimizer)],
        milestones=[warming],
    )


schedules = [
    schedule({}, None),
    schedule(by_step, step_of),
    schedule(by_milestone, milestones_of),
    schedule(by_cosine, cosine_of(steps)),
    schedule({"warmup": {"kind": "linear"}}, lambda optimizer: LinearLR(optimizer)),
    schedule(warmup, lambda optimizer: LinearLR(optimizer, start_factor=0.2, total_iters=warming)),
    schedule(warmup | by_step, warmed(step_of)),
    schedule(warmup | by_milestone, warmed(milestones_of)),
    schedule(warmup | by_cosine, warmed(cosine_of(steps - warming))),
]

found = {
    "torch": torch.__version__,
    "every": every,
    "curvature": curvature,
    "force": force,
    "start": start,
    "drive": drive,
    "optimizers": optimizers,
    "perEpoch": per_epoch,
    "schedules": schedules,
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
