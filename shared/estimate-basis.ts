/** How sure an estimate of time is: what the pace behind it was measured on. */
import { z } from 'zod';
import { defaultBackend } from './backends.ts';
import { formatDuration } from './format.ts';

/**
 * `measured`: on this machine, with this kind of network and about as much work at a time; `similar`: on this machine, with another
 * network or amount; `typical`: never here, a typical 2-core machine's.
 */
export const estimateBasisSchema = z.enum(['measured', 'similar', 'typical']);
/** One of them. */
export type EstimateBasis = z.output<typeof estimateBasisSchema>;

/**
 * What of an estimate is no computing, in words that follow its basis; nothing where that is little.
 * @param estimate seconds of the whole, and those to start and to end its runs
 */
export function startWords({ seconds, start_seconds }: { seconds: number | null; start_seconds: number }): string {
  if (seconds === null || start_seconds < 0.1 * seconds) return '';
  return `, ${formatDuration(start_seconds)} of it to start and to end`;
}

/**
 * A basis in words that follow a duration, and how far the duration may be off, in a sentence.
 * @param backend that it is for; undefined where that is told elsewhere
 */
export function basisWords(basis: EstimateBasis, backend?: string): { words: string; sureness: string } {
  const on = backend === undefined ? '' : `on ${backend}, `;
  switch (basis) {
    case 'measured':
      return { words: `${on}as measured here`, sureness: 'Measured here on work of this kind and size.' };
    case 'similar':
      return {
        words: `${on}roughly, from other work measured here`,
        sureness:
          'Nothing of this kind and size was measured here yet, only other networks or sizes: it may take several times more or less.',
      };
    case 'typical':
      return {
        words:
          backend === undefined || backend === defaultBackend
            ? 'on a typical 2-core machine'
            : `on a typical 2-core machine; ${backend} was not timed yet`,
        sureness: 'Nothing was measured here yet: this machine may be several times faster or slower.',
      };
  }
}
