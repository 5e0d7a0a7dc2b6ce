/**
 * The walk does what it did before it was built anew: the same records, files and checkpoints in the same order, to the last bit.
 * Where this fails the default walk computes or counts something else than it did. The files are never written anew: what is new is a
 * setting that is off by default.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import { allTranscripts } from '../testing/transcripts.ts';
import { decodeState, encodeState } from './state.ts';

const stored = (name: string): Buffer => readFileSync(new URL(`../testing/transcripts/${name}`, import.meta.url));

const recordKinds = ['iteration', 'epoch', 'slice', 'curvature'];

/** Told records without the quantities that the known ones have not: what is measured since then changes nothing else. */
function withoutLater(line: string, known: string): string {
  const [what, knownWhat] = [line, known].map((one) => one.slice(0, one.indexOf(' ')));
  if (what !== knownWhat || !recordKinds.includes(what!)) return line;
  const [told, had] = [line, known].map((one) => JSON.parse(one.slice(what!.length)) as unknown);
  return `${what} ${JSON.stringify(reduced(told, had))}`;
}

/** A record, or some in a list, with the keys of another one alone. */
function reduced(told: unknown, had: unknown): unknown {
  if (Array.isArray(told) && Array.isArray(had)) return told.map((one, index) => reduced(one, had[index] ?? {}));
  return Object.fromEntries(Object.entries(told as object).filter(([key]) => key in (had as object)));
}

it(
  'tells, keeps and remembers what it did, and reads and writes the checkpoints of version 1 byte for byte',
  async () => {
    const known = JSON.parse(gunzipSync(stored('walks.json.gz')).toString()) as Record<string, string[]>;
    const { transcripts, checkpoint } = await allTranscripts();
    expect(Object.keys(transcripts)).toEqual(Object.keys(known));
    for (const [name, lines] of Object.entries(known))
      expect(
        transcripts[name]!.map((line, index) => withoutLater(line, lines[index] ?? '')),
        name,
      ).toEqual(lines);
    const old = stored('checkpoint-version-1.safetensors');
    expect(Buffer.from(checkpoint).equals(old)).toBe(true);
    const sizes = { parameters: 135, statistics: 12 };
    const state = decodeState(old, sizes);
    expect(state.scalars).toMatchObject({ done: 4, epoch: 1, kept: 3, pathLength: 0.37976403410686566 });
    expect(decodeState(encodeState(state), sizes)).toEqual(state);
  },
  seconds(30),
);
