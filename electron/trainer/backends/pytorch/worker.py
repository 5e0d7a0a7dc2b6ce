"""Computes Valleywalk's graphs with PyTorch, for the process that started it (process.ts).

    python worker.py TOKEN shared|pipe THREADS double|single

Speaks in frames on descriptors 0 and 1: a mark, length of the JSON text (uint32, little-endian), length of the bytes behind it (uint64), the
text, the bytes. An empty text is a beat, a sign of life. Before the first frame stands TOKEN, so that what Python prints while it starts is not
taken for a frame; afterwards descriptor 1 is nobody else's. Arrays come in the memory of descriptor 3 (`shared`) or as a frame's bytes.
A graph comes as a list of calls of PyTorch's functions by their names (program.ts); every derivative is in it.

Python 3.7 and PyTorch 1.12 suffice, and nothing but PyTorch is needed.
"""

import json
import os
import queue
import signal
import struct
import sys
import threading
import time

MARK = b"VLWK"
HEADER = struct.Struct("<4sIQ")
BEAT_SECONDS = 1.0
NEEDED = (1, 12)


def end_with_parent():
    """Asks Linux to end this process when its parent ends, however that ends; elsewhere the end of descriptor 0 tells."""
    if sys.platform.startswith("linux"):
        try:
            import ctypes

            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
        except (ImportError, OSError, AttributeError):
            pass


class Channel:
    """Frames to and from the parent. A thread reads, so that the parent's end ends this process also while it computes."""

    def __init__(self, token):
        # what anybody prints goes where errors go
        self.out = os.dup(1)
        os.dup2(2, 1)
        self.incoming = os.dup(0)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        if sys.platform == "win32":
            import msvcrt

            for descriptor in (self.out, self.incoming):
                msvcrt.setmode(descriptor, os.O_BINARY)
        self.lock = threading.Lock()
        self.requests = queue.Queue()
        self._write(token)
        for work in (self._read, self._beat):
            threading.Thread(target=self._for_ever, args=(work,), daemon=True).start()

    def next(self):
        """The next request, and the bytes behind it."""
        return self.requests.get()

    def answer(self, value, payload=()):
        text = json.dumps(value).encode()
        parts = [memoryview(part).cast("B") for part in payload]
        self._write(HEADER.pack(MARK, len(text), sum(len(part) for part in parts)) + text, *parts)

    def _write(self, *parts):
        with self.lock:
            for part in parts:
                view = memoryview(part)
                while len(view) > 0:
                    view = view[os.write(self.out, view[: 1 << 20]) :]

    def _for_ever(self, work):
        """Works until something fails, which must not leave a process that beats and hears nothing."""
        try:
            while True:
                work()
        except BaseException as error:
            try:
                sys.stderr.write("%s: %s\n" % (type(error).__name__, error))
                sys.stderr.flush()
            finally:
                os._exit(1)

    def _beat(self):
        time.sleep(BEAT_SECONDS)
        self._write(HEADER.pack(MARK, 0, 0))

    def _read(self):
        _, text, payload = HEADER.unpack(bytes(self._take(HEADER.size)))
        request = json.loads(bytes(self._take(text)).decode())
        self.requests.put((request, self._take(payload)))

    def _take(self, size):
        """So many bytes. Where the parent is gone there are none any more."""
        taken = bytearray(size)
        view = memoryview(taken)
        while len(view) > 0:
            try:
                more = os.read(self.incoming, min(len(view), 1 << 20))
            except OSError:
                more = b""
            if not more:
                os._exit(0)
            view[: len(more)] = more
            view = view[len(more) :]
        return taken


