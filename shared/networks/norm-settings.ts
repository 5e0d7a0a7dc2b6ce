/** The settings of norms that several networks have, what is wrong with them, and what they make of a network: batch norm, or a norm of each example alone. */
import { z } from 'zod';
import { casesOf, noSuchCase } from '../cases.ts';
import type { Problem } from '../errors.ts';
import { field, integer } from '../fields.ts';
import { groupNorm } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { NormedLayer } from './define.ts';
import { affineLayer, batchNormLayer } from './layers.ts';
import type { Layer } from './layers.ts';
import type { Normalise, TensorsByName } from './model.ts';

const exampleNorms = [
  { key: 'none', title: 'None', settings: {} },
  { key: 'layer', title: 'Layer norm', settings: {} },
  {
    key: 'group',
    title: 'Group norm',
    settings: {
      groups: field(
        {
          title: 'Groups',
          help: 'Groups that the channels of every normalised layer (of an MLP its units) are divided into; the number must divide all of them.',
          unit: 'groups',
          group: 'what',
          control: 'integer',
        },
        integer(1, 8192).default(2),
      ),
    },
  },
] as const;

const exampleNorm = z.discriminatedUnion(
  'kind',
  casesOf(exampleNorms, {
    title: 'Layer or group norm',
    help: 'Normalises every hidden layer of each example by itself, in evaluation as in training: over all of its channels and places (layer norm), or over groups of channels (group norm). In place of batch norm.',
    group: 'what',
  }),
  noSuchCase(exampleNorms),
);

/** The settings of a network whose hidden layers may be normalised. @param usual whether batch norm is there unless told otherwise */
export function normSettings(usual: boolean) {
  const batchNorm = field(
    {
      title: 'Batch norm',
      help: 'Normalises every hidden layer by the statistics of its batch while training; the paper does.',
      unit: null,
      group: 'what',
      control: 'switch',
    },
    z.boolean({ error: 'must be true or false' }).default(usual),
  );
  return { batchNorm, norm: exampleNorm.prefault({ kind: 'none' }) };
}

/** What a network's settings say about norms; none where nothing is told. */
export interface NormChoice {
  batchNorm?: boolean;
  norm?: z.output<typeof exampleNorm>;
}

/** The norms of a network. */
export interface Norms {
  /** Whether there are any. */
  readonly present: boolean;
  /** The tensors of the norm of this name behind a layer of so many channels, in a list; none where there are no norms. */
  layers(name: string, channels: number): Layer[];
  /** Normalises at the norm of this name; the same where there are no norms. @param normalise what batch norm does */
  apply(x: Tensor, name: string, tensors: TensorsByName, normalise: Normalise): Tensor;
}

/** The norms that settings ask for; of those that {@link normProblem} refuses, batch norm. */
export function normsOf({ batchNorm = false, norm = { kind: 'none' } }: NormChoice): Norms {
  if (batchNorm)
    return {
      present: true,
      layers: (name, channels) => [batchNormLayer(name, channels)],
      apply: (x, name, _, normalise) => normalise(x, name),
    };
  if (norm.kind === 'none') return { present: false, layers: () => [], apply: (x) => x };
  const groups = norm.kind === 'layer' ? 1 : norm.groups;
  return {
    present: true,
    layers: (name, channels) => [affineLayer(name, channels)],
    apply: (x, name, tensors) => groupNorm(x, tensors[`${name}.weight`]!, tensors[`${name}.bias`]!, groups),
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** What is wrong with settings of norms, with the path of the setting in `model`; null where nothing is. @param layers that are normalised */
export function normProblem({ batchNorm, norm }: NormChoice, layers: readonly NormedLayer[]): Problem | null {
  if (!norm || norm.kind === 'none') return null;
  const is = norm.kind === 'layer' ? 'layer norm' : 'group norm';
  if (batchNorm)
    return {
      path: 'norm.kind',
      message: `is ${is}, and model.batchNorm is true: a layer has one norm; set model.batchNorm to false, or model.norm.kind to "none"`,
    };
  const groups = norm.kind === 'layer' ? 1 : norm.groups;
  const path = norm.kind === 'layer' ? 'norm.kind' : 'norm.groups';
  const odd = layers.find(({ channels }) => channels % groups !== 0);
  if (odd) {
    const common = layers.reduce((sofar, { channels }) => greatestCommonDivisor(sofar, channels), 0);
    return {
      path,
      message: `must divide the channels of every normalised layer, and ${odd.channels} is no multiple of ${groups}; choose ${common === 1 ? '1, which is layer norm' : `a divisor of ${common}`}, or other widths`,
    };
  }
  const alone = layers.find(({ channels, single }) => single && channels === groups);
  return alone
    ? {
        path,
        message: `leaves ${is} one number a group in the layer of ${alone.channels} ${alone.channels === 1 ? 'unit' : 'units'}, and one number has no variance; choose ${groups === 1 ? 'wider layers' : 'fewer groups'}, or "none"`,
      }
    : null;
}

/** What norms add to a network's short name: ` BN`, ` LN`, ` GN8`; the settings may not be valid. */
export function normShort({ batchNorm, norm }: { batchNorm?: unknown; norm?: unknown }): string {
  if (batchNorm === true) return ' BN';
  const { kind, groups } = Object(norm) as { kind?: unknown; groups?: unknown };
  if (kind === 'layer') return ' LN';
  return kind === 'group' ? ` GN${typeof groups === 'number' ? groups : ''}` : '';
}
