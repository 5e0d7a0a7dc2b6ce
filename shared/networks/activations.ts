/** Activations: the table from which every network that has one takes its setting. To add one: its operation, and its line here. */
import { z } from 'zod';
import { field } from '../fields.ts';
import { gelu, geluTanh, maxPool, relu, sigmoid, silu, tanh } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';

/** What an activation declares. */
interface Activation {
  /** Its name in words, PyTorch's. */
  title: string;
  /** What it adds to a network's short name. */
  short: string;
  /** Computes it, element by element. */
  apply: (x: Tensor) => Tensor;
  /** Whether it never falls, so that it and a max pool may change places. */
  monotone: boolean;
  /** Whether its slope jumps somewhere, which second derivatives leave out. */
  kinked: boolean;
  /**
   * Numbers that a training pass holds, beyond those that it holds with ReLU, for each that a layer yields: what an activation composed of
   * operations leaves on the way. Measured with the small CNN on `cpu`, its place before or after the pool counted in.
   */
  held: number;
}

/** In the order of the form. */
const activations = {
  relu: { title: 'ReLU', short: '', apply: relu, monotone: true, kinked: true, held: 0 },
  tanh: { title: 'Tanh', short: 'tanh', apply: tanh, monotone: true, kinked: false, held: 0 },
  gelu: { title: 'GELU', short: 'GELU', apply: gelu, monotone: false, kinked: false, held: 5.5 },
  'gelu-tanh': {
    title: 'GELU, tanh approximation',
    short: 'GELU-tanh',
    apply: geluTanh,
    monotone: false,
    kinked: false,
    held: 9,
  },
  silu: { title: 'SiLU', short: 'SiLU', apply: silu, monotone: false, kinked: false, held: 5 },
  sigmoid: { title: 'Sigmoid', short: 'sigmoid', apply: sigmoid, monotone: true, kinked: false, held: 0 },
} as const satisfies Record<string, Activation>;

/** The name of an activation, as experiments have it. */
export type ActivationName = keyof typeof activations;

/** Every name. */
export const activationNames = Object.keys(activations) as ActivationName[];

const listed = new Intl.ListFormat('en', { type: 'disjunction' }).format(activationNames);

/** The setting of every network that has hidden layers. */
export const activationSetting = field(
  {
    title: 'Activation',
    help: 'The nonlinearity after every hidden layer, as PyTorch computes it. The paper takes ReLU, which has a kink at 0; the others are smooth.',
    unit: null,
    group: 'what',
    control: 'choice',
    choices: Object.fromEntries(Object.entries(activations).map(([key, { title }]) => [key, title])),
  },
  z.enum(activationNames, { error: `must be ${listed}` }).default('relu'),
);

/** Whether an activation has kinks, so that Hessians of its networks are without them. */
export function isKinked(name: ActivationName): boolean {
  return activations[name].kinked;
}

/** Applies an activation, element by element. */
export function activate(name: ActivationName, x: Tensor): Tensor {
  return activations[name].apply(x);
}

/** The 2 × 2 max pool of an activation, [examples, channels, height, width] with even height and width. */
export function activateAndPool(name: ActivationName, x: Tensor): Tensor {
  const { apply, monotone } = activations[name];
  // of what never falls it is the activation of the pool, at a quarter of the work
  return monotone ? apply(maxPool(x)) : maxPool(apply(x));
}

/** What an activation adds to a network's short name; the setting may not be valid. */
export function activationShort(name: unknown): string {
  const short = Object.entries(activations).find(([key]) => key === name)?.[1].short;
  return short ? ` ${short}` : '';
}

/** Numbers that a training pass holds beyond those with ReLU, for each that a layer yields. */
export function heldBy(name: ActivationName): number {
  return activations[name].held;
}
