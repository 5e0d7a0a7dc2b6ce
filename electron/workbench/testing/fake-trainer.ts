/**
 * A scripted trainer, for the ways in which trainers fail. The experiment's name says what it does; real training is
 * tested with the real trainer.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from '../../processes/parent.ts';
import { startPulse } from '../../processes/pulse.ts';
import { trainerCommandSchema } from '../../../shared/trainer-messages.ts';
import type { TrainerCommand, TrainerReport } from '../../../shared/trainer-messages.ts';
import { batchOf } from './batches.ts';

startPulse();
const port = parentPort();
const send = (report: TrainerReport): void => port.send(report);
let stopped = (): void => undefined;
let lingers = false;

type Start = TrainerCommand & { type: 'start' };

const started: TrainerReport & { type: 'started' } = {
  type: 'started',
  environment: { backend: 'cpu', device: 'no device', versions: { fake: '1' } },
  parameters: 12,
  dataChecksum: 'c'.repeat(64),
};
const noPace = { update: null, evaluate: null };

const acts: Record<string, (start: Start) => void> = {
  backend: ({ backend }) => {
    send({ ...started, environment: { ...started.environment, backend } });
    send({ type: 'ended', status: 'finished', message: null, pace: noPace });
    port.close();
  },
  walk: () => {
    send(started);
    for (let batch = 0; batch < 5; batch++) send({ type: 'records', batch: batchOf(batch * 2, 2) });
    send({ type: 'progress', iterationsDone: 10, progress: 1, secondsLeft: 0 });
    send({ type: 'ended', status: 'finished', message: null, pace: { update: 5e9, evaluate: 7e9 } });
    port.close();
  },
  steady: () => {
    send(started);
    let sent = 0;
    const timer = setInterval(() => {
      send({ type: 'records', batch: batchOf(sent, 2) });
      sent += 2;
      if (sent < 100) return;
      clearInterval(timer);
      send({ type: 'ended', status: 'finished', message: null, pace: noPace });
      port.close();
    }, 100);
  },
  crash: () => {
    send(started);
    send({ type: 'records', batch: batchOf(0, 2) });
    process.stderr.write('first line\nsomething native went wrong\n', () => process.exit(3));
  },
  killed: () => {
    send(started);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20);
  },
  garbage: () => {
    send(started);
    port.send({ type: 'records', batch: 'nonsense' });
    setInterval(() => undefined, 1000);
  },
  duplicate: () => {
    send(started);
    send({ type: 'records', batch: batchOf(0, 2) });
    send({ type: 'records', batch: batchOf(1, 2) });
    setInterval(() => undefined, 1000);
  },
  silent: () => {
    setInterval(() => undefined, 1000);
  },
  deaf: () => {
    send(started);
    send({ type: 'records', batch: batchOf(0, 2) });
    setInterval(() => undefined, 1000);
  },
  lingering: () => {
    lingers = true;
    send(started);
    send({ type: 'ended', status: 'finished', message: null, pace: noPace });
    setInterval(() => undefined, 1000);
  },
  obedient: () => {
    send(started);
    send({ type: 'records', batch: batchOf(0, 3) });
    const alive = setInterval(() => undefined, 1000);
    stopped = () => {
      send({ type: 'records', batch: batchOf(3, 1) });
      send({ type: 'ended', status: 'stopped', message: null, pace: noPace });
      clearInterval(alive);
      port.close();
    };
  },
  resumable: ({ checkpointDirectory, resumeFrom }) => {
    send(started);
    if (resumeFrom) {
      const from = resumeFrom.iteration;
      send({ type: 'records', batch: batchOf(from, 10 - from) });
      send({ type: 'ended', status: 'finished', message: null, pace: noPace });
      port.close();
      return;
    }
    send({ type: 'records', batch: batchOf(0, 3) });
    const alive = setInterval(() => undefined, 1000);
    stopped = () => {
      const file = 'checkpoint-000003.safetensors';
      writeFileSync(join(checkpointDirectory, file), 'state');
      const checkpoint = { iteration: 3, epoch: 0, kept: -1, file, sha256: 'a'.repeat(64), bytes: 5 };
      send({ type: 'checkpoint', checkpoint });
      send({ type: 'records', batch: batchOf(3, 1) });
      send({ type: 'ended', status: 'stopped', message: null, pace: noPace });
      clearInterval(alive);
      port.close();
    };
  },
  // runs of a study without lists are called by their seeds
  'seed 1': (start) => acts['walk']!(start),
  'seed 2': ({ checkpointDirectory, resumeFrom }) => {
    send(started);
    const from = resumeFrom?.iteration ?? 0;
    send({ type: 'records', batch: batchOf(from, resumeFrom ? 10 - from : 4) });
    if (resumeFrom) {
      send({ type: 'ended', status: 'finished', message: null, pace: noPace });
      port.close();
      return;
    }
    const file = 'checkpoint-000003.safetensors';
    writeFileSync(join(checkpointDirectory, file), 'state');
    send({
      type: 'checkpoint',
      checkpoint: { iteration: 3, epoch: 0, kept: -1, file, sha256: 'a'.repeat(64), bytes: 5 },
    });
    send({ type: 'progress', iterationsDone: 4, progress: 0.4, secondsLeft: 1 });
    send({ type: 'ended', status: 'failed', message: 'the device is lost; start the run again', pace: noPace });
    port.close();
  },
  'seed 3': (start) => acts['diverge']!(start),
  'seed 4': (start) => acts['crash']!(start),
  'stopping after its checkpoint': ({ checkpointDirectory, resumeFrom }) => {
    send(started);
    const from = resumeFrom?.iteration ?? 0;
    send({ type: 'records', batch: batchOf(from, resumeFrom ? 10 - from : 3) });
    if (resumeFrom) {
      send({ type: 'ended', status: 'finished', message: null, pace: noPace });
      port.close();
      return;
    }
    const file = 'checkpoint-000003.safetensors';
    writeFileSync(join(checkpointDirectory, file), 'state');
    send({
      type: 'checkpoint',
      checkpoint: { iteration: 3, epoch: 0, kept: -1, file, sha256: 'a'.repeat(64), bytes: 5 },
    });
    setInterval(() => undefined, 1000);
  },
  'endless step': () => {
    send(started);
    // the message goes first
    setTimeout(() => {
      for (;;);
    }, 100);
  },
  'busy writer': ({ checkpointDirectory, resumeFrom }) => {
    send(started);
    if (resumeFrom) {
      setTimeout(() => process.exit(1), 500);
      return;
    }
    send({ type: 'records', batch: batchOf(0, 3) });
    for (const [file, bytes] of [
      ['first.safetensors', 5],
      ['second.safetensors', 6],
      ['third.part', 5],
    ] as const)
      writeFileSync(join(checkpointDirectory, file), 'x'.repeat(bytes));
    const checkpoint = { iteration: 3, epoch: 0, kept: -1, sha256: 'a'.repeat(64) };
    send({ type: 'checkpoint', checkpoint: { ...checkpoint, file: 'first.safetensors', bytes: 5 } });
    send({ type: 'checkpoint', checkpoint: { ...checkpoint, file: 'second.safetensors', bytes: 6 } });
    send({ type: 'ended', status: 'stopped', message: null, pace: noPace });
    port.close();
  },
  'other data': () => {
    send({ ...started, dataChecksum: 'd'.repeat(64) });
    process.stderr.write('gone', () => process.exit(1));
  },
  diverge: () => {
    send(started);
    const batch = batchOf(0, 2);
    batch.iterations.batch_loss[1] = Infinity;
    send({ type: 'records', batch });
    send({ type: 'ended', status: 'diverged', message: 'the loss is infinite; lower it', pace: noPace });
    port.close();
  },
  'lost file': () => {
    send(started);
    send({
      type: 'parameters',
      file: { iteration: 0, file: 'never-written.safetensors', sha256: 'a'.repeat(64), bytes: 10 },
    });
    setInterval(() => undefined, 1000);
  },
};

/** One fails and the others measure; all hang where a test asks for it. */
function measure(name: string): void {
  send({ type: 'measuring', progress: 0.5 });
  if (process.env['VALLEYWALK_TEST_HANG']) setInterval(() => undefined, 1000);
  else if (name === 'tensorflow')
    send({ type: 'ended', status: 'failed', message: 'the device is lost', pace: noPace });
  else
    send({
      type: 'measured',
      backend: { name, title: 'CPU', available: true, device: 'no device', versions: {}, reason: null },
      speeds: [
        { network: 'mlp', update_ms: 4, examples_per_second: 200_000, evaluated_examples: 2000 },
        { network: 'cnn', update_ms: 12, examples_per_second: 40_000, evaluated_examples: 200 },
      ],
    });
}

port.onMessage((raw) => {
  const command = trainerCommandSchema.parse(raw);
  switch (command.type) {
    case 'start':
      started.dataChecksum = command.dataset.checksum;
      started.environment.device = `${command.threads} threads`;
      acts[command.experiment.name]!(command);
      return;
    case 'stop':
      stopped();
      return;
    case 'describe':
      for (const name of command.backends) {
        // a driver that takes the process with it
        if (name === 'cuda') process.kill(process.pid, 'SIGSEGV');
        const usable = name === 'cpu' || name === 'tensorflow';
        send({
          type: 'backend',
          backend: {
            name,
            title: name.toUpperCase(),
            available: usable,
            device: usable ? `no device for ${name}` : null,
            versions: {},
            reason: usable ? null : 'no adapter',
          },
        });
      }
      port.close();
      return;
    case 'measure':
      measure(command.backend);
  }
});
// the run is over, or the workbench is gone
port.onClose(() => {
  if (!lingers) process.exit(0);
});
