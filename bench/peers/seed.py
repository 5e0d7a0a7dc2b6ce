"""The same made-up runs for each peer: seed.py PEER FOLDER RUNS ITERATIONS.

Run i has a loss that falls by a little to a level of its own, 1 + 3 i / RUNS, with next to no noise, so that lines lie beside each other
and can be counted in a picture; and one point of 6 at iteration (i + 0.5) / RUNS of the whole: a spike that a chart shows or loses.
Beside it an accuracy of 20 epochs and a learning rate. PEER `valleywalk` writes what goes into our own store: the losses of all runs, one
after the other, as float64 in the machine's order, and likewise the accuracies of their epochs.
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


def valleywalk(folder: str, runs: int, iterations: int) -> None:
    with open(os.path.join(folder, "losses.f64"), "wb") as file:
        for run in range(runs):
            array.array("d", losses(run, runs, iterations)).tofile(file)
    with open(os.path.join(folder, "accuracies.f64"), "wb") as file:
        for run in range(runs):
            array.array("d", (accuracy for _, accuracy in accuracies(run, iterations))).tofile(file)


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
    """Runs and parameters by MLflow's client; points in bulk into MLflow's own tables, and read back by its client."""
    from mlflow import MlflowClient
    from mlflow.store.tracking.dbmodels.models import SqlLatestMetric, SqlMetric
    from sqlalchemy import create_engine, insert

    address = f"sqlite:///{folder}/mlflow.db"
    client = MlflowClient(tracking_uri=address)
    experiment = client.create_experiment("walk", artifact_location=f"file://{folder}/artifacts")
    engine = create_engine(address)
    for run in range(runs):
        id = client.create_run(experiment, run_name=f"run {run:02d}").info.run_id
        client.log_param(id, "learning_rate", learning_rate(run))

        def rows(key: str, points) -> list[dict]:
            point = {"run_uuid": id, "key": key, "is_nan": False}
            return [{**point, "value": value, "step": t, "timestamp": 1_700_000_000_000 + t} for t, value in points]

        written = [rows("loss", enumerate(losses(run, runs, iterations))), rows("accuracy", accuracies(run, iterations))]
        with engine.begin() as connection:
            for points in written:
                connection.execute(insert(SqlMetric), points)
                connection.execute(insert(SqlLatestMetric), points[-1:])
        client.set_terminated(id)
        if run == 0:
            history = client.get_metric_history(id, "loss")
            assert [(one.step, one.value) for one in history] == list(enumerate(losses(run, runs, iterations)))
            assert client.get_run(id).data.metrics["accuracy"] == written[1][-1]["value"]


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
    {"valleywalk": valleywalk, "tensorboard": tensorboard, "mlflow": mlflow, "aim": aim}[peer](folder, runs, iterations)
