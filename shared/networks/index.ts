/** Every network: what each declares, joined. To add one: its file, and its line in the list. */
import { z } from 'zod';
import type { Problem } from '../errors.ts';
import { field, toldAs } from '../fields.ts';
import { cnnNetwork } from './cnn.ts';
import { costOf } from './cost.ts';
import type { NetworkCost } from './cost.ts';
import { outputsOf } from './define.ts';
import type { DataShape, NetworkDefinition } from './define.ts';
import { lenet5Network } from './lenet5.ts';
import { mlpNetwork } from './mlp.ts';
import type { Model } from './model.ts';
import { normProblem } from './norm-settings.ts';
import { resnetNetwork } from './resnet.ts';
import { vgg11Network } from './vgg11.ts';

export { outputsOf } from './define.ts';
export type { DataShape } from './define.ts';

/** The networks in the order of the form. */
const networks = [mlpNetwork, cnnNetwork, lenet5Network, vgg11Network, resnetNetwork] as const;

/** Every architecture by its key, with its name in words. */
export const architectures = Object.fromEntries(networks.map(({ key, title }) => [key, title]));

type SchemaOf<D> = D extends { key: infer K extends string; settings: infer S extends z.ZodRawShape }
  ? z.ZodObject<{ architecture: z.ZodLiteral<K> } & S, z.core.$strict>
  : never;
type Networks = typeof networks;
type Schemas = [SchemaOf<Networks[0]>, ...{ [I in keyof Networks]: SchemaOf<Networks[I]> }[number][]];

const schemas = networks.map(({ key, settings }) =>
  z.strictObject({
    architecture: field(
      {
        title: 'Architecture',
        help: 'The network: linear layers, or convolutions for images that divide by its pooling.',
        unit: null,
        group: 'what',
        control: 'choice',
        choices: architectures,
      },
      z.literal(key),
    ),
    ...settings,
  }),
) as unknown as Schemas;

const settings = z.discriminatedUnion('architecture', schemas, {
  error: `must be one of ${Object.keys(architectures).join(', ')}`,
});

/** A network; one that does not tell its architecture is an MLP. */
export const model = z.preprocess((value) => toldAs(value, 'architecture', 'mlp'), settings);

/** The settings of a network. */
export type NetworkSettings = z.output<typeof settings>;

// a definition takes the settings of its own architecture, which a list cannot say
type AnyDefinition = NetworkDefinition<string, z.ZodRawShape>;
function definitionOf(architecture: unknown): AnyDefinition | undefined {
  return (networks as readonly unknown[] as readonly AnyDefinition[]).find(({ key }) => key === architecture);
}

/** Makes the network that an experiment asks for, for images that it takes, see {@link imageProblem}. */
export function modelFor(settings: NetworkSettings, shape: DataShape): Model {
  return definitionOf(settings.architecture)!.build(settings, { ...shape, outputs: outputsOf(shape) });
}

/** Why a network cannot take images of this size, in words that follow the name of a setting; null when it can. */
export function imageProblem({ architecture }: NetworkSettings, { height, width }: DataShape): string | null {
  const rule = definitionOf(architecture)!.takes;
  if (rule === null) return null;
  const { multiplesOf, atLeast = multiplesOf, because } = rule;
  if ([height, width].every((side) => side % multiplesOf === 0 && side >= atLeast)) return null;
  const least = atLeast > multiplesOf ? ` and at least ${atLeast}` : '';
  return `needs images whose height and width are multiples of ${multiplesOf}${least} (${because}), and these are ${height} × ${width}; choose another architecture or data set`;
}

/** What is wrong with a network's settings beside each other, with the path of the setting in `model`; null where nothing is. */
export function networkProblem(settings: NetworkSettings): Problem | null {
  return 'norm' in settings ? normProblem(settings, definitionOf(settings.architecture)!.normed(settings)) : null;
}

/** A network in short: `MLP 500-350`, `VGG-11 BN`, `ResNet-56`; the settings may not be valid. */
export function shortName(settings: unknown): string {
  const { architecture, ...rest } = Object(settings) as Record<string, unknown>;
  return definitionOf(architecture)?.short(rest) ?? (typeof architecture === 'string' ? architecture : '');
}

/** Whether a network normalises batches; the settings may not be valid yet. */
export function hasBatchNorm(settings: unknown): boolean {
  const { architecture, ...rest } = Object(settings) as Record<string, unknown>;
  return definitionOf(architecture)?.normalises(rest) ?? false;
}

/** Costs that were asked for last, by settings and shape: a form asks for the same at every key press. */
const costs = new Map<string, NetworkCost>();
const mostCosts = 50;

/** What a network takes for an example, see {@link NetworkCost}. */
export function networkCost(settings: NetworkSettings, shape: DataShape): NetworkCost {
  const { height, width, channels } = shape;
  const key = JSON.stringify([settings, height, width, channels, outputsOf(shape)]);
  const known = costs.get(key);
  if (known) return known;
  const cost = costOf(modelFor(settings, shape));
  if (costs.size >= mostCosts) costs.clear();
  costs.set(key, cost);
  return cost;
}
