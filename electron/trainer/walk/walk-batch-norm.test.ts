import { describe, expect, it } from 'vitest';
import { referenceBackend } from '../testing/reference-backend.ts';
import { smallExperiment, walked } from '../testing/walks.ts';

describe('batch norm between points', () => {
  const image = { channels: 1, height: 4, width: 4 };
  const settings = (batchNorm: string, model: object = { architecture: 'cnn', batchNorm: true }) =>
    smallExperiment({
      model,
      data: { train: 24, validation: 8 },
      optimizer: { batchSize: 8, learningRate: 0.1 },
      length: { iterations: 3 },
      interpolation: { windows: [{ firstIterations: 3 }], points: 2, batchNorm },
    });
  const losses = ({ slices }: { slices: { loss: number | null }[] }) => slices.map(({ loss }) => loss);

  it('changes the slices and nothing else', async () => {
    const [running, batch, recomputed] = [
      await walked(settings('running'), { image }),
      await walked(settings('batch'), { image }),
      await walked(settings('recomputed'), { image }),
    ];
    for (const other of [batch, recomputed]) {
      const path = ({ iterations, epochs }: typeof other) => [
        iterations.map(({ distance, batch_loss }) => [distance, batch_loss]),
        epochs.map(({ train_loss, validation_loss }) => [train_loss, validation_loss]),
      ];
      expect(path(other)).toEqual(path(running));
      expect(other.slices).toHaveLength(9);
      expect(losses(other)).not.toEqual(losses(running));
      expect(other.progress).toBe(1);
    }
    // the whole set passes at once in both; they differ by n and n − 1 in the variance only
    losses(recomputed).forEach((loss, index) => expect(loss! / losses(batch)[index]!).toBeCloseTo(1, 1));
  });

  it('finds in float64 what it finds on ONNX Runtime', async () => {
    for (const batchNorm of ['batch', 'recomputed']) {
      const found = await walked(settings(batchNorm), { image });
      const exact = await walked(settings(batchNorm), { image, backend: referenceBackend });
      losses(found).forEach((loss, index) => expect(loss).toBeCloseTo(losses(exact)[index]!, 4));
    }
  });

  it('makes no difference without batch norm', async () => {
    const plain = { hidden: [4] };
    expect(await walked(settings('recomputed', plain), { image })).toEqual(
      await walked(settings('running', plain), { image }),
    );
  });
});
