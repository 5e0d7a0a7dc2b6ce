/** Every way to clip gradients: what each declares, joined. To add one: its file, and its line in the list. */
import { z } from 'zod';
import { casesOf, noSuchCase } from '../cases.ts';
import type { Clip, ClippingDefinition } from './define.ts';
import { none } from './none.ts';
import { norm } from './norm.ts';
import { value } from './value.ts';

/** The ways in the order of the form. */
const ways = [none, norm, value] as const;

const settings = z.discriminatedUnion(
  'kind',
  casesOf(ways, {
    title: 'Gradient clipping',
    help: 'Makes long batch gradients shorter before the update; what is recorded as gradient norm and cosine is the gradient before it.',
    advanced: true,
  }),
  noSuchCase(ways),
);

/** How gradients are clipped. */
export const clipping = settings.prefault({ kind: 'none' });

/** The settings of a way to clip. */
export type ClippingSettings = z.output<typeof settings>;

// a definition takes the settings of its own kind, which a list cannot say
type AnyDefinition = ClippingDefinition<string, z.ZodRawShape>;

function definitionOf({ kind }: ClippingSettings): AnyDefinition {
  return (ways as readonly unknown[] as readonly AnyDefinition[]).find(({ key }) => key === kind)!;
}

/** What clipping does to a gradient, by its norm ‖g‖₂; null where gradients are not clipped. */
export function clipOf(settings: ClippingSettings): ((norm: number) => Clip) | null {
  const { clip } = definitionOf(settings);
  return clip && ((norm) => clip(settings, norm));
}

/** Clipping in words, within a sentence; null where gradients are not clipped. */
export function clippingWords(settings: ClippingSettings): string | null {
  const { clip, title } = definitionOf(settings);
  return clip && `gradients clipped ${title.toLowerCase()}`;
}

/** Multiply-adds that clipping takes for each parameter; 0 where gradients are not clipped. */
export function clippingWork(settings: ClippingSettings): number {
  return definitionOf(settings).work;
}

/** Whether gradients are clipped. */
export function clips(settings: ClippingSettings): boolean {
  return definitionOf(settings).clip !== null;
}
