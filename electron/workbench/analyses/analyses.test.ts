/** Analyses with the real trainer on the bundled data. */
import { readFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { analysisIsOver } from '../../../shared/analyses/index.ts';
import type { Analysis, AnalysisRecord } from '../../../shared/analyses/index.ts';
import type { ValleyFloorResult } from '../../../shared/analyses/valley-floor.ts';
import type { Estimate } from '../../../shared/estimate.ts';
import type { PlaneResult } from '../../../shared/analyses/plane.ts';
import type { IterationColumns } from '../../../shared/records.ts';
import { openStore, restorableFor } from '../store/store.ts';
import { recordEvents, until } from '../testing/open.ts';
import { useTraining, walkPatience } from '../testing/training.ts';

/** Four iterations, all of them probed and kept. */
const tiny = {
  name: 'tiny walk',
  data: { train: 200, validation: 50 },
  model: { hidden: [8] },
  optimizer: { batchSize: 50, learningRate: 0.3 },
  length: { iterations: 4 },
  probes: { interpolation: { points: 4, windows: [{ firstIterations: 4 }] } },
  keepParameters: 'windows',
};

const training = useTraining();
const { ask } = training;
const walked = (change: object = {}): Promise<string> => training.walked({ ...tiny, ...change });
async function over(analysis: string): Promise<Analysis> {
  const get = (): Analysis => training.workbench.handlers['analyses.get']({ analysis }) as Analysis;
  await until(() => analysisIsOver(get().status), walkPatience);
  return get();
}

describe('an analysis', () => {
  it('deleted before it is over, it comes back over', async () => {
    const run = await walked();
    const request = { kind: 'plane', settings: { points: [1, 2, 3], resolution: 41 } };
    const [first, second] = [
      await ask<AnalysisRecord>('analyses.start', { run, request }),
      await ask<AnalysisRecord>('analyses.start', { run, request }),
    ];
    const get = (analysis: string): Analysis => training.workbench.handlers['analyses.get']({ analysis }) as Analysis;
    await until(() => get(first.analysis).progress > 0, walkPatience);
    const reported = recordEvents(training.workbench);
    for (const { analysis } of [second, first]) await ask('analyses.delete', { analysis });
    // nobody is told of one that is gone, and the trainer ends
    await until(() => training.workbench.activeRuns() === 0, walkPatience);
    expect(reported.flatMap((event) => (event.name === 'analysis.changed' ? [event.payload.status] : []))).toEqual([
      'stopped',
    ]);
    expect(await ask('analyses.restore', { analysis: second.analysis })).toMatchObject({
      status: 'stopped',
      error: null,
    });
    // the one that ran may have been quicker than its stop
    const restored = await ask<AnalysisRecord>('analyses.restore', { analysis: first.analysis });
    expect(restored.error).toBeNull();
    expect(['stopped', 'finished']).toContain(restored.status);
  });

  it('whose end the store refuses is told as failed, and ends once it can be written', async () => {
    const run = await walked();
    const request = { kind: 'plane', settings: { points: [1, 2, 3], resolution: 41 } };
    const { analysis } = await ask<AnalysisRecord>('analyses.start', { run, request });
    const get = (): Analysis => training.workbench.handlers['analyses.get']({ analysis }) as Analysis;
    await until(() => get().progress > 0, walkPatience);
    const reported = recordEvents(training.workbench);
    const failed = (): boolean =>
      reported.some((event) => event.name === 'analysis.changed' && event.payload.status === 'failed');
    const sqlite = new Sqlite(training.path('store', 'valleywalk.sqlite'));
    try {
      // as on a full disk
      sqlite.exec("CREATE TRIGGER refused BEFORE UPDATE ON analyses BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
      await ask('analyses.cancel', { analysis });
      await until(failed, walkPatience);
      expect(get().status).toBe('running');
      sqlite.exec('DROP TRIGGER refused');
    } finally {
      sqlite.close();
    }
    await until(() => analysisIsOver(get().status), walkPatience);
  });

  it('is computed, told, kept and opened again', async () => {
    const run = await walked();
    const reported = recordEvents(training.workbench);
    const request = { kind: 'plane', settings: { points: [1, 2, 3], resolution: 9 } };
    const started = await ask<AnalysisRecord>('analyses.start', { run, request });
    expect(started).toMatchObject({ run, status: 'queued', request: { settings: { margin: 0.4 } } });
    const done = await over(started.analysis);
    expect(done).toMatchObject({ status: 'finished', progress: 1, error: null, seconds_left: null });
    const result = done.result as PlaneResult;
    const iterations = await ask<IterationColumns>('runs.iterations', { run });
    expect(result.points.map(({ loss }) => loss)).toEqual([1, 2, 3].map((t) => iterations.loss_before[t]));
    expect(result.losses).toHaveLength(81);
    const states = reported.flatMap((event) => (event.name === 'analysis.changed' ? [event.payload.status] : []));
    expect([...new Set(states)]).toEqual(['queued', 'running', 'finished']);

    const directory = training.path('out');
    const { files } = await ask<{ files: string[] }>('runs.export', {
      runs: [run],
      directory,
      formats: ['json', 'csv', 'svg'],
    });
    const named = (ending: string): string =>
      files.find((file) => file.endsWith(`plane-${started.analysis}.${ending}`))!;
    expect(JSON.parse(readFileSync(named('json'), 'utf8'))).toEqual(done);
    const [header, ...rows] = readFileSync(named('csv'), 'utf8').trim().split('\r\n');
    expect(header).toMatch(/loss/);
    expect(rows.length).toBeGreaterThanOrEqual(81);
    expect(readFileSync(named('svg'), 'utf8')).toMatch(/^<\?xml|^<svg/);

    await training.reopen();
    expect(await ask('analyses.list', { run })).toEqual(
      [{ ...done, result: undefined }].map(({ result: _, ...rest }) => rest),
    );
    expect(await ask('analyses.get', { analysis: started.analysis })).toEqual(done);
    await ask('analyses.delete', { analysis: started.analysis });
    expect(await ask('analyses.list', { run })).toEqual([]);
    await expect(ask('analyses.get', { analysis: started.analysis })).rejects.toMatchObject({ kind: 'missing' });
    // for an hour a deletion can be taken back
    const { result: _, ...record } = done;
    expect(await ask('analyses.restore', { analysis: started.analysis })).toEqual(record);
    expect(await ask('analyses.get', { analysis: started.analysis })).toEqual(done);
    await expect(ask('analyses.restore', { analysis: started.analysis })).rejects.toMatchObject({ kind: 'missing' });
    await ask('analyses.delete', { analysis: started.analysis });
    await training.workbench.close();
    const store = openStore(training.path('store'));
    store.sweepDeleted(new Date(Date.now() + restorableFor + 1000));
    expect(() => store.analyses.restore(started.analysis)).toThrow('gone for good');
    store.close();
  });

  it('waits its turn and is cancelled, waiting or under way', async () => {
    const run = await walked();
    const long = { kind: 'plane', settings: { resolution: 101 } };
    const [first, second] = await Promise.all(
      [1, 2].map(() => ask<AnalysisRecord>('analyses.start', { run, request: long })),
    );
    const now = async (analysis: string): Promise<Analysis> => ask('analyses.get', { analysis });
    await until(
      () => (training.workbench.handlers['analyses.get']({ analysis: first!.analysis }) as Analysis).progress > 0,
    );
    expect((await now(second!.analysis)).status).toBe('queued');
    await ask('analyses.cancel', { analysis: second!.analysis });
    expect((await now(second!.analysis)).status).toBe('stopped');
    await ask('analyses.cancel', { analysis: first!.analysis });
    expect(await over(first!.analysis)).toMatchObject({ status: 'stopped', error: null, result: null });
    await until(() => training.workbench.activeRuns() === 0);
  });

  it('ends with its run', async () => {
    const run = await walked();
    const { analysis } = await ask<AnalysisRecord>('analyses.start', {
      run,
      request: { kind: 'plane', settings: { resolution: 101 } },
    });
    await until(() => (training.workbench.handlers['analyses.get']({ analysis }) as Analysis).progress > 0);
    await ask('runs.delete', { runs: [run] });
    await expect(ask('analyses.get', { analysis })).rejects.toMatchObject({ kind: 'missing' });
    await until(() => training.workbench.activeRuns() === 0);
  });
});

describe('the valley floor as a probe', () => {
  const study = { maximum: 3, steps: 2, intervals: 2 };

  it('is studied when the run has finished, as the run asks', async () => {
    const run = await walked({ probes: { ...tiny.probes, valleyFloor: study } });
    const [record, ...others] = await ask<AnalysisRecord[]>('analyses.list', { run });
    expect(others).toEqual([]);
    const found = await over(record!.analysis);
    expect(found).toMatchObject({ status: 'finished', request: { kind: 'valley-floor', settings: study } });
    expect((found.result as ValleyFloorResult).floors.map(({ iteration }) => iteration)).toEqual([0, 2, 4]);
    const plain = await walked();
    expect(await ask('analyses.list', { run: plain })).toEqual([]);
  });

  it('needs kept parameters, and is told in the estimate', async () => {
    const estimate = (change: object): Promise<Estimate> =>
      ask('experiments.estimate', {
        experiment: { ...tiny, probes: { ...tiny.probes, valleyFloor: study }, ...change },
      });
    expect((await estimate({ keepParameters: 'none' })).problems).toEqual([
      { path: 'keepParameters', message: expect.stringMatching(/for probes\.valleyFloor/) as string },
    ]);
    expect(await estimate({})).toMatchObject({
      problems: [],
      extra: [expect.stringMatching(/up to 3 descents of 2 steps each, about 0:0\d$/)],
    });
    const named = { ...tiny.probes, valleyFloor: { ...study, points: [0, 9] } };
    expect((await estimate({ probes: named })).problems).toMatchObject([
      { path: 'probes.valleyFloor.points', message: expect.stringMatching(/will not keep: 9;/) as string },
    ]);
    expect(await ask('experiments.estimate', { experiment: tiny })).toMatchObject({ extra: [] });
  });
});

describe('what cannot be analysed', () => {
  it('is refused with what to do', async () => {
    const run = await walked();
    const start = (request: object, of = run): Promise<unknown> => ask('analyses.start', { run: of, request });
    await expect(start({ kind: 'circle' })).rejects.toThrow(/must be one of plane/);
    await expect(start({ kind: 'plane', settings: { resolution: 2 } })).rejects.toMatchObject({
      kind: 'input',
      problems: [{ path: 'settings.resolution', message: expect.stringContaining('from 5') as string }],
    });
    await expect(start({ kind: 'plane', settings: { points: [0, 1, 9] } })).rejects.toThrow(
      /not kept: 9; kept are 0, 1, 2, 3, 4/,
    );
    const bare = await walked({ keepParameters: 'none' });
    await expect(start({ kind: 'plane' }, bare)).rejects.toThrow(
      /keeps none; run the experiment again with keepParameters/,
    );
    await expect(start({ kind: 'plane' }, 'nothing')).rejects.toMatchObject({ kind: 'missing' });
    expect(await ask('analyses.kept', { run })).toEqual([0, 1, 2, 3, 4]);
  });
});
