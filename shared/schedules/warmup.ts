/** Linear warm-up, as `torch.optim.lr_scheduler.LinearLR` with an end factor of 1, stepped every iteration; the schedule follows it as in `SequentialLR`. */
import { z } from 'zod';
import { casesOf, noSuchCase } from '../cases.ts';
import { field, integer, range } from '../fields.ts';

const share = range('above 0', 'at most 1');

/** The kinds in the order of the form. */
const warmups = [
  { key: 'none', title: 'None', settings: {} },
  {
    key: 'linear',
    title: 'Linear',
    settings: {
      startFactor: field(
        {
          title: 'Start factor',
          help: 'The first iteration’s learning rate is this share of the one that was set.',
          unit: null,
          group: 'how',
          control: 'number',
          advanced: true,
        },
        z
          .number({ error: 'must be a number' })
          .positive(share)
          .max(1, share)
          .default(1 / 3),
      ),
      iterations: field(
        {
          title: 'Warm-up iterations',
          help: 'So many iterations have a lower rate; the next one has the whole.',
          unit: 'iterations',
          group: 'how',
          control: 'integer',
          advanced: true,
        },
        integer(1, 100_000_000).default(5),
      ),
    },
  },
] as const;

const schemas = casesOf(warmups, {
  title: 'Warm-up',
  help: 'Linear raises the learning rate from a share of itself to the whole over the first iterations; the schedule begins after it, its epochs counted from there.',
  advanced: true,
});

/** How the learning rate begins. */
export const warmup = z.discriminatedUnion('kind', schemas, noSuchCase(warmups)).prefault({ kind: 'none' });

/** Its settings. */
export type WarmupSettings = z.output<typeof warmup>;

/** Iterations of the warm-up; 0 without one. */
export function warmupIterations(settings: WarmupSettings): number {
  return settings.kind === 'linear' ? settings.iterations : 0;
}

/** What the learning rate is multiplied by at iteration t of the warm-up: startFactor + (1 − startFactor) · t / iterations. */
export function warmupFactor(settings: WarmupSettings, iteration: number): number {
  if (settings.kind === 'none') return 1;
  const { startFactor, iterations } = settings;
  return startFactor + ((1 - startFactor) * iteration) / iterations;
}
