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
   * Numbers that a training pass and a Hessian-vector product hold, beyond those that they hold with ReLU, for each that a layer yields: what
   * an activation composed of operations leaves on the way. Measured with the small CNN on `cpu`, its place before or after the pool counted in.
   */
  held: { training: number; product: number };
  /**
   * What each number that it makes of images costs beyond a ReLU's, in an evaluation and in a gradient, told in multiply-adds that take as long.
   * Measured with the small CNN on `cpu` by bench/choices.ts; what is less than a tenth of a network's time counts as nothing.
   */
  work: { evaluate: number; update: number };
}

/** What an activation holds that is one operation. */
const none = { training: 0, product: 0 };
/** What takes as long as a ReLU. */
const free = { evaluate: 0, update: 0 };

/** In the order of the form. */
const activations = {
  relu: { title: 'ReLU', short: '', apply: relu, monotone: true, kinked: true, held: none, work: free },
  tanh: { title: 'Tanh', short: 'tanh', apply: tanh, monotone: true, kinked: false, held: none, work: free },
  gelu: {
    title: 'GELU',
    short: 'GELU',
    apply: gelu,
    monotone: false,
    kinked: false,
    held: { training: 5.5, product: 13.5 },
    work: { evaluate: 140, update: 430 },
  },
  'gelu-tanh': {
    title: 'GELU, tanh approximation',
    short: 'GELU-tanh',
    apply: geluTanh,
    monotone: false,
    kinked: false,
    held: { training: 9, product: 19 },
    work: { evaluate: 180, update: 620 },
  },
  silu: {
    title: 'SiLU',
    short: 'SiLU',
    apply: silu,
    monotone: false,
    kinked: false,
    held: { training: 5, product: 13 },
    work: { evaluate: 32, update: 270 },
  },
  sigmoid: {
    title: 'Sigmoid',
    short: 'sigmoid',
    apply: sigmoid,
    monotone: true,
    kinked: false,
    held: none,
    work: free,
  },
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

/** Numbers that a training pass and a Hessian-vector product hold beyond those with ReLU, for each that a layer yields. */
export function heldBy(name: ActivationName): { training: number; product: number } {
  return activations[name].held;
}

/** Multiply-adds that each number that an activation makes of images costs beyond a ReLU's, in an evaluation and in a gradient. */
export function activationWork(name: ActivationName): { evaluate: number; update: number } {
  return activations[name].work;
}
