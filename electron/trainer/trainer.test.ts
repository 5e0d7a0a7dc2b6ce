import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Port } from '../../shared/client.ts';
import type { Dataset } from '../../shared/datasets.ts';
import type { Experiment } from '../../shared/experiment.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { fromColumns, iterationColumns } from '../../shared/records.ts';
import type { IterationRecord } from '../../shared/records.ts';
import { trainerReportSchema } from '../../shared/trainer-messages.ts';
import type { TrainerReport } from '../../shared/trainer-messages.ts';
import { onnxCpu } from './backends/onnx/onnx.ts';
import { syntheticData } from './testing/examples.ts';
import { smallExperiment } from './testing/walks.ts';
import { runTrainer } from './trainer.ts';
import { seconds } from '../../build/machine.ts';

const checkpoints = mkdtempSync(join(tmpdir(), 'checkpoints-'));
afterAll(() => rmSync(checkpoints, { recursive: true, force: true }));

const dataset: Dataset = {
  id: 'synthetic',
  title: 'Synthetic',
  format: 'idx',
  files: ['/images', '/labels'],
  count: 80,
  height: 2,
  width: 3,
  channels: 1,
  classes: 3,
  classNames: null,
  normalisation: { mean: [0.5], std: [1] },
  checksum: 'c'.repeat(64),
  bundled: false,
  licence: null,
};

/** Sends commands to a trainer and collects its reports, each checked against the schema. */
async function conversation(
  commands: unknown[],
  onReport: (report: TrainerReport, say: (command: unknown) => void) => void = () => undefined,
  load = () => Promise.resolve(syntheticData(60, 20)),
): Promise<TrainerReport[]> {
  const reports: TrainerReport[] = [];
  let listener = (_message: unknown): void => undefined;
  const port: Port = {
    send(message) {
      const report = trainerReportSchema.parse(structuredClone(message));
      reports.push(report);
      onReport(report, (command) => setImmediate(() => listener(command)));
    },
    onMessage: (each) => (listener = each),
    onClose: () => undefined,
    close: () => undefined,
  };
  const done = runTrainer(port, load, () => onnxCpu(1));
  for (const command of commands) listener(command);
  await done;
  // a late word after the end would be one too many
  await new Promise((resolve) => setTimeout(resolve, 20));
  return reports;
}

function start(experiment: Experiment, change: object = {}): object {
  return {
    type: 'start',
    experiment,
    dataset,
    backend: 'cpu',
    parametersDirectory: null,
    checkpointDirectory: checkpoints,
    resumeFrom: null,
    elapsedSeconds: 0,
    threads: 1,
    imported: null,
    ...change,
  };
}

const only = <T extends TrainerReport['type']>(reports: TrainerReport[], type: T) =>
  reports.filter((report): report is Extract<TrainerReport, { type: T }> => report.type === type);

const experiment = smallExperiment({ length: { epochs: 3 }, interpolation: { windows: [{ firstIterations: 4 }] } });