class Refused(Exception):
    """PyTorch cannot be used; the kind of reason, and words."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def import_torch():
    """PyTorch with full float32. @raises Refused"""
    try:
        import torch
    except ModuleNotFoundError as error:
        raise Refused("absent" if error.name == "torch" else "broken", str(error))
    except BaseException as error:
        raise Refused("broken", "%s: %s" % (type(error).__name__, error))
    version = str(getattr(torch, "__version__", "unknown"))
    try:
        number = tuple(int(part) for part in version.split("+")[0].split(".")[:2])
    except ValueError:
        raise Refused("broken", "its version is %s" % version)
    if number < NEEDED:
        raise Refused("old", version)
    # factors of products are not to be rounded to 10 bits; the same on the same device, also after resuming
    torch.set_float32_matmul_precision("highest")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    return torch


def choose_device(torch):
    """The fastest device that there is, as PyTorch and people name it; of a processor, why it is no GPU."""
    if torch.cuda.is_available():
        hip = getattr(torch.version, "hip", None)
        platform = "ROCm %s" % hip if hip else "CUDA %s" % torch.version.cuda
        return "cuda", "%s by PyTorch (%s)" % (torch.cuda.get_device_name(0), platform)
    mps = getattr(torch.backends, "mps", None)
    if mps is not None and mps.is_available():
        return "mps", "Apple GPU by PyTorch (MPS)"
    built = torch.version.cuda or getattr(torch.version, "hip", None) or mps is not None and mps.is_built()
    return "cpu", "which found no GPU that it can use" if built else "built without support of GPUs"


def windows(x):
    """The four elements of every 2 x 2 window, each an image of half the height and width; views."""
    return x[..., ::2, ::2], x[..., ::2, 1::2], x[..., 1::2, ::2], x[..., 1::2, 1::2]


def own_functions(torch):
    """What PyTorch has no one function for, by the names that translations.ts calls them by."""

    def greatest(x):
        # PyTorch's own pool of images with channels first takes nine times as long on a processor
        a, b, c, d = windows(x)
        return torch.maximum(torch.maximum(a, b), torch.maximum(c, d))

    def put_at_greatest(values, x, pooled):
        # equals share evenly, which PyTorch's own does not do
        masks = [part == pooled for part in windows(x)]
        count = masks[0].to(values.dtype)
        for mask in masks[1:]:
            count += mask
        share = values / count
        result = torch.empty_like(x)
        for part, mask in zip(windows(result), masks):
            torch.mul(share, mask, out=part)
        return result

    def pick_at_greatest(values, x, pooled):
        total, count = 0, 0
        for value, part in zip(windows(values), windows(x)):
            mask = (part == pooled).to(values.dtype)
            total = total + value * mask
            count = count + mask
        return total / count

    def repeat(x, window):
        examples, channels, height, width = x.shape
        spread = x[:, :, :, None, :, None].expand(examples, channels, height, window[0], width, window[1])
        return spread.reshape(examples, channels, height * window[0], width * window[1])

    def positive(x):
        return (x > 0).to(x.dtype)

    def one_hot(labels, classes):
        places = torch.arange(classes, dtype=labels.dtype, device=labels.device)
        return (labels[:, None] == places).to(torch.float32)

    def correct(logits, labels):
        return (logits.argmax(-1) == labels).to(torch.float32)

    def stored(value):
        return value.to(torch.float32).to(value.dtype)

    def item(values, index):
        return values[index]

    def input_gradient(upstream, weight, shape, **how):
        # as torch.nn.grad.conv2d_input does: of the image only the shape counts
        image = upstream.new_empty(1).expand(shape)
        return torch.ops.aten.convolution_backward(upstream, image, weight, None, output_mask=[True, False, False], **how)[0]

    def filter_gradient(x, upstream, shape, **how):
        weight = upstream.new_empty(1).expand(shape)
        return torch.ops.aten.convolution_backward(upstream, x, weight, None, output_mask=[False, True, False], **how)[1]

    return {
        "greatest": greatest,
        "put_at_greatest": put_at_greatest,
        "pick_at_greatest": pick_at_greatest,
        "repeat": repeat,
        "positive": positive,
        "one_hot": one_hot,
        "correct": correct,
        "stored": stored,
        "item": item,
        "input_gradient": input_gradient,
        "filter_gradient": filter_gradient,
    }


class Program:
    """A graph as a list of calls: (function, inputs, keywords, output, values that are needed no more)."""

    def __init__(self, device, request, known=(), floats=None):
        size = request["values"]
        self.inputs = request["inputs"]
        self.outputs = request["outputs"]
        values = [None] * size
        for index, (value, shape) in enumerate(request["known"]):
            # its own memory: what it came in is written over
            values[value] = known[index].reshape(shape).clone()
        for value, kind, shape, numbers in request["constants"]:
            dtype = floats if floats is not None and kind == "float" else device.dtypes[kind]
            if isinstance(numbers, list):
                values[value] = device.torch.tensor(numbers, dtype=dtype, device=device.name).reshape(shape)
            else:
                values[value] = device.torch.full(shape, numbers, dtype=dtype, device=device.name)
        self.steps = [
            (device.function(name), inputs, keywords, output, free)
            for name, inputs, keywords, output, free in request["steps"]
        ]
        # what depends on nothing that changes is computed once
        once = request["once"]
        self._go(self.steps[:once], values)
        self.steps = self.steps[once:]
        self.values = values
        self.last = None

    @staticmethod
    def _go(steps, values):
        for function, inputs, keywords, output, free in steps:
            values[output] = function(*[values[index] for index in inputs], **keywords)
            for index in free:
                values[index] = None

    def run(self, feeds):
        """The outputs, tensors of their shapes."""
        return self.of([feed.view(shape) for (_, shape), feed in zip(self.inputs, feeds)])

    def of(self, feeds):
        """The outputs, of feeds of whatever shape."""
        values = self.values[:]
        for (index, _), feed in zip(self.inputs, feeds):
            values[index] = feed
        self._go(self.steps, values)
        return [values[index] for index in self.outputs]


class Device:
    """A device of PyTorch with the programs, arrays and vectors that lie on it."""

    def __init__(self, torch, name, shared, double):
        self.torch = torch
        self.name = name
        self.shared = shared
        self.region = None
        # numbers of a vector that a formula takes at once
        self.piece = 1 << 15 if name == "cpu" else 1 << 24
        self.programs = {}
        self.kept = {}
        self.vectors = {}
        self.double = torch.float64 if double else torch.float32
        self.functions = {"own." + key: value for key, value in own_functions(torch).items()}
        self.dtypes = {"float": torch.float32, "int": torch.int32}

    def function(self, name):
        """A function by its name: PyTorch's, or one of own_functions."""
        found = self.functions.get(name)
        if found is None:
            found = self.torch
            for part in name.split("."):
                found = getattr(found, part)
            self.functions[name] = found
        return found

    def reserve(self, size):
        """Makes the shared memory so large. Whether there was room: a page that cannot be had later would end this process."""
        import mmap

        try:
            os.posix_fallocate(self.shared, 0, size)
            self.region = mmap.mmap(self.shared, size)
        except OSError:
            return False
        for program in self.programs.values():
            program.last = None
        return True

    def stretches(self, told, payload):
        """Arrays that came, on the device."""
        buffer = payload if len(payload) > 0 else self.region
        return [
            self.torch.frombuffer(buffer, dtype=self.dtypes[kind], count=count, offset=at).to(self.name)
            if count > 0
            else self.torch.empty(0, dtype=self.dtypes[kind], device=self.name)
            for at, count, kind in told
        ]

    def pick(self, stretches, places):
        """The arrays of these places: [stretch, first, count], [-1, id, count] of one that is kept, [-2 - id, first, count] of a vector."""
        return [self.kept[at] if which == -1 else self.part(stretches, which, at, count) for which, at, count in places]

    def part(self, stretches, which, at, count):
        whole = stretches[which] if which >= 0 else self.vectors[-2 - which]
        return whole[at : at + count]

    def take(self, request, payload):
        """The arrays that a request brings, on the device."""
        return self.pick(self.stretches(request["stretches"], payload), request["places"])

    def run(self, request, payload):
        program = self.programs[request["id"]]
        where = (request["stretches"], request["places"])
        # views of the shared memory are the same as long as arrays come in the same places
        if program.last is not None and program.last[0] == where:
            feeds = program.last[1]
        else:
            feeds = self.take(request, payload)
            still = self.name == "cpu" and len(payload) == 0
            program.last = (where, feeds) if still else None
        results = []
        for result, place in zip(program.run(feeds), request["into"]):
            if place is None:
                results.append(result)
            else:
                self.pick((), [place])[0].view(result.shape).copy_(result)
        return results

    def apply(self, request):
        """Computes a formula of vectors and numbers, a piece at a time: what is computed on the way stays in a processor's cache."""
        program, torch = self.programs[request["id"]], self.torch
        feeds = [
            self.vectors[each] if isinstance(each, int) else torch.full((), float(each), dtype=self.double, device=self.name)
            for each in request["feeds"]
        ]
        into = [self.vectors[each] for each in request["into"]]
        sums = None
        for start in range(0, program.length, self.piece):
            count = min(self.piece, program.length - start)
            # copies: what is written may be fed too
            values = program.of(
                [feed[start : start + count].to(self.double, copy=True) if feed.dim() else feed for feed in feeds]
            )
            parts = [self.sum_of(value.expand(count)) for value in values[len(into) :]]
            sums = parts if sums is None else [a + b for a, b in zip(sums, parts)]
            for vector, value in zip(into, values):
                vector[start : start + count].copy_(value)
        return [float(each) for each in sums or ()]

    def sum_of(self, values):
        """A sum in float64; without it in float32 over blocks of 64, and in float64 over the blocks."""
        if self.double == self.torch.float64:
            return values.sum()
        whole = values.numel() // 64 * 64
        blocks = values[:whole].reshape(-1, 64).sum(1).cpu().to(self.torch.float64).sum()
        return blocks + values[whole:].cpu().to(self.torch.float64).sum()

    def give(self, channel, results, at):
        """Answers with results, one after the other in the shared memory, or as bytes where that is not used."""
        torch = self.torch
        sizes = [result.numel() for result in results]
        if sum(sizes) == 0:
            channel.answer({})
            return
        if self.name != "cpu" and len(results) > 1:
            results = [torch.cat([result.reshape(-1) for result in results])]
        if at is None:
            whole = torch.empty(sum(sizes), dtype=torch.float32)
        else:
            whole = torch.frombuffer(self.region, dtype=torch.float32, count=sum(sizes), offset=at)
        place = 0
        for result in results:
            size = result.numel()
            whole[place : place + size].view(result.shape).copy_(result)
            place += size
        # bytes without NumPy, by a view of their storage
        channel.answer({}, () if at is not None else (bytes_of(whole),))


