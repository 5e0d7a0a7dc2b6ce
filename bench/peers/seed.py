"""The same made-up runs for each peer: seed.py PEER FOLDER RUNS ITERATIONS.

Run i has a loss that falls by a little to a level of its own, 1 + 3 i / RUNS, with next to no noise, so that lines lie beside each other
and can be counted in a picture; and one point of 6 at iteration (i + 0.5) / RUNS of the whole: a spike that a chart shows or loses.
Beside it an accuracy of 20 epochs and a learning rate. PEER `numbers` writes what goes into our own store: the losses of all runs, one
after the other, as float64 in the machine's order.
"""

import array
import math
import os
import random
import sys

EPOCHS = 20


def losses(run: int, runs: int, iterations: int):
    noise = random.Random(run)
    spike = int((run + 0.5) / runs * iterations)
    for t in range(iterations):
        yield 6.0 if t == spike else 1 + 3 * run / runs + 0.03 * math.exp(-3 * t / iterations) + noise.gauss(0, 0.003)


def accuracies(run: int, iterations: int):
    """Pairs of the iteration that ends an epoch and the accuracy there."""
    for epoch in range(1, EPOCHS + 1):
        yield epoch * iterations // EPOCHS - 1, 1 - 0.5 / epoch - run / 1000


def learning_rate(run: int) -> float:
    return (1 + run) / 100


def numbers(folder: str, runs: int, iterations: int) -> None:
    with open(os.path.join(folder, "losses.f64"), "wb") as file:
        for run in range(runs):
            array.array("d", losses(run, runs, iterations)).tofile(file)


def tensorboard(folder: str, runs: int, iterations: int) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.hparams import summary_v2 as hparams
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    for run in range(runs):
        writer = EventFileWriter(os.path.join(folder, f"run {run:02d}"))
        writer.add_event(Event(wall_time=1.7e9, summary=hparams.hparams_pb({"learning_rate": learning_rate(run)})))

        def scalar(tag: str, value: float, step: int) -> None:
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
            writer.add_event(Event(step=step, wall_time=1.7e9 + step, summary=summary))

        for t, loss in enumerate(losses(run, runs, iterations)):
            scalar("loss", loss, t)
        for t, accuracy in accuracies(run, iterations):
            scalar("accuracy", accuracy, t)
        writer.close()


def mlflow(folder: str, runs: int, iterations: int) -> None:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    client = MlflowClient(tracking_uri=f"sqlite:///{folder}/mlflow.db")
    experiment = client.create_experiment("walk", artifact_location=f"file://{folder}/artifacts")
    for run in range(runs):
        made = client.create_run(experiment, run_name=f"run {run:02d}")
        client.log_param(made.info.run_id, "learning_rate", learning_rate(run))
        points = [Metric("loss", loss, 1_700_000_000_000 + t, t) for t, loss in enumerate(losses(run, runs, iterations))]
        points += [Metric("accuracy", value, 1_700_000_000_000 + t, t) for t, value in accuracies(run, iterations)]
        for first in range(0, len(points), 1000):
            client.log_batch(made.info.run_id, metrics=points[first : first + 1000])
        client.set_terminated(made.info.run_id)


def aim(folder: str, runs: int, iterations: int) -> None:
    from aim import Run

    for run in range(runs):
        made = Run(repo=folder, experiment="walk", system_tracking_interval=None, log_system_params=False)
        made.name = f"run {run:02d}"
        made["learning_rate"] = learning_rate(run)
        for t, loss in enumerate(losses(run, runs, iterations)):
            made.track(loss, name="loss", step=t)
        for t, accuracy in accuracies(run, iterations):
            made.track(accuracy, name="accuracy", step=t)
        made.close()


if __name__ == "__main__":
    peer, folder, runs, iterations = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    os.makedirs(folder, exist_ok=True)
    {"numbers": numbers, "tensorboard": tensorboard, "mlflow": mlflow, "aim": aim}[peer](folder, runs, iterations)
