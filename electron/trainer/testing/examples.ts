/** Small synthetic data for tests. */
import type { Examples, LoadedData } from '../../datasets/load.ts';
import type { ImageShape } from '../../../shared/networks/layers.ts';
import { generatorFrom } from '../random/generator.ts';

/**
 * Examples that can be learned: each class has a pattern of its own, blurred by uniform noise; the pixels lie in about [−1, 1].
 * @param state decides the patterns and the noise
 * @param shape of an image; one row of all features when left out
 */
export function syntheticExamples(
  count: number,
  features: number,
  classes: number,
  state = 1,
  shape: ImageShape = { channels: 1, height: 1, width: features },
): Examples {
  const patterns = generatorFrom([state, 2, 3, 4]);
  const centres = Float32Array.from({ length: classes * features }, () => patterns.uniform() - 0.5);
  const noise = generatorFrom([count, features, state, 5]);
  const labels = Uint8Array.from({ length: count }, () => noise.below(classes));
  const images = Float32Array.from(
    { length: count * features },
    (_, index) =>
      centres[labels[Math.floor(index / features)]! * features + (index % features)]! + noise.uniform() - 0.5,
  );
  return {
    images,
    targets: labels,
    count,
    features,
    shape,
    black: Array.from({ length: shape.channels }, () => -0.5),
    classes,
  };
}

/** Training and validation examples of the same classes. */
export function syntheticData(
  train: number,
  validation: number,
  features = 6,
  classes = 3,
  shape?: ImageShape,
): LoadedData {
  const all = syntheticExamples(train + validation, features, classes, 1, shape);
  const part = (from: number, count: number): Examples => ({
    ...all,
    images: all.images.slice(from * features, (from + count) * features),
    targets: all.targets.slice(from, from + count),
    count,
  });
  return { train: part(0, train), validation: part(train, validation), checksum: 'c'.repeat(64) };
}
