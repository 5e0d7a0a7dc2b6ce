"""Recomputes an exported walk in float64 NumPy, sharing no code with Valleywalk.

usage: recompute.py EXPORTED_RUN_FOLDER DATA_FOLDER

Reads run.json, iterations.csv, slices.csv, epochs.csv and parameters/*.safetensors of a run kept with
`keepParameters: windows`, and the IDX files of its data set. Recomputes from those parameters and data:
every slice's losses and accuracies, and per iteration the batch (from the documented generator), batch loss, gradient
norm, cosine of consecutive gradients, update norm, distance and the SGD step itself. Prints the largest deviations as JSON.
"""

import csv
import gzip
import hashlib
import json
import struct
import sys
from pathlib import Path

import numpy as np

folder, data_folder = Path(sys.argv[1]), Path(sys.argv[2])
run = json.loads((folder / "run.json").read_text())
experiment = run["experiment"]
assert experiment["optimizer"]["momentum"] == 0


def read_idx(name):
    raw = gzip.decompress((data_folder / f"{name}.gz").read_bytes())
    dimensions = raw[3]
    shape = struct.unpack(f">{dimensions}I", raw[4 : 4 + 4 * dimensions])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def read_safetensors(path):
    raw = path.read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32"
        first, last = entry["data_offsets"]
        values = np.frombuffer(raw[8 + size + first : 8 + size + last], "<f4")
        tensors[name] = values.reshape(entry["shape"])
    return tensors


def read_csv(name):
    with open(folder / name, newline="") as file:
        return list(csv.DictReader(file))


class Generator:
    """xoshiro128** 1.1, seeded by the SHA-256 of 'valleywalk <purpose> <seed>'."""

    def __init__(self, seed, purpose):
        digest = hashlib.sha256(f"valleywalk {purpose} {seed}".encode()).digest()
        self.state = list(struct.unpack("<4I", digest[:16]))

    def word(self):
        def rotate(value, by):
            return ((value << by) | (value >> (32 - by))) & 0xFFFFFFFF

        a, b, c, d = self.state
        result = (rotate((b * 5) & 0xFFFFFFFF, 7) * 9) & 0xFFFFFFFF
        shifted = (b << 9) & 0xFFFFFFFF
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = rotate(d, 11)
        self.state = [a, b, c, d]
        return result

    def below(self, bound):
        limit = 2**32 - (2**32 % bound)
        while True:
            drawn = self.word()
            if drawn < limit:
                return drawn % bound


def shuffled(count, generator):
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        other = generator.below(last + 1)
        order[last], order[other] = order[other], order[last]
    return order


images = read_idx("train-images-idx3-ubyte").reshape(-1, 28 * 28) / 255.0 - 0.5
labels = read_idx("train-labels-idx1-ubyte").astype(int)
count = experiment["data"]["train"]
images, labels = images[:count], labels[:count]
layers = len(experiment["model"]["hidden"]) + 1


def forward(theta, x):
    activations = [x]
    for layer in range(layers):
        x = x @ theta[f"layers.{layer}.weight"].T + theta[f"layers.{layer}.bias"]
        if layer < layers - 1:
            x = np.maximum(x, 0)
        activations.append(x)
    return activations


def losses(logits, y):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]


def gradient(theta, x, y):
    activations = forward(theta, x)
    logits = activations[-1]
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    back = shifted / shifted.sum(axis=1, keepdims=True)
    back[np.arange(len(y)), y] -= 1
    back /= len(y)
    parts = {}
    for layer in reversed(range(layers)):
        parts[f"layers.{layer}.weight"] = back.T @ activations[layer]
        parts[f"layers.{layer}.bias"] = back.sum(axis=0)
        if layer > 0:
            back = (back @ theta[f"layers.{layer}.weight"]) * (activations[layer] > 0)
    return losses(logits, y).mean(), parts


def flat(tensors):
    return np.concatenate([tensors[name].astype(np.float64).ravel() for name in sorted(tensors)])


files = {int(path.stem.split("-")[-1]): path for path in sorted((folder / "parameters").glob("*.safetensors"))}
theta = {t: {k: v.astype(np.float64) for k, v in read_safetensors(path).items()} for t, path in files.items()}
slices, iterations = read_csv("slices.csv"), read_csv("iterations.csv")

worst = dict.fromkeys(
    ["loss", "accuracy", "standard_error", "batch_loss", "gradient_norm", "gradient_cosine", "update_norm", "distance", "path_length", "step"],
    0.0,
)
ties = 0


def compare(key, recorded, computed, scale=None):
    deviation = abs(float(recorded) - computed) / (abs(computed) if scale is None else scale)
    worst[key] = max(worst[key], deviation)


on = experiment["probes"]["interpolation"]["evaluateOn"]
chosen = np.arange(count)
if on != "train":
    chosen = np.array(sorted(shuffled(count, Generator(experiment["seed"], "subset"))[: on["subset"]]))
x_all, y_all = images[chosen], labels[chosen]
for row in slices:
    t, alpha = int(row["iteration"]), float(row["alpha"])
    # the point itself is rounded to float32, as it is wherever parameters are stored
    point = {name: ((1 - alpha) * theta[t][name] + alpha * theta[t + 1][name]).astype(np.float32) for name in theta[t]}
    logits = forward({name: value.astype(np.float64) for name, value in point.items()}, x_all)[-1]
    each = losses(logits, y_all)
    compare("loss", row["loss"], each.mean())
    if row["standard_error"] != "":
        share = len(chosen) / count
        error = each.std(ddof=1) / np.sqrt(len(chosen)) * np.sqrt(1 - share)
        compare("standard_error", row["standard_error"], error)
    top = np.sort(logits, axis=1)
    near = int((top[:, -1] - top[:, -2] < 1e-5 * (1 + np.abs(top[:, -1]))).sum())
    ties = max(ties, near)
    right = int((logits.argmax(axis=1) == y_all).sum())
    excess = abs(round(float(row["accuracy"]) * len(chosen)) - right) - near
    worst["accuracy"] = max(worst["accuracy"], excess)

generator = Generator(experiment["seed"], "order")
size = experiment["optimizer"]["batchSize"]
rate = experiment["optimizer"]["learningRate"]
decay = experiment["optimizer"]["weightDecay"]
order, position, before, path_length = [], 0, None, 0.0
first = flat(theta[0])
for row in iterations:
    t = int(row["iteration"])
    if position + size > len(order):
        order, position = shuffled(count, generator), 0
    batch, position = order[position : position + size], position + size
    if t not in theta or t + 1 not in theta:
        before = None
        continue
    loss, parts = gradient(theta[t], images[batch], labels[batch])
    now, here, there = flat(parts), flat(theta[t]), flat(theta[t + 1])
    compare("batch_loss", row["batch_loss"], loss)
    compare("gradient_norm", row["gradient_norm"], np.linalg.norm(now))
    if before is not None:
        cosine = before @ now / np.linalg.norm(before) / np.linalg.norm(now)
        compare("gradient_cosine", row["gradient_cosine"], cosine, 1.0)
    update = np.linalg.norm(there - here)
    path_length += update
    compare("update_norm", row["update_norm"], update)
    compare("distance", row["distance"], np.linalg.norm(there - first))
    if t == len([key for key in theta if key <= t]) - 1:
        compare("path_length", row["path_length"], path_length)
    expected = here - rate * (now + decay * here)
    worst["step"] = max(worst["step"], float(np.abs(expected - there).max()))
    before = now

print(json.dumps({"slices": len(slices), "iterations": len(iterations), "files": len(files), "near_ties": ties, "worst": worst}))
