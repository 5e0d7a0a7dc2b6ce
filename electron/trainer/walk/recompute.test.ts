import { describe, expect, it } from 'vitest';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import { viewsOf } from '../../../shared/networks/parameters.ts';
import { generatorFrom } from '../random/generator.ts';
import { syntheticExamples } from '../testing/examples.ts';
import type { SegmentEvaluator } from './evaluator.ts';
import type { Measurement } from './measurement.ts';
import type { HostPoint } from './point.ts';
import { recomputing } from './recompute.ts';

describe('recomputed statistics', () => {
  it('are the mean and the unbiased variance of every example, none of them alone in its chunk', async () => {
    const model = mlp({ features: 6, hidden: [4], outputs: 3, batchNorm: true });
    // a chunk of 1,000, and one more
    const examples = syntheticExamples(1001, 6, 3);
    const seen: HostPoint[] = [];
    const listening = {
      count: 1,
      measure: (point: HostPoint) => Promise.resolve((seen.push(point), {} as Measurement)),
      dispose: () => Promise.resolve(),
    } as unknown as SegmentEvaluator;
    const evaluator = await recomputing(listening, { backend: onnxCpu(1), model, examples });
    const point = { parameters: model.initialise(generatorFrom([1, 2, 3, 4])), statistics: model.initialStatistics() };
    await evaluator.measure(point);
    const { 'layers.0.weight': weight, 'layers.0.bias': bias } = viewsOf(point.parameters, model.parameters);
    const found = viewsOf(seen[0]!.statistics, model.statistics);
    for (let unit = 0; unit < 4; unit++) {
      const values = Array.from({ length: examples.count }, (_, example) => {
        let sum = bias![unit]!;
        for (let f = 0; f < 6; f++) sum += weight![unit * 6 + f]! * examples.images[example * 6 + f]!;
        return sum;
      });
      const moments = [values.slice(0, 501), values.slice(501)].map((part) => {
        const mean = part.reduce((a, b) => a + b) / part.length;
        const variance = part.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (part.length - 1);
        return { share: part.length / values.length, mean, variance };
      });
      const whole = (key: 'mean' | 'variance'): number =>
        moments.reduce((sum, part) => sum + part.share * part[key], 0);
      expect(found['norms.0.running_mean']![unit]! / whole('mean')).toBeCloseTo(1, 5);
      expect(found['norms.0.running_var']![unit]! / whole('variance')).toBeCloseTo(1, 5);
    }
    await evaluator.dispose();
  });
});
