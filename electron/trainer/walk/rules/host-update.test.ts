/** The host's updates beside the same written by hand in JavaScript, as walks took them before their loops were made of formulas. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipOf } from '../../../../shared/clipping/index.ts';
import { optimizer, vectorsOf } from '../../../../shared/optimizers/index.ts';
import type { OptimizerSettings } from '../../../../shared/optimizers/index.ts';
import { firstDifference } from '../../testing/formula-by-element.ts';
import { allocateVectors } from '../loops/arena.ts';
import type { StepSums } from '../vector.ts';
import { openUpdate } from './host-update.ts';
import type { Kind, SettingsOf, UpdateOf } from './rule.ts';

type Vectors = Readonly<Record<string, Float32Array>>;

/** θ_{t+1} of one parameter; what is remembered is rounded by being stored. */
type ByHand<S> = (
  settings: S,
  vectors: Vectors,
  at: { index: number; here: number; gradient: number; iteration: number; rate: number },
) => number;

/** d = g + weightDecay·θ. */
const decayed = (gradient: number, here: number, decay: number): number =>
  decay === 0 ? gradient : gradient + decay * here;

const sgd: ByHand<SettingsOf<'sgd' | 'gd' | 'gd-isotropic-noise'>> = (settings, vectors, at) => {
  const { momentum, dampening, nesterov, weightDecay } = settings;
  const { index, here, gradient, iteration, rate } = at;
  if (momentum === 0) return here - rate * decayed(gradient, here, weightDecay);
  const velocity = vectors['velocity']!;
  const taken = iteration === 0 ? 1 : 1 - dampening;
  velocity[index] = decayed(momentum * velocity[index]! + taken * gradient, here, taken * weightDecay);
  return here - rate * (nesterov ? decayed(gradient, here, weightDecay) + momentum * velocity[index] : velocity[index]);
};

function alongMoments(
  { beta1, beta2, epsilon }: SettingsOf<'adam' | 'adamw'>,
  vectors: Vectors,
  { index, iteration, rate, from, direction }: Record<'index' | 'iteration' | 'rate' | 'from' | 'direction', number>,
): number {
  const [first, second] = [vectors['firstMoment']!, vectors['secondMoment']!];
  first[index] = beta1 * first[index]! + (1 - beta1) * direction;
  second[index] = beta2 * second[index]! + (1 - beta2) * direction ** 2;
  const step = rate / (1 - beta1 ** (iteration + 1));
  const root = Math.sqrt(1 - beta2 ** (iteration + 1));
  return from - (step * first[index]) / (Math.sqrt(second[index]) / root + epsilon);
}

const byHand: { readonly [K in Kind]: ByHand<SettingsOf<K>> } = {
  sgd,
  gd: sgd,
  'gd-isotropic-noise': sgd,
  adam: (settings, vectors, { here, gradient, ...at }) =>
    alongMoments(settings, vectors, { ...at, from: here, direction: decayed(gradient, here, settings.weightDecay) }),
  adamw: (settings, vectors, { here, gradient, ...at }) =>
    alongMoments(settings, vectors, {
      ...at,
      from: (1 - at.rate * settings.weightDecay) * here,
      direction: gradient,
    }),
  rmsprop({ alpha, epsilon, momentum, weightDecay }, vectors, { index, here, gradient, rate }) {
    const { squareAverage, gradientAverage, velocity } = vectors as Record<string, Float32Array | undefined>;
    const direction = decayed(gradient, here, weightDecay);
    squareAverage![index] = alpha * squareAverage![index]! + (1 - alpha) * direction ** 2;
    let spread = squareAverage![index];
    if (gradientAverage) {
      gradientAverage[index] = alpha * gradientAverage[index]! + (1 - alpha) * direction;
      spread = Math.max(0, spread - gradientAverage[index] ** 2);
    }
    const scaled = direction / (Math.sqrt(spread) + epsilon);
    if (!velocity) return here - rate * scaled;
    velocity[index] = momentum * velocity[index]! + scaled;
    return here - rate * velocity[index];
  },
};

/** A sum of the elements at even places and one of those at odd places, which were both taken two at a time by SGD without more than momentum. */
const inPairs = (settings: OptimizerSettings): boolean =>
  'dampening' in settings && (settings.momentum === 0 || (settings.dampening === 0 && !settings.nesterov));

interface Found {
  sums: StepSums;
  clippedNorm: number | null;
  norm: number;
}

function updateByHand(settings: OptimizerSettings, update: UpdateOf<Float32Array>, vectors: Vectors): Found {
  const { iteration, learningRate: rate, current, next, initial, previous } = update;
  const step = byHand[settings.kind] as ByHand<OptimizerSettings>;
  const plain = { gradient: 0, product: 0 };
  update.gradient.forEach((value, index) => {
    plain.gradient += value ** 2;
    plain.product += value * previous[index]!;
  });
  const clip = clipOf(settings.clipping)?.(Math.sqrt(plain.gradient));
  const gradient = clip
    ? update.gradient.map((value) => Math.max(-clip.bound, Math.min(clip.bound, clip.scale * value)))
    : update.gradient;
  const halves = [0, 1].map(() => ({ gradient: 0, product: 0, update: 0, distance: 0 }));
  let norm = 0;
  current.forEach((here, index) => {
    const at = { index, here, gradient: gradient[index]!, iteration, rate };
    const sums = halves[inPairs(settings) ? index % 2 : 0]!;
    next[index] = step(settings, vectors, at);
    norm += here ** 2;
    sums.gradient += at.gradient ** 2;
    sums.product += at.gradient * previous[index]!;
    sums.update += (next[index] - here) ** 2;
    sums.distance += (next[index] - initial[index]!) ** 2;
  });
  const names = ['gradient', 'product', 'update', 'distance'] as const;
  const sums = Object.fromEntries(
    names.map((name) => [name, halves[0]![name] + halves[1]![name]]),
  ) as unknown as StepSums;
  return {
    sums: clip ? { ...sums, ...plain } : sums,
    clippedNorm: clip ? Math.sqrt(sums.gradient) : null,
    norm: Math.sqrt(norm),
  };
}

