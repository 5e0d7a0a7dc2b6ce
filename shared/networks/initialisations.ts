/** Initialisations: the table from which every network takes how its weights and biases start. To add one: its line here. */
import { z } from 'zod';
import { field, range } from '../fields.ts';

/** What initial parameters are drawn from: uniform in [0, 1), and normal with mean 0 and variance 1. */
export interface RandomNumbers {
  uniform(): number;
  normal(): number;
}

/** Draws one element. */
export type Draw = (generator: RandomNumbers) => number;

/** A layer as initialisations see it. */
export interface Fans {
  /** Numbers that one of its outputs is made of: inputs of a linear layer, channels · k · k of a convolution. */
  fanIn: number;
  /** Outputs of a linear layer, filters · k · k of a convolution. */
  fanOut: number;
  /** Whether it is a convolution. */
  convolves: boolean;
}

/** How an initialisation draws. */
interface Initialisation {
  /** Its name in words. */
  title: string;
  weight: (fans: Fans) => Draw;
  bias: (fans: Fans) => Draw;
}

const uniform =
  (bound: number): Draw =>
  (generator) =>
    bound * (2 * generator.uniform() - 1);
const normal =
  (deviation: number): Draw =>
  (generator) =>
    deviation * generator.normal();
const zero = (): Draw => () => 0;

/** U(−1/√fan_in, 1/√fan_in). */
const byFanIn = ({ fanIn }: Fans): Draw => uniform(1 / Math.sqrt(fanIn));

/** In the order of the form. Formulas of Kaiming and Xavier are those of `torch.nn.init`, with a gain of √2 (`nonlinearity='relu'`) and of 1. */
const initialisations = {
  paper: {
    title: 'The paper’s',
    weight: (fans) => (fans.convolves ? normal(Math.sqrt(2 / fans.fanOut)) : byFanIn(fans)),
    bias: (fans) => (fans.convolves ? () => 0 : byFanIn(fans)),
  },
  pytorch: { title: 'PyTorch’s default', weight: byFanIn, bias: byFanIn },
  'kaiming-normal': { title: 'Kaiming normal', weight: ({ fanIn }) => normal(Math.sqrt(2 / fanIn)), bias: zero },
  'kaiming-uniform': { title: 'Kaiming uniform', weight: ({ fanIn }) => uniform(Math.sqrt(6 / fanIn)), bias: zero },
  'xavier-normal': {
    title: 'Xavier normal',
    weight: ({ fanIn, fanOut }) => normal(Math.sqrt(2 / (fanIn + fanOut))),
    bias: zero,
  },
  'xavier-uniform': {
    title: 'Xavier uniform',
    weight: ({ fanIn, fanOut }) => uniform(Math.sqrt(6 / (fanIn + fanOut))),
    bias: zero,
  },
} as const satisfies Record<string, Initialisation>;

/** The name of an initialisation, as experiments have it. */
export type InitialisationName = keyof typeof initialisations;

/** Every name. */
export const initialisationNames = Object.keys(initialisations) as InitialisationName[];

const listed = new Intl.ListFormat('en', { type: 'disjunction' }).format(initialisationNames);
const allowed = range('at least 0', 'at most 1,000');

/** The settings of every network that say how it starts. */
export const initialisationSettings = {
  initialisation: field(
    {
      title: 'Initialisation',
      help: 'How weights and biases are drawn: as the paper does (linear layers as PyTorch, convolutions N(0, √(2 / (k·k·out)))), as PyTorch does where nothing is told (U(±1/√fan in)), or as torch.nn.init names them, of fan in for Kaiming, with biases 0.',
      unit: null,
      group: 'what',
      control: 'choice',
      advanced: true,
      choices: Object.fromEntries(Object.entries(initialisations).map(([key, { title }]) => [key, title])),
    },
    z.enum(initialisationNames, { error: `must be ${listed}` }).default('paper'),
  ),
  initialScale: field(
    {
      title: 'Initial scale',
      help: 'Factor of all initial weights and biases of linear layers and convolutions; norms start as they do.',
      unit: null,
      group: 'what',
      control: 'number',
      advanced: true,
    },
    z.number({ error: 'must be a number' }).min(0, allowed).max(1000, allowed).default(1),
  ),
} as const;

/** How a network starts; the paper's way where it is not told. */
export interface Starting {
  initialisation?: InitialisationName;
  /** Factor of all drawn weights and biases. */
  initialScale?: number;
}

/** The draws of a layer's weight and bias. */
export function drawsOf(
  fans: Fans,
  { initialisation = 'paper', initialScale = 1 }: Starting,
): { weight: Draw; bias: Draw } {
  const { weight, bias } = initialisations[initialisation];
  const scaled =
    (draw: Draw): Draw =>
    (generator) =>
      initialScale * draw(generator);
  return { weight: scaled(weight(fans)), bias: scaled(bias(fans)) };
}