def answer_request(device, channel, request, payload):
    """Does what a request asks and answers it."""
    for kept in request.get("drop", ()):
        device.kept.pop(kept, None)
    asked = request["do"]
    if asked == "reserve":
        channel.answer({"reserved": device.reserve(request["size"])})
    elif asked == "keep":
        device.kept[request["id"]] = device.take(request, payload)[0].clone()
        channel.answer({})
    elif asked == "vector":
        device.vectors[request["id"]] = device.torch.zeros(request["length"], device=device.name)
        channel.answer({})
    elif asked == "write":
        device.vectors[request["id"]].copy_(device.take(request, payload)[0])
        channel.answer({})
    elif asked == "read":
        device.give(channel, [device.vectors[request["id"]]], request["at"])
    elif asked == "free":
        device.vectors.pop(request["id"], None)
        channel.answer({})
    elif asked == "formula":
        program = Program(device, request, floats=device.double)
        program.length = request["length"]
        device.programs[request["id"]] = program
        channel.answer({})
    elif asked == "apply":
        try:
            sums = device.apply(request)
        except Exception as error:
            # half of the vectors may have been written: none of them may be read any more
            sys.stderr.write("a formula failed: %s\n" % first_line(error))
            sys.stderr.flush()
            os._exit(1)
        channel.answer({}, (struct.pack("<%dd" % len(sums), *sums),))
    elif asked == "compile":
        device.programs[request["id"]] = Program(device, request, device.take(request, payload))
        channel.answer({})
    elif asked == "dispose":
        device.programs.pop(request["id"], None)
        channel.answer({})
    elif asked == "run":
        device.give(channel, device.run(request, payload), request["at"])
    else:
        raise ValueError("there is no request %r" % (asked,))


