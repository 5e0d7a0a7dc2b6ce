"""Recomputes an exported walk in float64 NumPy, sharing no code with Valleywalk.

usage: recompute.py EXPORTED_RUN_FOLDER DATA_FOLDER

Reads run.json, iterations.csv, slices.csv, epochs.csv and parameters/*.safetensors of a run kept with
`keepParameters: windows`, and the IDX files of its data set. Recomputes from those parameters and data:
every slice's losses and accuracies, and per iteration the batch (from the documented generator), batch loss, gradient
norm, cosine of consecutive gradients, update norm, distance, the SGD step itself and batch norm's running statistics. MLP and small
CNN, with batch, layer or group norm or none, with every activation and loss. Where curvature was measured, also both ends of the Hessian's spectrum, its spectral norm and the gradient's alignment with the
largest one's eigenvector, by Lanczos on central differences of the gradient (networks without batch norm), the gradient noise scale by the same batches, and the Hessian's exact trace (cross-entropy, ReLU, no layer or group norm). Prints the largest deviations as JSON, and how many of each there were.
"""

import csv
import gzip
import hashlib
import json
import math
import struct
import sys
from pathlib import Path

import numpy as np

folder, data_folder = Path(sys.argv[1]), Path(sys.argv[2])
run = json.loads((folder / "run.json").read_text())
experiment = run["experiment"]
assert experiment["optimizer"]["kind"] == "sgd"
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
model = experiment["model"]


# Each layer takes its input and returns its output and a function from the output's gradient to the input's, which
# notes the gradients of its parameters on the way.


def linear(theta, name, x, parts):
    def back(slope):
        parts[f"{name}.weight"], parts[f"{name}.bias"] = slope.T @ x, slope.sum(axis=0)
        return slope @ theta[f"{name}.weight"]

    return x @ theta[f"{name}.weight"].T + theta[f"{name}.bias"], back


def windows(x):
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    return np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))


def convolution(theta, name, x, parts):
    weight = theta[f"{name}.weight"]
    seen = windows(x)

    def back(slope):
        parts[f"{name}.weight"] = np.tensordot(slope, seen, axes=((0, 2, 3), (0, 2, 3)))
        parts[f"{name}.bias"] = slope.sum(axis=(0, 2, 3))
        flipped = weight[:, :, ::-1, ::-1]
        return np.tensordot(windows(slope), flipped, axes=((1, 4, 5), (0, 2, 3))).transpose(0, 3, 1, 2)

    result = np.tensordot(seen, weight, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
    return result + theta[f"{name}.bias"].reshape(-1, 1, 1), back


erf = np.vectorize(math.erf, otypes=[float])


def activation(x):
    """Of an activation by its name: its values, and a function from their gradient to that of x."""
    name = model.get("activation", "relu")
    if name == "relu":
        return np.maximum(x, 0), lambda slope: slope * (x > 0)
    if name == "tanh":
        value = np.tanh(x)
        return value, lambda slope: slope * (1 - value**2)
    logistic = 1 / (1 + np.exp(-x))
    if name == "sigmoid":
        return logistic, lambda slope: slope * logistic * (1 - logistic)
    if name == "silu":
        return x * logistic, lambda slope: slope * logistic * (1 + x * (1 - logistic))
    if name == "gelu":
        below = 0.5 * (1 + erf(x / math.sqrt(2)))
        return x * below, lambda slope: slope * (below + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi))
    assert name == "gelu-tanh"
    factor, cubic = math.sqrt(2 / math.pi), 0.044715
    bent = np.tanh(factor * (x + cubic * x**3))
    inner = factor * (1 + 3 * cubic * x**2)
    return 0.5 * x * (1 + bent), lambda slope: slope * 0.5 * (1 + bent + x * (1 - bent**2) * inner)


