import { expect, it } from 'vitest';
import { onnxCpu } from './backends/onnx/onnx.ts';
import { measure } from './measure.ts';

it('measures both networks and tells how far it is', async () => {
  const progress: number[] = [];
  const speeds = await measure(onnxCpu(1), (share) => progress.push(share), 100);
  expect(speeds.map(({ network }) => network)).toEqual(['mlp', 'cnn']);
  for (const { update_ms, examples_per_second, evaluated_examples } of speeds) {
    expect([200, 2000]).toContain(evaluated_examples);
    // a millisecond's work at the least, on any machine; and an update costs more than evaluating its batch's like
    expect(update_ms).toBeGreaterThan(0.1);
    expect(examples_per_second).toBeGreaterThan(10);
    expect(examples_per_second).toBeLessThan(1e8);
  }
  expect(progress[0]).toBe(0);
  expect(progress.at(-1)).toBe(1);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
});

it('tells how few examples a slow device evaluated', async () => {
  // no time at all is what every device exceeds
  const speeds = await measure(onnxCpu(1), () => undefined, 0);
  expect(speeds.map(({ evaluated_examples }) => evaluated_examples)).toEqual([200, 200]);
});

it('passes on what fails', async () => {
  const backend = onnxCpu(1);
  const broken = { ...backend, compile: () => Promise.reject(new Error('the device is lost')) };
  await expect(measure(broken, () => undefined, 10)).rejects.toThrow('the device is lost');
});
