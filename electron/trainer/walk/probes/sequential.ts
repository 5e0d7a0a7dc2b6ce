/** Sequential slices of a walk: points between the ends on a sample that grows until every answer is decided. */
import { examplesBetween } from '../../../../shared/cost.ts';
import type { Experiment } from '../../../../shared/experiment.ts';
import type { SliceRecord } from '../../../../shared/records.ts';
import { sequentialOf } from '../../../../shared/sequential/settings.ts';
import { sequentialSlice } from '../../../../shared/sequential/slice.ts';
import type { DecidedSlice, KnownPoint, SampledPoint, Seen } from '../../../../shared/sequential/slice.ts';
import type { LoadedData } from '../../../datasets/load.ts';
import { generatorFor } from '../../random/generator.ts';
import type { Place } from '../evaluator.ts';
import type { Evaluators } from '../evaluators.ts';
import type { Measurement } from '../measurement.ts';
import type { Observer } from '../observer.ts';
import { resolutionOfMeans } from '../resolution.ts';
import { lossFor } from '../targets.ts';
import type { Step } from '../sources/source.ts';
import type { Between } from './between.ts';
import { sliceRecord } from './counts.ts';
import type { SliceMeasures } from './slice.ts';

/** Decides slices. */
export interface SequentialSlices {
  /** Of every slice's answers together. */
  readonly confidence: number;
  /** Examples that pass the network between the ends of a typical slice, as the work of a run is told in. */
  readonly typicalExamples: number;
  /**
   * Decides the slice of a step, on a sample of its own: from the stream `slice sample <iteration>`, so that a walk that goes on draws the same.
   * @param ends measurements at both, on the whole training set
   */
  along(step: Step, ends: readonly [Measurement, Measurement]): Promise<AlongSequential | 'stopped'>;
}

/** What was found along a step. */
interface AlongSequential {
  /** Null where only the whole set decides, or where the ends are not finite. */
  decided: DecidedSlice | null;
  /** By k: points between the ends that were evaluated on the whole set. */
  known: ReadonlyMap<number, Measurement>;
}

/** What it works with. */
interface SequentialOptions extends Between {
  experiment: Pick<Experiment, 'seed' | 'data' | 'model' | 'loss' | 'probes'>;
  data: LoadedData;
  evaluators: Pick<Evaluators, 'segments' | 'sample' | 'resolution'>;
  /** K, the intervals of a slice. */
  intervals: number;
  observer: Pick<Observer, 'tick'>;
  stopped: () => boolean;
}

/** Opens it; null where an experiment does not ask for it. */
export function openSequential(options: SequentialOptions): SequentialSlices | null {
  const { experiment, data, intervals, between, blend, observer, stopped } = options;
  const { segments, sample, resolution } = options.evaluators;
  const settings = sequentialOf(experiment.probes.interpolation.evaluateOn);
  if (!settings || !segments || !sample || !resolution) return null;
  const loss = lossFor(experiment.loss, data.train);
  const inner = intervals - 1;

  return {
    confidence: settings.confidence,
    typicalExamples: inner * examplesBetween(experiment),
    async along({ iteration, from, to, end }, ends) {
      if (!ends.every(({ loss: mean, logitSize }) => Number.isFinite(mean + logitSize)))
        return { decided: null, known: new Map() };
      const scale = await resolution.scale({ iteration, point: from }, { iteration: end, point: to }, ends);
      const logitSize = Math.max(...ends.map((each) => each.logitSize));
      /** Statistics at each inner point, fixed when it is first come to. */
      const statistics: (Float32Array | undefined)[] = [];
      /** Which k is written into each of the points between. */
      const written: (number | undefined)[] = [];
      const known = new Map<number, Measurement>();

      /**
       * α_k with its point; where there is one for every k, they stay there from one stage to the next.
       * @param position among those that are taken with it, which have to lie apart
       */
      async function placeOf(k: number, position: number): Promise<Place> {
        const [alpha, at] = [k / intervals, between.length < inner ? position : k - 1];
        const point = between[at]!;
        if (written[at] !== k) await blend(from, to, alpha, point);
        written[at] = k;
        return { alpha, point };
      }

      async function settledPlaceOf(k: number, position: number): Promise<Place> {
        const { alpha, point } = await placeOf(k, position);
        statistics[k] ??= (await segments!.settled(point)).statistics.slice();
        return { alpha, point: { parameters: point.parameters, statistics: statistics[k] } };
      }

      /** Takes points, as many at a time as there is room for; null when stopped on the way. */
      async function taken<M>(
        points: readonly number[],
        most: number,
        [place, take]: readonly [typeof placeOf, (places: readonly Place[]) => Promise<M[]>],
      ): Promise<M[] | null> {
        const found: M[] = [];
        while (found.length < points.length) {
          observer.tick(iteration);
          if (stopped()) return null;
          const places: Place[] = [];
          for (const k of points.slice(found.length, found.length + most)) places.push(await place(k, places.length));
          found.push(...(await take(places)));
        }
        return found;
      }

      async function evaluate(examples: Uint32Array, points: readonly number[]): Promise<Seen | null> {
        const most = sample!.takesTogether ? between.length : 1;
        const take = (places: readonly Place[]) => sample!.measure({ from, to }, places, examples);
        const found = await taken(points, most, [settledPlaceOf, take]);
        return found && { losses: found.map(({ losses }) => losses), correct: found.map(({ correct }) => correct) };
      }

      async function know(points: readonly number[]): Promise<KnownPoint[] | null> {
        const found = await taken(points, between.length, [placeOf, (places) => segments!.betweenAll(places)]);
        points.forEach((k, index) => found && known.set(k, found[index]!));
        return found && found.map(withOutputs);
      }

      const decided = await sequentialSlice({
        ...settings,
        ends: [withOutputs(ends[0]), withOutputs(ends[1])],
        labels: data.train.targets,
        intervals,
        loss,
        generator: generatorFor(experiment.seed, `slice sample ${iteration}`),
        // of fewer examples single outputs weigh more
        resolution: (losses, examples) =>
          resolutionOfMeans({ losses, logitSize: logitSize * Math.sqrt(data.train.count / examples), examples }, scale),
        evaluate,
        know,
      });
      return decided === 'stopped' ? decided : { decided, known };
    },
  };
}

/** A measurement by an evaluator that keeps outputs. */
const withOutputs = (point: Measurement): KnownPoint => ({ ...point, outputs: point.outputs! });

/** What the record of a sequential slice says that was evaluated on the whole set. */
export function wholeSample(
  examples: number,
): Pick<SliceMeasures, 'slice_examples' | 'slice_tolerance' | 'slice_confidence'> {
  return { slice_examples: examples, slice_tolerance: 0, slice_confidence: 1 };
}

/** The points of a slice that a sample decided, as records: standard errors where it was evaluated on the sample. */
export function sampledRecords(
  iteration: number,
  [start, end]: readonly [Measurement, Measurement],
  inner: readonly SampledPoint[],
): SliceRecord[] {
  const intervals = inner.length + 1;
  return [
    sliceRecord(iteration, 0, start),
    ...inner.map(({ loss, accuracy, standardError }, index): SliceRecord => ({
      iteration,
      alpha: (index + 1) / intervals,
      loss,
      accuracy,
      standard_error: standardError,
      batch_loss: null,
    })),
    sliceRecord(iteration, 1, end),
  ];
}