def bytes_of(tensor):
    """The memory of a float32 tensor on the processor, which must be kept as long as this is used."""
    import ctypes

    size = 4 * tensor.numel()
    return (ctypes.c_char * size).from_address(tensor.data_ptr())


def first_line(error):
    """What an error says, without C++'s stack behind it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def main():
    # a terminal's Ctrl C reaches the whole group; the parent decides, and its end ends this process
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    end_with_parent()
    token, transport, threads, floats = sys.argv[1:5]
    channel = Channel(token.encode())
    python = "%d.%d.%d" % sys.version_info[:3]
    try:
        torch = import_torch()
        torch.set_num_threads(int(threads))
        name, title = choose_device(torch)
        if name == "cpu":
            title = "CPU by PyTorch, %s %s, %s" % (threads, "thread" if threads == "1" else "threads", title)
        # Apple's GPUs have no float64
        double = floats == "double" and name != "mps"
        device = Device(torch, name, 3 if transport == "shared" else None, double)
    except Refused as refused:
        channel.answer({"refused": refused.kind, "message": first_line(refused), "python": python})
        return
    except Exception as error:
        channel.answer({"refused": "broken", "message": first_line(error), "python": python})
        return
    channel.answer({"kind": name, "device": title, "python": python, "torch": str(torch.__version__), "process": os.getpid()})
    with torch.inference_mode():
        while True:
            request, payload = channel.next()
            try:
                answer_request(device, channel, request, payload)
            except Exception as error:
                channel.answer({"error": first_line(error), "type": type(error).__name__})


main()