const share = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.999, noNaN: true }));
const decay = fc.oneof(fc.constant(0), fc.double({ min: 1e-12, max: 100, noNaN: true }));
const epsilon = fc.double({ min: 1e-12, max: 1, noNaN: true });
const momenta = fc.oneof(
  fc.record({ momentum: share, dampening: share }),
  fc.record({ momentum: fc.double({ min: 0.01, max: 0.999, noNaN: true }), nesterov: fc.constant(true) }),
);
const clipping = fc.oneof(
  fc.constant({ kind: 'none' }),
  fc.record({ kind: fc.constant('norm'), maxNorm: fc.double({ min: 1e-6, max: 1e6, noNaN: true }) }),
  fc.record({ kind: fc.constant('value'), clipValue: fc.double({ min: 1e-6, max: 1e6, noNaN: true }) }),
);
const settingsOf: { readonly [K in Kind]: fc.Arbitrary<object> } = {
  sgd: momenta,
  gd: momenta,
  'gd-isotropic-noise': momenta,
  adam: fc.record({ beta1: share, beta2: share, epsilon }),
  adamw: fc.record({ beta1: share, beta2: share, epsilon }),
  rmsprop: fc.record({ alpha: share, epsilon, centered: fc.boolean(), momentum: share }),
};

const special = [0, -0, NaN, Infinity, -Infinity, 2 ** -149, -(2 ** -149), 2 ** -127, 3.4e38, 1];

/** Vectors of numbers of many magnitudes; of `any` kind special ones and any bits among them. */
function vectorsOfNumbers(count: number, size: number, seed: number, kind: 'any' | 'finite'): Float32Array[] {
  const bits = new Uint32Array(1);
  const ofAnyBits = new Float32Array(bits.buffer);
  function next(): number {
    bits[0] = Math.imul(bits[0]!, 1_664_525) + 1_013_904_223;
    const here = bits[0];
    if (kind === 'any' && here % 40 < special.length) return special[here % 40]!;
    return kind === 'any' && here % 3 === 0 ? ofAnyBits[0]! : Math.sin(here) * 10 ** (4 * Math.cos(3 * here));
  }
  bits[0] = seed;
  return Array.from({ length: count }, () => Float32Array.from({ length: size }, next));
}

const pointNames = ['current', 'next', 'initial', 'gradient', 'previous'] as const;

/** Vectors by name, those of the points first. */
function named(
  vectors: readonly Float32Array[],
  remembered: readonly string[],
): { points: Record<(typeof pointNames)[number], Float32Array>; vectors: Vectors } {
  const [current, next, initial, gradient, previous, ...rest] = vectors as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    ...Float32Array[],
  ];
  return {
    points: { current, next, initial, gradient, previous },
    vectors: Object.fromEntries(remembered.map((name, index) => [name, rest[index]!])),
  };
}

describe.each(Object.keys(settingsOf) as Kind[])('an update by %s', (kind) => {
  const cases = fc.record({
    told: settingsOf[kind],
    weightDecay: decay,
    clipping,
    // around what a loop takes in a turn (4) and a block that is carried (4096)
    size: fc.oneof(
      { arbitrary: fc.integer({ min: 1, max: 20 }), weight: 3 },
      { arbitrary: fc.integer({ min: 4090, max: 4103 }), weight: 1 },
    ),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    numbers: fc.constantFrom('any' as const, 'finite' as const),
    iteration: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 })),
    learningRate: fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
  });

  it('is by its loop what it is by hand to the bit, wherever the vectors lie', () => {
    fc.assert(
      fc.property(cases, ({ told, weightDecay, clipping, size, seed, numbers, iteration, learningRate }) => {
        const settings = optimizer.parse({ kind, ...told, weightDecay, clipping });
        const remembered = vectorsOf(settings);
        const count = pointNames.length + remembered.length;
        const values = vectorsOfNumbers(count, size, seed, numbers);
        // averages of squares are none below 0
        for (const name of ['secondMoment', 'squareAverage'])
          values[pointNames.length + remembered.indexOf(name)]?.forEach((value, index, vector) => {
            if (remembered.includes(name)) vector[index] = Math.abs(value);
          });
        const hand = named(
          values.map((each) => each.slice()),
          remembered,
        );
        const exact = updateByHand(settings, { ...hand.points, iteration, learningRate }, hand.vectors);
        const apart = Array.from({ length: count + 1 }, () => new Float32Array(size));
        for (const place of [allocateVectors(count + 1, size), apart]) {
          values.forEach((each, index) => place[index]!.set(each));
          const { points, vectors } = named(place, remembered);
          const update = openUpdate(settings, () => place[count]!);
          expect(update({ ...points, iteration, learningRate }, vectors)).toEqual(exact);
          expect(firstDifference({ ...points, ...vectors }, { ...hand.points, ...hand.vectors })).toBeNull();
        }
      }),
      { numRuns: 100 },
    );
  });
});