describe('a run', () => {
  it('is started, recorded, reported and ended once', async () => {
    const reports = await conversation([start(experiment)]);
    expect(reports[0]).toMatchObject({
      type: 'started',
      parameters: 6 * 8 + 8 + 8 * 3 + 3,
      dataChecksum: 'c'.repeat(64),
      environment: { backend: 'cpu', versions: { valleywalk: 'development', node: process.versions.node } },
    });
    const records = only(reports, 'records').flatMap(({ batch }) =>
      fromColumns<IterationRecord>(iterationColumns, batch.iterations),
    );
    expect(records.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(records[0]).toMatchObject({ gradient_cosine: null, convex: expect.any(Boolean) as boolean });
    expect(only(reports, 'records').reduce((sum, { batch }) => sum + batch.slices.alpha.length, 0)).toBe(20);
    expect(only(reports, 'records').flatMap(({ batch }) => [...batch.epochs.epoch])).toEqual([0, 1, 2, 3]);

    const progress = only(reports, 'progress').map((report) => report.progress);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(only(reports, 'progress').at(-1)).toEqual({
      type: 'progress',
      iterationsDone: 9,
      progress: 1,
      secondsLeft: 0,
    });
    expect(only(reports, 'ended')).toHaveLength(1);
    expect(reports.at(-1)).toMatchObject({ type: 'ended', status: 'finished', message: null });
    const { pace } = only(reports, 'ended')[0]!;
    expect(pace.update).toBeGreaterThan(0);
    expect(pace.evaluate).toBeGreaterThan(0);
  });

  it('stops when told so, with its records so far', async () => {
    const long = smallExperiment({ length: { iterations: 1_000_000 } });
    let reported = false;
    const reports = await conversation([start(long)], (report, say) => {
      if (report.type === 'records' && !reported) {
        reported = true;
        say({ type: 'stop' });
      }
    });
    expect(reports.at(-1)).toMatchObject({ type: 'ended', status: 'stopped', message: null });
    expect(only(reports, 'ended')).toHaveLength(1);
    const iterations = only(reports, 'records').flatMap(({ batch }) => [...batch.iterations.iteration]);
    expect(iterations).toEqual(iterations.map((_, index) => index));
    expect(only(reports, 'progress').at(-1)!.progress).toBeLessThan(0.5);
  });

  it(
    'waits while nobody takes its records, and goes on when they are taken',
    async () => {
      const much = smallExperiment({ length: { iterations: 200_000 }, interpolation: { windows: [] } });
      let batches = 0;
      let whileNobodyTook = 0;
      const reports = await conversation([start(much)], (report, say) => {
        if (report.type !== 'records') return;
        batches++;
        if (batches === 64)
          setTimeout(() => {
            whileNobodyTook = batches;
            for (let each = 0; each < batches; each++) say({ type: 'taken' });
          }, 2000);
        if (batches >= 80 && whileNobodyTook > 0) say({ type: 'stop' });
      });
      // what one iteration brings together is not torn apart
      expect(whileNobodyTook).toBeGreaterThanOrEqual(64);
      expect(whileNobodyTook).toBeLessThanOrEqual(66);
      expect(batches).toBeGreaterThanOrEqual(80);
      const iterations = only(reports, 'records').flatMap(({ batch }) => [...batch.iterations.iteration]);
      expect(iterations).toEqual(iterations.map((_, index) => index));
      expect(reports.at(-1)).toMatchObject({ type: 'ended', status: 'stopped' });
    },
    seconds(60),
  );

  it('stops when told so while the data set loads', async () => {
    const reports = await conversation([start(experiment), { type: 'stop' }]);
    expect(reports.at(-1)).toMatchObject({ type: 'ended', status: 'stopped' });
    expect(only(reports, 'records').flatMap(({ batch }) => [...batch.iterations.iteration])).toEqual([]);
  });

  it('ends as diverged with its records', async () => {
    const wild = smallExperiment({ length: { epochs: 9 }, optimizer: { learningRate: 1e6 } });
    const reports = await conversation([start(wild)]);
    expect(reports.at(-1)).toMatchObject({
      status: 'diverged',
      message: expect.stringContaining('learning rate') as string,
    });
    expect(only(reports, 'records').length).toBeGreaterThan(0);
  });

  it('fails with the message of whatever went wrong', async () => {
    const gone = await conversation([start(experiment)], undefined, () =>
      Promise.reject(new ValleywalkError('missing', 'the file /images is gone; put it back')),
    );
    expect(gone).toEqual([
      {
        type: 'ended',
        status: 'failed',
        message: 'the file /images is gone; put it back',
        pace: { update: null, evaluate: null },
      },
    ]);
  });
});

describe('kept parameters', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trainer-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('are reported as they are written', async () => {
    const keeping = smallExperiment({ length: { epochs: 1 }, keepParameters: 'epochs' });
    const reports = await conversation([start(keeping, { parametersDirectory: directory })]);
    expect(only(reports, 'parameters').map(({ file }) => file.iteration)).toEqual([0, 3]);
    expect(await readdir(directory)).toEqual(only(reports, 'parameters').map(({ file }) => file.file));
  });

  it('fail the run where they cannot be written, after what was found', async () => {
    const keeping = smallExperiment({
      length: { epochs: 1 },
      interpolation: { windows: [{ epochs: [1] }] },
      keepParameters: 'windows',
    });
    const reports = await conversation([start(keeping, { parametersDirectory: join(directory, 'gone') })]);
    expect(reports.at(-1)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('could not be written') as string,
    });
    expect(only(reports, 'records').flatMap(({ batch }) => [...batch.epochs.epoch])).toEqual([0]);
  });
});

describe('other commands', () => {
  it('describes the backends', async () => {
    const reports = await conversation([{ type: 'describe', backends: ['cpu', 'coreml'] }]);
    expect(reports).toHaveLength(2);
    expect(only(reports, 'backend').map(({ backend: { name, available } }) => [name, available])).toEqual([
      ['cpu', true],
      ['coreml', process.platform === 'darwin'],
    ]);
  });

  it('stops before it starts', async () => {
    expect(await conversation([{ type: 'stop' }])).toMatchObject([{ type: 'ended', status: 'stopped' }]);
  });

  it.each([['nonsense'], [{ type: 'start' }], [null]])('answers %j with a failure', async (message) => {
    expect(await conversation([message])).toMatchObject([
      { type: 'ended', status: 'failed', message: expect.stringContaining('no command') as string },
    ]);
  });
});