def max_pool(x):
    n, c, h, w = x.shape
    cells = x.reshape(n, c, h // 2, 2, w // 2, 2)
    top = cells.max(axis=(3, 5), keepdims=True)
    share = (cells == top) / (cells == top).sum(axis=(3, 5), keepdims=True)

    def back(slope):
        return (share * slope.reshape(top.shape)).reshape(x.shape)

    return top.reshape(n, c, h // 2, w // 2), back


def batch_norm(theta, name, x, parts, seen):
    """By the batch's statistics, which are noted in `seen`; by running ones where `seen` is None."""
    axes = tuple(axis for axis in range(x.ndim) if axis != 1)
    wide = (-1,) + (1,) * (x.ndim - 2)
    factor, shift = theta[f"{name}.weight"].reshape(wide), theta[f"{name}.bias"].reshape(wide)
    if seen is None:
        mean, variance = theta[f"{name}.running_mean"].reshape(wide), theta[f"{name}.running_var"].reshape(wide)
        return (x - mean) / np.sqrt(variance + 1e-5) * factor + shift, None
    mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    number = x.size / x.shape[1]
    seen[f"{name}.running_mean"], seen[f"{name}.running_var"] = mean.ravel(), variance.ravel() * number / (number - 1)
    deviation = np.sqrt(variance + 1e-5)
    unit = (x - mean) / deviation

    def back(slope):
        parts[f"{name}.weight"], parts[f"{name}.bias"] = (slope * unit).sum(axis=axes), slope.sum(axis=axes)
        inner = slope * factor
        along = (inner * unit).mean(axis=axes, keepdims=True)
        return (inner - inner.mean(axis=axes, keepdims=True) - unit * along) / deviation

    return unit * factor + shift, back


def group_norm(theta, name, x, parts, groups):
    """Each example by itself, over groups of consecutive channels and all of their places; one group is layer norm."""
    axes = tuple(axis for axis in range(x.ndim) if axis != 1)
    wide = (-1,) + (1,) * (x.ndim - 2)
    factor, shift = theta[f"{name}.weight"].reshape(wide), theta[f"{name}.bias"].reshape(wide)
    grouped = x.reshape(len(x), groups, -1)
    deviation = np.sqrt(grouped.var(axis=2, keepdims=True) + 1e-5)
    unit = (grouped - grouped.mean(axis=2, keepdims=True)) / deviation

    def back(slope):
        parts[f"{name}.weight"] = (slope * unit.reshape(x.shape)).sum(axis=axes)
        parts[f"{name}.bias"] = slope.sum(axis=axes)
        inner = (slope * factor).reshape(unit.shape)
        along = (inner * unit).mean(axis=2, keepdims=True)
        return ((inner - inner.mean(axis=2, keepdims=True) - unit * along) / deviation).reshape(x.shape)

    return unit.reshape(x.shape) * factor + shift, back


def forward(theta, x, seen=None):
    """Logits, and a function from their gradient to those of the parameters; as in training where `seen` is given."""
    parts, tape = {}, []

    def keep(result):
        tape.append(result[1])
        return result[0]

    def norm(name, value):
        if model["batchNorm"]:
            return keep(batch_norm(theta, name, value, parts, seen))
        other = model.get("norm", {"kind": "none"})
        if other["kind"] == "none":
            return value
        return keep(group_norm(theta, name, value, parts, 1 if other["kind"] == "layer" else other["groups"]))

    if model["architecture"] == "mlp":
        layers = len(model["hidden"]) + 1
        for layer in range(layers):
            x = keep(linear(theta, f"layers.{layer}", x, parts))
            if layer < layers - 1:
                x = keep(activation(norm(f"norms.{layer}", x)))
    else:
        assert model["architecture"] == "cnn"
        x = x.reshape(-1, 1, 28, 28)
        for which in "12":
            x = norm(f"bn{which}", keep(convolution(theta, f"conv{which}", x, parts)))
            x = keep(max_pool(keep(activation(x))))
        shape = x.shape
        tape.append(lambda slope: slope.reshape(shape))
        x = keep(linear(theta, "fc", x.reshape(len(x), -1), parts))

    def backward(slope):
        for back in reversed(tape):
            slope = back(slope)
        return parts

    return x, backward


trained_on = experiment.get("loss", {"kind": "cross-entropy"})
squared = trained_on["kind"] == "squared-error"
assert squared or trained_on["kind"] == "cross-entropy"


def targets(logits, y):
    """One at the label and zero elsewhere; smoothed for a cross-entropy that is."""
    wanted = np.zeros_like(logits)
    wanted[np.arange(len(y)), y] = 1
    smoothing = 0 if squared else trained_on.get("labelSmoothing", 0)
    return (1 - smoothing) * wanted + smoothing / logits.shape[1]


def losses(logits, y):
    if squared:
        return 0.5 * ((logits - targets(logits, y)) ** 2).sum(axis=1)
    shifted = logits - logits.max(axis=1, keepdims=True)
    likelihoods = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -(targets(logits, y) * likelihoods).sum(axis=1)


def gradient(theta, x, y, seen):
    logits, backward = forward(theta, x, seen)
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    outputs = logits if squared else shifted / shifted.sum(axis=1, keepdims=True)
    return losses(logits, y).mean(), backward((outputs - targets(logits, y)) / len(y))


def flat(tensors):
    """The trainable tensors as one vector."""
    trainable = [name for name in sorted(tensors) if ".running_" not in name]
    return np.concatenate([tensors[name].astype(np.float64).ravel() for name in trainable])


files = {int(path.stem.split("-")[-1]): path for path in sorted((folder / "parameters").glob("*.safetensors"))}
theta = {t: {k: v.astype(np.float64) for k, v in read_safetensors(path).items()} for t, path in files.items()}
slices, iterations = read_csv("slices.csv"), read_csv("iterations.csv")

worst = dict.fromkeys(
    ["loss", "accuracy", "standard_error", "batch_loss", "batch_along", "gradient_norm", "gradient_cosine", "update_norm", "relative_update", "distance", "path_length", "step", "running", "step_curvature_error", "predicted_edge", "eigenvalue", "smallest", "spectral_norm", "alignment", "gradient_noise_scale", "hessian_trace"],
    0.0,
)
compared = dict.fromkeys(worst, 0)
ties = 0


def compare(key, recorded, computed, scale=None):
    """Keeps the greatest deviation, which must be a number: any comparison with NaN would pass. `row` is the record that is looked at."""
    told = math.nan if recorded == "" else float(recorded)
    deviation = abs(told - computed) / (abs(computed) if scale is None else scale)
    if not math.isfinite(deviation):
        raise SystemExit(f"iteration {row['iteration']}, {key}: {recorded!r} is recorded and {computed!r} computed, which cannot be compared")
    worst[key] = max(worst[key], deviation)
    compared[key] += 1


on = experiment["probes"]["interpolation"]["evaluateOn"]
chosen = np.arange(count)
if on != "train":
    chosen = np.array(sorted(shuffled(count, Generator(experiment["seed"], "subset"))[: on["subset"]]))
x_all, y_all = images[chosen], labels[chosen]
exact, beyond, along = {}, {}, {}
for row in slices:
    t, alpha = int(row["iteration"]), float(row["alpha"])
    # the point itself is rounded to float32, as it is wherever parameters are stored
    point = {name: ((1 - alpha) * theta[t][name] + alpha * theta[t + 1][name]).astype(np.float32) for name in theta[t]}
    logits = forward({name: value.astype(np.float64) for name, value in point.items()}, x_all)[0]
    each = losses(logits, y_all)
    compare("loss", row["loss"], each.mean())
    # on the line itself, which nothing rounds
    between = {name: (1 - alpha) * theta[t][name] + alpha * theta[t + 1][name] for name in theta[t]}
    beyond.setdefault(t, []).append((alpha, losses(forward(between, x_all)[0], y_all)))
    if 0 <= alpha <= 1:
        exact.setdefault(t, []).append(beyond[t][-1][1])
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


def tolerance_of(resolution, difference):
    """What the mean of a difference has to exceed: the resolution, and on a subset two of its standard errors."""
    if len(chosen) == count:
        return resolution
    share = len(chosen) / count
    return resolution + 2 * difference.std(ddof=1) / np.sqrt(len(chosen)) * np.sqrt(1 - share)


def allowed(margin, tolerance, resolution):
    """The answers that a margin allows, as CSV has them; two where rounding decides."""
    edges = (margin - resolution, margin + resolution)
    return {"1" if edge > tolerance else "0" if edge < -tolerance else "" for edge in (*edges, margin)}


def wrong_answers(row, points):
    """Answers of a record that the exact losses along its segment contradict, and how far those are from the recorded ends, in resolutions."""
    resolution = float(row["loss_resolution"])
    means = [each.mean() for each in points]
    lowest, highest = (pick(range(1, len(points) - 1), key=means.__getitem__) for pick in (min, max))
    low_end, high_end = (pick((0, len(points) - 1), key=means.__getitem__) for pick in (min, max))
    floor, barrier = points[low_end] - points[lowest], points[highest] - points[high_end]
    interior = allowed(floor.mean(), tolerance_of(resolution, floor), resolution)
    bends = [a - 2 * b + c for a, b, c in zip(points, points[1:], points[2:])]
    bent = [allowed(bend.mean(), tolerance_of(resolution, bend), resolution) for bend in bends]
    convex = set()
    if any("0" in each for each in bent):
        convex.add("0")
    if all(each != {"0"} for each in bent):
        convex |= {"1"} if any("1" in each for each in bent) else set()
        convex |= {""} if all(each != {"1"} for each in bent) else set()
    cosine = row["gradient_cosine"]
    bounce = {""} if cosine == "" else {"0"} if float(cosine) >= 0 else interior
    answers = {
        "interior_floor": interior,
        "barrier": allowed(barrier.mean(), tolerance_of(resolution, barrier), resolution),
        "convex": convex,
        "bounce": bounce,
    }
    off = max(abs(float(row[key]) - mean) for key, mean in (("loss_before", means[0]), ("loss_after", means[-1])))
    return [f"{row['iteration']} {key}: {row[key]!r}, not {sorted(may)}" for key, may in answers.items() if row[key] not in may], off / resolution


def off_parabola(row, points, length):
    """How far extrapolated floor, step curvature and predicted edge lie from those of the exact losses, in their errors; infinite where one is told that the other cannot have."""
    alphas = np.linspace(0, 1, len(points))
    a, slope, _ = np.polyfit(alphas, [each.mean() for each in points], 2)
    bend = 2 * a
    # a pseudo-inverse has the weights of a least-squares fit; rounding moves every loss by a quarter of the resolution
    weights = 2 * np.linalg.pinv(np.vander(alphas, 3))[0]
    rounding = float(row["loss_resolution"]) / 4 * np.abs(weights).sum()
    error = rounding + tolerance_of(0, sum(w * each for w, each in zip(weights, points)))
    if row["step_curvature"] == "":
        return 0.0 if abs(bend) <= error + rounding else float("inf")
    compare("step_curvature_error", row["step_curvature_error"], error / length**2)
    off = abs(float(row["step_curvature"]) * length**2 - bend) / error
    if row["extrapolated_floor"] == "":
        return off if bend <= error and row["predicted_edge"] == "" else float("inf")
    compare("predicted_edge", row["predicted_edge"], 2 / float(row["step_curvature"]))
    return max(off, abs(float(row["extrapolated_floor"]) + slope / bend) / float(row["extrapolated_floor_error"]))


def off_line_search(told, error, places):
    """How far a recorded line-search step lies from that of exact losses, in its error; infinite where one is told at an end of the line."""
    means = [each.mean() for _, each in places]
    k = int(np.argmin(means))
    if told == "":
        return 0.0
    if k in (0, len(places) - 1):
        return float("inf")
    bend, slope, _ = np.polyfit([alpha for alpha, _ in places[k - 1 : k + 2]], means[k - 1 : k + 2], 2)
    return abs(float(told) + slope / (2 * bend)) / float(error)


wrong, noise, parabola, searched = [], 0.0, 0.0, 0
for row in iterations:
    if row["loss_resolution"] != "":
        found, off = wrong_answers(row, exact[int(row["iteration"])])
        wrong += found
        noise = max(noise, off)
        length = np.linalg.norm(flat(theta[int(row["iteration"]) + 1]) - flat(theta[int(row["iteration"])]))
        parabola = max(parabola, off_parabola(row, exact[int(row["iteration"])], length))
        search = off_line_search(row["line_search"], row["line_search_error"], beyond[int(row["iteration"])])
        searched += row["line_search"] != ""
        parabola = max(parabola, search)


def unflat(vector, like):
    """The inverse of flat, with the rest of `like`."""
    result, at = dict(like), 0
    for name in sorted(like):
        if ".running_" not in name:
            result[name] = vector[at : at + like[name].size].reshape(like[name].shape)
            at += like[name].size
    return result


def both_ends(point, x, y, products):
    """The smallest eigenvalue of the loss's Hessian, the largest and its unit eigenvector: Lanczos with full reorthogonalisation."""
    here, step = flat(point), 1e-6

    def product(v):
        above, below = (flat(gradient(unflat(here + sign * step * v, point), x, y, {})[1]) for sign in (1, -1))
        return (above - below) / (2 * step)

    v = np.random.default_rng(0).normal(size=here.size)
    basis, diagonal, beside = [v / np.linalg.norm(v)], [], []
    for _ in range(products):
        w = product(basis[-1])
        diagonal.append(w @ basis[-1])
        for _ in range(2):
            for q in basis:
                w -= (w @ q) * q
        beside.append(np.linalg.norm(w))
        basis.append(w / beside[-1])
    values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1))
    return values[0], values[-1], sum(weight * q for weight, q in zip(vectors[:, -1], basis))


