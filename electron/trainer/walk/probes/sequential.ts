/** Sequential slices of a walk: points between the ends on a sample that grows until every answer is decided. */
import { examplesBetween } from '../../../../shared/cost.ts';
import type { Experiment } from '../../../../shared/experiment.ts';
import type { SliceRecord } from '../../../../shared/records.ts';
import { sequentialOf } from '../../../../shared/sequential/settings.ts';
import { sequentialSlice } from '../../../../shared/sequential/slice.ts';
import type { DecidedSlice, SampledPoint, Seen } from '../../../../shared/sequential/slice.ts';
import type { LoadedData } from '../../../datasets/load.ts';
import { generatorFor } from '../../random/generator.ts';
import type { Place } from '../evaluator.ts';
import type { Evaluators } from '../evaluators.ts';
import type { Measurement } from '../measurement.ts';
import type { Observer } from '../observer.ts';
import { resolutionOfMeans } from '../resolution.ts';
import type { SampleMeasurement } from '../sample.ts';
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
   * @returns null where only the whole set decides, or where the ends are not finite
   */
  along(step: Step, ends: readonly [Measurement, Measurement]): Promise<DecidedSlice | null | 'stopped'>;
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
      if (!ends.every(({ loss: mean, logitSize }) => Number.isFinite(mean + logitSize))) return null;
      const scale = await resolution.scale({ iteration, point: from }, { iteration: end, point: to }, ends);
      const logitSize = Math.max(...ends.map((each) => each.logitSize));
      /** Statistics at each inner point, fixed when it is first come to. */
      const statistics: (Float32Array | undefined)[] = [];
      let blended = 0;

      /** α_k with its point, the statistics settled. */
      async function placeOf(k: number): Promise<Place> {
        const alpha = k / intervals;
        const point = between[(k - 1) % between.length]!;
        // where there is a place for every point, they stay there from one stage to the next
        if (between.length < inner || blended < k) await blend(from, to, alpha, point);
        blended = Math.max(blended, k);
        statistics[k] ??= (await segments!.settled(point)).statistics.slice();
        return { alpha, point: { parameters: point.parameters, statistics: statistics[k] } };
      }

      async function evaluate(examples: Uint32Array): Promise<Seen | null> {
        const found: SampleMeasurement[] = [];
        while (found.length < inner) {
          observer.tick(iteration);
          if (stopped()) return null;
          const places: Place[] = [];
          const together = sample!.takesTogether ? Math.min(between.length, inner - found.length) : 1;
          while (places.length < together) places.push(await placeOf(found.length + places.length + 1));
          found.push(...(await sample!.measure({ from, to }, places, examples)));
        }
        return { losses: found.map(({ losses }) => losses), correct: found.map(({ correct }) => correct) };
      }

      const [first, second] = ends.map((each) => ({ ...each, outputs: each.outputs! })) as [End, End];
      return sequentialSlice({
        ...settings,
        ends: [first, second],
        labels: data.train.targets,
        intervals,
        loss,
        generator: generatorFor(experiment.seed, `slice sample ${iteration}`),
        // of fewer examples single outputs weigh more
        resolution: (losses, examples) =>
          resolutionOfMeans({ losses, logitSize: logitSize * Math.sqrt(data.train.count / examples), examples }, scale),
        evaluate,
      });
    },
  };
}

type End = Measurement & { outputs: Float32Array };

/** What the record of a sequential slice says that was evaluated on the whole set. */
export function wholeSample(
  examples: number,
): Pick<SliceMeasures, 'slice_examples' | 'slice_tolerance' | 'slice_confidence'> {
  return { slice_examples: examples, slice_tolerance: 0, slice_confidence: 1 };
}

/** The points of a slice that a sample decided, as records: standard errors between the ends. */
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
