"""The same made-up runs for each peer: seed.py PEER FOLDER RUNS ITERATIONS.

Run i has a loss that falls from about 2 to 1 with a little noise, and one point of 10 at iteration (i + 0.5) / RUNS of the whole: a
spike that a chart shows or loses.
"""

import math
import os
import random
import sys


def losses(run: int, runs: int, iterations: int):
    noise = random.Random(run)
    spike = int((run + 0.5) / runs * iterations)
    for t in range(iterations):
        yield 10.0 if t == spike else (1 + math.exp(-3 * t / iterations)) * (1 + run / (4 * runs)) + noise.gauss(0, 0.02)


def tensorboard(folder: str, runs: int, iterations: int) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    for run in range(runs):
        writer = EventFileWriter(os.path.join(folder, f"run {run:02d}"))
        for t, loss in enumerate(losses(run, runs, iterations)):
            summary = Summary(value=[Summary.Value(tag="loss", simple_value=loss)])
            writer.add_event(Event(step=t, wall_time=1.7e9 + t, summary=summary))
        writer.close()


def mlflow(folder: str, runs: int, iterations: int) -> None:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    client = MlflowClient(tracking_uri=f"sqlite:///{folder}/mlflow.db")
    experiment = client.create_experiment("walk")
    for run in range(runs):
        made = client.create_run(experiment, run_name=f"run {run:02d}")
        points = [Metric("loss", loss, 1_700_000_000_000 + t, t) for t, loss in enumerate(losses(run, runs, iterations))]
        for first in range(0, iterations, 1000):
            client.log_batch(made.info.run_id, metrics=points[first : first + 1000])
        client.set_terminated(made.info.run_id)


def aim(folder: str, runs: int, iterations: int) -> None:
    from aim import Run

    for run in range(runs):
        made = Run(repo=folder, experiment="walk", system_tracking_interval=None, log_system_params=False)
        made.name = f"run {run:02d}"
        for t, loss in enumerate(losses(run, runs, iterations)):
            made.track(loss, name="loss", step=t)
        made.close()


if __name__ == "__main__":
    peer, folder, runs, iterations = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    os.makedirs(folder, exist_ok=True)
    {"tensorboard": tensorboard, "mlflow": mlflow, "aim": aim}[peer](folder, runs, iterations)
