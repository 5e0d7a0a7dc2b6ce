"""PyTorch's side of the comparison: the strongest fair opponent that a script can be.

Tensors are resident, there is no data loader (but where the authors' procedure is re-enacted), evaluation runs without
autograd, and nothing is measured but what the task needs. Of each work the best form is taken, found by measuring: eager or compiled, examples'
channels first or last, chunks, loops of the optimiser, kept graphs. Reads one JSON command a line,
answers with one JSON line. Networks have their parameters in Valleywalk's order, so that both sides start from the same ones.
"""

import copy
import json
import os
import sys
import tempfile
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Perceptron(nn.Module):
    """Linear layers with ReLU between them."""

    def __init__(self, widths):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x)


def taking(module, inputs):
    """Notes the shape of one input on the module."""
    module.inputs = inputs
    return module


def mlp():
    return taking(Perceptron([784, 500, 350, 10]), (784,))


def cnn():
    return taking(
        nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, 10),
        ),
        (1, 28, 28),
    )


def vgg11(norm):
    layers, channels = [], 3
    for entry in [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"]:
        if entry == "M":
            layers.append(nn.MaxPool2d(2))
            continue
        layers.append(nn.Conv2d(channels, entry, 3, padding=1))
        if norm:
            layers.append(nn.BatchNorm2d(entry))
        layers.append(nn.ReLU())
        channels = entry
    layers.append(nn.Flatten())
    layers += [nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)]
    return taking(nn.Sequential(*layers), (3, 32, 32))


