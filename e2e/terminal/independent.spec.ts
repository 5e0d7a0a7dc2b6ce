/** An exported walk, recomputed in float64 NumPy from its parameters and data by a script that shares no code with us. */
import { expect, test } from 'playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../window.ts';
import { valleywalk } from './run.ts';

const python = process.env['VALLEYWALK_E2E_PYTHON'] ?? '';

interface Report {
  slices: number;
  iterations: number;
  files: number;
  /** Answers about slices that the exact losses contradict. */
  wrong: string[];
  /** Greatest error of a loss, in resolutions of its slice. */
  noise: number;
  /** Greatest deviation of what the parabolas of steps tell, in its told error. */
  parabola: number;
  /** Line-search steps that were told. */
  searched: number;
  /** Largest deviation of each column (of `hessian_trace` in its told error), and how many records were compared. */
  worst: Record<string, number>;
  compared: Record<string, number>;
}

/** Runs, exports and recomputes. */
async function recompute(changes: string[]): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-independent-'));
  try {
    const store = join(folder, 'store');
    const ran = await valleywalk(store, [
      'run',
      'quick-walk',
      ...changes.flatMap((change) => ['--set', change]),
      '--json',
    ]);
    expect(ran.err).not.toContain('valleywalk:');
    expect(ran.code).toBe(0);
    const last = JSON.parse(ran.out.trim().split('\n').at(-1)!) as { run: { run: string } };
    const out = join(folder, 'out');
    const exported = await valleywalk(store, [
      'export',
      last.run.run,
      '--out',
      out,
      '--format',
      'csv,json,safetensors',
    ]);
    expect(exported.code).toBe(0);
    const [run] = readdirSync(out);
    const script = join(root, 'e2e', 'independent', 'recompute.py');
    const data = join(root, 'resources', 'datasets', 'fashion-mnist-small');
    return JSON.parse(execFileSync(python, [script, join(out, run!), data], { encoding: 'utf8' })) as Report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.describe('recomputed in NumPy', () => {
  test.skip(python === '', 'needs python3 with NumPy (Debian: python3-numpy)');

  test('slices over the whole training set, gradients, steps and distances agree', async () => {
    const report = await recompute([
      'keepParameters=windows',
      'data.train=500',
      'model.hidden=[300,100]',
      'length={"iterations":17}',
      'optimizer.learningRate=0.3',
      'probes.interpolation.windows=[{"firstIterations":16}]',
    ]);
    expect(report).toMatchObject({ slices: 16 * 11, iterations: 17, files: 17, wrong: [] });
    expect(report.noise).toBeLessThan(0.5);
    expect(report.parabola).toBeLessThan(1);
    expect(report.worst['predicted_edge']).toBeLessThan(1e-12);
    expect(report.worst['step_curvature_error']).toBeLessThan(1e-3);
    const { worst } = report;
    expect(worst['loss']).toBeLessThan(1e-5);
    expect(worst['accuracy']).toBeLessThanOrEqual(0);
    for (const key of [
      'batch_loss',
      'gradient_norm',
      'gradient_cosine',
      'update_norm',
      'relative_update',
      'distance',
      'path_length',
    ])
      expect(worst[key], key).toBeLessThan(1e-5);
    expect(worst['step']).toBeLessThan(1e-6);
  });

  test('the line beyond the step and the batch along it agree, and where each is lowest', async () => {
    const report = await recompute([
      'keepParameters=windows',
      'seed=3',
      'data.train=400',
      'optimizer.batchSize=40',
      'optimizer.learningRate=0.2',
      'model={"architecture":"mlp","hidden":[30]}',
      'length={"iterations":8}',
      'probes.interpolation.windows=[{"firstIterations":8}]',
      'probes.interpolation.from=-0.5',
      'probes.interpolation.to=3',
      'probes.interpolation.onBatch=true',
    ]);
    expect(report).toMatchObject({ slices: 8 * 36, wrong: [] });
    expect(report.noise).toBeLessThan(0.5);
    expect(report.parabola).toBeLessThan(1);
    expect(report.searched).toBeGreaterThan(3);
    for (const key of ['loss', 'batch_loss', 'batch_along']) expect(report.worst[key], key).toBeLessThan(1e-5);
  });

  test('slices over a seeded subset agree, with their standard error; the schedule and the curvature too', async () => {
    const report = await recompute([
      'keepParameters=windows',
      'data.train=3000',
      'optimizer.batchSize=500',
      'optimizer.weightDecay=0.001',
      'optimizer.schedule={"kind":"cosine","finalRate":0.1}',
      'probes.hessian={"every":"epoch","examples":200,"iterations":60,"gradientNoiseScale":true,"trace":true}',
      'model.hidden=[64]',
      'length={"epochs":2}',
      'probes.interpolation.evaluateOn={"subset":800}',
      'probes.interpolation.windows=[{"epochs":[1,2]}]',
    ]);
    expect(report).toMatchObject({ slices: 12 * 11, iterations: 12, files: 13, curvature: 3, wrong: [] });
    expect(report.noise).toBeLessThan(0.5);
    expect(report.parabola).toBeLessThan(1);
    expect(report.worst['predicted_edge']).toBeLessThan(1e-12);
    expect(report.worst['step_curvature_error']).toBeLessThan(1e-3);
    expect(report.worst['loss']).toBeLessThan(1e-5);
    expect(report.worst['standard_error']).toBeLessThan(1e-4);
    expect(report.worst['accuracy']).toBeLessThanOrEqual(0);
    expect(report.worst['gradient_cosine']).toBeLessThan(1e-5);
    expect(report.worst['step']).toBeLessThan(1e-6);
    for (const key of ['eigenvalue', 'smallest', 'spectral_norm']) expect(report.worst[key], key).toBeLessThan(1e-4);
    expect(report.worst['alignment']).toBeLessThan(1e-3);
    // the last of the three has no gradient
    expect(report.compared).toMatchObject({ alignment: 2, gradient_noise_scale: 2, hessian_trace: 2 });
    expect(report.worst['gradient_noise_scale']).toBeLessThan(1e-5);
    expect(report.worst['hessian_trace']).toBeLessThan(3);
  });

  const squaredError = ['loss={"kind":"squared-error"}', 'optimizer.learningRate=0.05'];
  for (const [name, model, changes] of [
    [
      'tanh, layer norm and squared error',
      '{"hidden":[60,40],"activation":"tanh","norm":{"kind":"layer"}}',
      squaredError,
    ],
    [
      'GELU, group norm and label smoothing',
      '{"hidden":[60,40],"activation":"gelu","norm":{"kind":"group","groups":4}}',
      ['loss.labelSmoothing=0.1'],
    ],
    ['its tanh approximation', '{"hidden":[60],"activation":"gelu-tanh"}', []],
    ['SiLU', '{"hidden":[60],"activation":"silu"}', []],
    ['sigmoid and squared error', '{"hidden":[60],"activation":"sigmoid"}', squaredError],
  ] as const)
    test(`an MLP with ${name}: slices, gradients, steps and curvature agree`, async () => {
      const report = await recompute([
        'keepParameters=windows',
        'data.train=300',
        `model=${model}`,
        ...changes,
        'probes.hessian={"every":{"iterations":4},"examples":100,"iterations":60}',
        'length={"iterations":7}',
        'probes.interpolation.windows=[{"firstIterations":6}]',
      ]);
      expect(report).toMatchObject({ slices: 6 * 11, iterations: 7, files: 7, curvature: 2, wrong: [] });
      expect(report.noise).toBeLessThan(0.5);
      expect(report.worst['loss']).toBeLessThan(1e-5);
      for (const key of ['batch_loss', 'gradient_norm', 'gradient_cosine', 'update_norm', 'distance'])
        expect(report.worst[key], key).toBeLessThan(1e-5);
      expect(report.worst['step']).toBeLessThan(1e-6);
      expect(report.worst['eigenvalue']).toBeLessThan(1e-4);
    });

  for (const [name, model, tolerance] of [
    ['an MLP with batch norm', '{"architecture":"mlp","hidden":[60,40],"batchNorm":true}', 1e-5],
    ['a small CNN', '{"architecture":"cnn"}', 1e-4],
    ['a small CNN with batch norm', '{"architecture":"cnn","batchNorm":true}', 1e-4],
    ['a small CNN with layer norm', '{"architecture":"cnn","norm":{"kind":"layer"}}', 1e-4],
    [
      'a small CNN with group norm',
      '{"architecture":"cnn","norm":{"kind":"group","groups":8},"activation":"silu"}',
      1e-4,
    ],
  ] as const)
    test(`${name}: slices with interpolated statistics, gradients and running statistics agree`, async () => {
      const report = await recompute([
        'keepParameters=windows',
        'data.train=300',
        `model=${model}`,
        'length={"iterations":7}',
        'optimizer.learningRate=0.05',
        'probes.interpolation.points=4',
        'probes.interpolation.windows=[{"firstIterations":6}]',
      ]);
      expect(report).toMatchObject({ slices: 6 * 5, iterations: 7, files: 7, wrong: [] });
      const { worst } = report;
      expect(worst['accuracy']).toBeLessThanOrEqual(0);
      for (const key of [
        'loss',
        'batch_loss',
        'gradient_norm',
        'gradient_cosine',
        'update_norm',
        'relative_update',
        'distance',
        'running',
      ])
        expect(worst[key], key).toBeLessThan(tolerance);
      expect(worst['step']).toBeLessThan(1e-5);
    });
});