def noise_scale(point, t):
    """By 40 batches of the stream `gradient noise <t>`, and the gradient of the whole training set."""
    whole = flat(gradient(point, images, labels, {})[1])
    size, drawn = max(1, min(100, count // 40)), Generator(experiment["seed"], f"gradient noise {t}")
    distances = []
    for _ in range(40):
        batch = shuffled(count, drawn)[:size]
        distances.append(((flat(gradient(point, images[batch], labels[batch], {})[1]) - whole) ** 2).sum())
    return size / (1 - size / count) * np.mean(distances) / (whole @ whole)


def exact_trace(point, x):
    """Of the mean cross-entropy's Hessian, its outputs being piecewise linear in every single parameter: mean over x of sum over c of p_c |gradient of -log p_c|^2."""
    assert not squared and trained_on.get("labelSmoothing", 0) == 0 and model.get("activation", "relu") == "relu"
    # they divide by what is linear in a parameter
    assert model.get("norm", {"kind": "none"})["kind"] == "none"
    total = 0.0
    for each in x:
        for label in range(10):
            loss, parts = gradient(point, each[None], np.array([label]), {})
            total += math.exp(-loss) * (flat(parts) ** 2).sum()
    return total / len(x)


curvature = {}
if (folder / "curvature.csv").exists():
    assert not model["batchNorm"]
    curvature = {int(row["iteration"]): row for row in read_csv("curvature.csv") if row["rank"] == "1"}
    smallest = {int(row["iteration"]): row for row in read_csv("curvature.csv") if row["rank"] == "-1"}
probe = experiment["probes"]["hessian"]
if curvature:
    sample = np.array(sorted(shuffled(count, Generator(experiment["seed"], "curvature examples"))[: probe["examples"]]))

generator = Generator(experiment["seed"], "order")
size = experiment["optimizer"]["batchSize"]
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
    seen = {}
    loss, parts = gradient(theta[t], images[batch], labels[batch], seen)
    now, here, there = flat(parts), flat(theta[t]), flat(theta[t + 1])
    compare("batch_loss", row["batch_loss"], loss)
    compare("gradient_norm", row["gradient_norm"], np.linalg.norm(now))
    places = []
    for point in (point for point in slices if int(point["iteration"]) == t and point.get("batch_loss", "") != ""):
        alpha = float(point["alpha"])
        between = {name: (1 - alpha) * theta[t][name] + alpha * theta[t + 1][name] for name in theta[t]}
        value = gradient(between, images[batch], labels[batch], {})[0]
        compare("batch_along", point["batch_loss"], value)
        places.append((alpha, np.array([value])))
    if places:
        searched += row["batch_line_search"] != ""
        parabola = max(parabola, off_line_search(row["batch_line_search"], row["batch_line_search_error"], places))
    if before is not None:
        cosine = before @ now / np.linalg.norm(before) / np.linalg.norm(now)
        compare("gradient_cosine", row["gradient_cosine"], cosine, 1.0)
    update = np.linalg.norm(there - here)
    path_length += update
    compare("update_norm", row["update_norm"], update)
    compare("relative_update", row["relative_update"], update / np.linalg.norm(here))
    compare("distance", row["distance"], np.linalg.norm(there - first))
    if t == len([key for key in theta if key <= t]) - 1:
        compare("path_length", row["path_length"], path_length)
    if t in curvature:
        low, high, eigenvector = both_ends(theta[t], images[sample], labels[sample], 60)
        norm = max(abs(low), abs(high))
        compare("eigenvalue", curvature[t]["eigenvalue"], high)
        # Lanczos may end before the end that is not the norm has settled: it is sure to within its residual
        beyond = abs(float(smallest[t]["eigenvalue"]) - low) - float(smallest[t]["residual"])
        compare("smallest", max(0, beyond), 0, norm)
        told = max(abs(float(each[t]["eigenvalue"])) for each in (curvature, smallest))
        compare("spectral_norm", told, norm)
        if probe["every"] == "epoch":
            told = [row["spectral_norm"] for row in read_csv("epochs.csv")][t // (count // size)]
            compare("spectral_norm", told, norm)
        compare("alignment", curvature[t]["alignment"], (now @ eigenvector) ** 2 / (now @ now), 1.0)
        if probe.get("gradientNoiseScale"):
            compare("gradient_noise_scale", row["gradient_noise_scale"], noise_scale(theta[t], t))
        if probe.get("trace"):
            compare("hessian_trace", row["hessian_trace"], exact_trace(theta[t], images[sample]), float(row["hessian_trace_error"] or "nan"))
    expected = here - float(row["learning_rate"]) * (now + decay * here)
    worst["step"] = max(worst["step"], float(np.abs(expected - there).max()))
    for name, value in seen.items():
        running = 0.9 * theta[t][name] + 0.1 * value
        worst["running"] = max(worst["running"], float(np.abs(running - theta[t + 1][name]).max()))
    before = now

print(json.dumps({"slices": len(slices), "iterations": len(iterations), "files": len(files), "curvature": len(curvature), "near_ties": ties, "wrong": wrong, "noise": noise, "parabola": parabola, "searched": searched, "compared": compared, "worst": worst}))