class Block(nn.Module):
    """A pre-activation residual block."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if stride == 2 else None

    def forward(self, x):
        inner = self.conv1(F.relu(self.bn1(x)))
        outer = self.conv2(F.relu(self.bn2(inner)))
        return outer + (x if self.shortcut is None else self.shortcut(x))


def resnet56():
    layers, inputs = [nn.Conv2d(3, 16, 3, padding=1, bias=False)], 16
    for outputs in (16, 32, 64):
        for index in range(9):
            layers.append(Block(inputs, outputs, 2 if index == 0 and outputs > 16 else 1))
            inputs = outputs
    layers += [nn.BatchNorm2d(64), nn.ReLU(), nn.AvgPool2d(8), nn.Flatten(), nn.Linear(64, 10)]
    return taking(nn.Sequential(*layers), (3, 32, 32))


NETWORKS = {
    "mlp": mlp,
    "cnn": cnn,
    "vgg11": lambda: vgg11(False),
    "vgg11-bn": lambda: vgg11(True),
    "resnet56": resnet56,
}


class Form:
    """A way to run the network: a memory layout, and eager or compiled; its network shares no parameters with others."""

    def __init__(self, network, images, layout, compiled):
        self.name = f"{'compiled' if compiled else 'eager'}{', channels last' if layout == torch.channels_last else ''}"
        self.network = copy.deepcopy(network).to(memory_format=layout)
        self.images = images.contiguous(memory_format=layout) if images.dim() == 4 else images
        # compiled for the shapes that are met, each anew: the fastest code for each
        self.forward = torch.compile(self.network, dynamic=False) if compiled else self.network


def fastest(candidates, most):
    """The candidate with the least time: each once to warm up (or compile), then `most` rounds in turns; those that fail are told and left out."""
    times, failed = {}, {}
    for name, work in candidates.items():
        try:
            work()
            times[name] = []
        except Exception as error:  # a compiler that is not there, most of all
            failed[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
    for _ in range(most):
        for name in times:
            began = time.perf_counter()
            candidates[name]()
            times[name].append(time.perf_counter() - began)
    least = {name: min(each) for name, each in times.items()}
    for name, why in failed.items():
        print(f"PyTorch: {name} cannot be run: {why}", file=sys.stderr)
    return min(least, key=least.get), {name: round(1000 * each, 3) for name, each in least.items()}


class Opponent:
    """State between commands: one network, its data, and the fastest forms found, all of them after a warm-up that does not count."""

    def open(self, network, folder, examples, threads, compiled=True):
        torch.set_num_threads(threads)
        self.folder = folder
        self.network = NETWORKS[network]()
        parameters = torch.from_numpy(np.fromfile(os.path.join(folder, "parameters.f32"), np.float32))
        place = 0
        with torch.no_grad():
            for each in self.network.parameters():
                each.copy_(parameters[place : place + each.numel()].reshape(each.shape))
                place += each.numel()
        if place != parameters.numel():
            raise ValueError(f"{network}: {parameters.numel()} parameters came, {place} were expected")
        images = np.fromfile(os.path.join(folder, "images.f32"), np.float32)
        self.images = torch.from_numpy(images).reshape(examples, *self.network.inputs)
        self.labels = torch.from_numpy(np.fromfile(os.path.join(folder, "labels.i32"), np.int32).astype(np.int64))
        layouts = [torch.contiguous_format] + ([torch.channels_last] if self.images.dim() == 4 else [])
        modes = (False, True) if compiled else (False,)
        forms = [Form(self.network, self.images, layout, mode) for mode in modes for layout in layouts]
        self.forms = {form.name: form for form in forms}
        self.evaluation, self.updating, self.producing = None, None, None
        return {"version": torch.__version__, "threads": torch.get_num_threads()}

    def calibrate(self, examples):
        """Finds form and chunk size that evaluate fastest; 100 is the paper's."""
        candidates, ways = {}, {}
        for form in self.forms.values():
            for chunk in (100, 250, 500, 1000):
                if chunk <= examples:
                    name = f"{form.name}, chunks of {chunk}"
                    ways[name] = (form, chunk)
                    # a whole number of chunks: a rest would be compiled, too
                    some = min(examples, 2000) // chunk * chunk
                    candidates[name] = lambda form=form, chunk=chunk, some=some: self._evaluate(form, chunk, some)
        name, times = fastest(candidates, 2)
        # the rest of a set that is no multiple of the chunk, before a clock runs
        self.evaluation = ways[name]
        self._evaluate(*self.evaluation, examples)
        return {"form": name, "milliseconds": times}

    def _evaluate(self, form, chunk, examples):
        form.network.eval()
        loss, right = 0.0, 0
        with torch.no_grad():
            for at in range(0, examples, chunk):
                logits = form.forward(form.images[at : at + chunk])
                labels = self.labels[at : at + chunk]
                loss += F.cross_entropy(logits, labels, reduction="sum").item()
                right += (logits.argmax(1) == labels).sum().item()
        return loss / examples, right / examples

    def evaluate(self, examples, points):
        """Points of a slice, each at parameters set for it."""
        form, chunk = self.evaluation
        parameters = list(form.network.parameters())
        start_point = [each.detach().clone() for each in parameters]
        end_point = [each + 0.001 * torch.randn_like(each) for each in start_point]
        began = time.perf_counter()
        for k in range(points):
            with torch.no_grad():
                for each, a, b in zip(parameters, start_point, end_point):
                    torch.lerp(a, b, (k + 1) / points, out=each.data)
            self._evaluate(form, chunk, examples)
        seconds = time.perf_counter() - began
        with torch.no_grad():
            for each, a in zip(parameters, start_point):
                each.copy_(a)
        return {"seconds": seconds}

    def calibrate_update(self, batch):
        """Finds form and optimiser loop that update fastest."""
        candidates, ways = {}, {}
        for form in self.forms.values():
            for loop in ({"foreach": False}, {"foreach": True}, {"fused": True}):
                name = f"{form.name}, SGD {'fused' if 'fused' in loop else 'foreach' if loop['foreach'] else 'tensor by tensor'}"
                ways[name] = (form, loop)
                candidates[name] = lambda form=form, loop=loop: self._update(form, loop, batch, 2)
        name, times = fastest(candidates, 3)
        self.updating = ways[name]
        return {"form": name, "milliseconds": times}

    def _update(self, form, loop, batch, count):
        form.network.train()
        optimizer = torch.optim.SGD(form.network.parameters(), lr=1e-4, **loop)
        for index in range(count):
            at = (index * batch) % (len(form.images) - batch + 1)
            optimizer.zero_grad()
            F.cross_entropy(form.forward(form.images[at : at + batch]), self.labels[at : at + batch]).backward()
            optimizer.step()

    def update(self, batch, count):
        """SGD iterations: gradient and step, nothing else."""
        began = time.perf_counter()
        self._update(*self.updating, batch, count)
        return {"seconds": time.perf_counter() - began}

    def calibrate_product(self, batch, count):
        """Finds the fastest way to as many Hessian-vector products at one point as a Lanczos run takes."""
        candidates, ways = {}, {}
        for form in self.forms.values():
            # compiled networks have no second derivative
            if form.forward is form.network:
                for kept in (True, False):
                    name = f"{form.name}, {'graph of the gradient kept' if kept else 'graph built for each'}"
                    ways[name] = (form, kept)
                    candidates[name] = lambda form=form, kept=kept: self._products(form, kept, batch, count)
        name, times = fastest(candidates, 2)
        self.producing = ways[name]
        return {"form": name, "milliseconds": times}

    def _products(self, form, kept, batch, count):
        """Double backward; pyhessian, too, keeps the gradient's graph over its products."""
        form.network.eval()
        parameters = list(form.network.parameters())
        vector = [torch.randn_like(each) for each in parameters]

        def gradient():
            loss = F.cross_entropy(form.forward(form.images[:batch]), self.labels[:batch])
            return torch.autograd.grad(loss, parameters, create_graph=True)

        once = gradient() if kept else None
        for _ in range(count):
            torch.autograd.grad(once if kept else gradient(), parameters, grad_outputs=vector, retain_graph=kept)

    def product(self, batch, count):
        """Hessian-vector products at one point."""
        began = time.perf_counter()
        self._products(*self.producing, batch, count)
        return {"seconds": time.perf_counter() - began}

    def peak(self, size):
        """The least time of a large matrix product: what this machine's arithmetic allows."""
        a, b = torch.randn(size, size), torch.randn(size, size)
        _, times = fastest({"product": lambda: torch.mm(a, b)}, 20)
        return {"seconds": times["product"] / 1000}

    def truth(self, batch, training):
        """Gradient and Hessian-vector product in float64, and in float32 as a yardstick; each written as a file of float64."""
        loss = None
        for kind, number in (("f32", torch.float32), ("f64", torch.float64)):
            # a copy: a pass in training mode would move the running statistics
            network = copy.deepcopy(self.network).to(number)
            network.train(training)
            parameters = list(network.parameters())
            flat = torch.from_numpy(np.fromfile(os.path.join(self.folder, "vector.f32"), np.float32)).to(number)
            vector = [part.reshape(each.shape) for part, each in zip(flat.split([p.numel() for p in parameters]), parameters)]
            loss = F.cross_entropy(network(self.images[:batch].to(number)), self.labels[:batch])
            gradients = torch.autograd.grad(loss, parameters, create_graph=True)
            along = sum((g * v).sum() for g, v in zip(gradients, vector))
            products = torch.autograd.grad(along, parameters)
            for name, values in (("gradient", gradients), ("product", products)):
                whole = torch.cat([each.detach().reshape(-1) for each in values]).double()
                whole.numpy().tofile(os.path.join(self.folder, f"{name}.{kind}"))
        return {"loss": loss.item()}

    def walk(self, batch, iterations, points):
        """The lean loop: the walk with its slices and what is told of every iteration."""
        if self.evaluation is None:
            self.calibrate(min(6000, len(self.images)))
        if self.updating is None:
            self.calibrate_update(batch)
        form, chunk = self.evaluation
        trained, loop = self.updating
        parameters, evaluated = list(trained.network.parameters()), list(form.network.parameters())
        initial = [each.detach().clone() for each in parameters]
        optimizer = torch.optim.SGD(parameters, lr=0.1, **loop)
        previous, records = None, []
        # a whole evaluation of the set, whose rest may have a shape of its own, before the clock runs
        self._evaluate(form, chunk, len(self.images))
        began = time.perf_counter()
        for iteration in range(iterations):
            before = [each.detach().clone() for each in parameters]
            at = iteration * batch
            trained.network.train()
            optimizer.zero_grad()
            loss = F.cross_entropy(trained.forward(trained.images[at : at + batch]), self.labels[at : at + batch])
            loss.backward()
            gradient = torch.cat([each.grad.reshape(-1) for each in parameters])
            optimizer.step()
            after = [each.detach().clone() for each in parameters]
            curve = []
            for k in range(1, points + 1):
                with torch.no_grad():
                    for each, a, b in zip(evaluated, before, after):
                        torch.lerp(a, b, k / points, out=each.data)
                curve.append(self._evaluate(form, chunk, len(self.images)))
            with torch.no_grad():
                for each, b in zip(parameters, after):
                    each.copy_(b)
            distance = torch.sqrt(sum(((a - b) ** 2).sum() for a, b in zip(after, initial))).item()
            cosine = None if previous is None else F.cosine_similarity(gradient, previous, dim=0).item()
            records.append((loss.item(), gradient.norm().item(), cosine, distance, curve))
            previous = gradient
        return {"seconds": time.perf_counter() - began}

    def procedure(self, batch, iterations, points):
        """What the paper's authors did: every model saved, all of them loaded again in pairs, evaluation through a data loader."""
        from torch.utils.data import DataLoader, TensorDataset

        loader = DataLoader(TensorDataset(self.images, self.labels), batch_size=batch, shuffle=False)
        optimizer = torch.optim.SGD(self.network.parameters(), lr=0.1)
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            path = lambda index: os.path.join(folder, f"{index}.pt")
            torch.save(self.network.state_dict(), path(0))
            for iteration in range(iterations):
                at = iteration * batch
                optimizer.zero_grad()
                F.cross_entropy(self.network(self.images[at : at + batch]), self.labels[at : at + batch]).backward()
                optimizer.step()
                torch.save(self.network.state_dict(), path(iteration + 1))
            for iteration in range(iterations):
                for k in range(points):
                    before, after = torch.load(path(iteration)), torch.load(path(iteration + 1))
                    share = k / points
                    self.network.load_state_dict(
                        {name: (1 - share) * before[name] + share * after[name] for name in before}
                    )
                    self.network.eval()
                    loss, right = 0.0, 0
                    with torch.no_grad():
                        for images, labels in loader:
                            logits = self.network(images)
                            loss += F.cross_entropy(logits, labels).item() * len(labels)
                            right += (logits.argmax(1) == labels).sum().item()
        return {"seconds": time.perf_counter() - began}


def main():
    opponent = Opponent()
    for line in sys.stdin:
        command = json.loads(line)
        answer = getattr(opponent, command.pop("do"))(**command)
        print(json.dumps(answer), flush=True)


main()
