/** Products of networks from what is kept of a point: the same as those of the whole graph, so that what earlier versions recorded is what is measured today. */
import { expect, it } from 'vitest';
import { differentiate, pulledBack } from '../../../../shared/graph/differentiate.ts';
import { divide } from '../../../../shared/graph/divide.ts';
import * as ops from '../../../../shared/graph/ops/index.ts';
import { greatestDifference } from '../../../../shared/graph/testing/numbers.ts';
import { plan } from '../../../../shared/graph/plan.ts';
import { sizeOf } from '../../../../shared/graph/tensor.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { usualLoss } from '../../../../shared/losses/index.ts';
import { cnn } from '../../../../shared/networks/cnn.ts';
import { lenet5 } from '../../../../shared/networks/lenet5.ts';
import { mlp } from '../../../../shared/networks/mlp.ts';
import { logitsOf } from '../../../../shared/networks/model.ts';
import type { Model } from '../../../../shared/networks/model.ts';
import { byRunningStatistics } from '../../../../shared/networks/norms.ts';
import { resnet } from '../../../../shared/networks/resnet.ts';
import { vgg11 } from '../../../../shared/networks/vgg11.ts';
import { generatorFrom } from '../../random/generator.ts';
import { pointInputs } from '../../walk/point.ts';
import { onnxCpu } from './onnx.ts';

const image = { channels: 2, height: 8, width: 16 };
const networks: [string, Model][] = [
  ['MLP', mlp({ features: 20, hidden: [16, 12], outputs: 10 })],
  ['MLP of GELUs', mlp({ features: 20, hidden: [16, 12], outputs: 10, activation: 'gelu' })],
  ['MLP with layer norm', mlp({ features: 20, hidden: [16, 12], outputs: 10, norm: { kind: 'layer' } })],
  ['MLP with batch norm', mlp({ features: 20, hidden: [16, 12], outputs: 10, batchNorm: true })],
  ['CNN', cnn({ image, outputs: 10, batchNorm: false, filters: [4, 6] })],
  ['CNN with batch norm', cnn({ image, outputs: 10, batchNorm: true, filters: [4, 6] })],
  ['CNN with group norm', cnn({ image, outputs: 10, norm: { kind: 'group', groups: 2 }, filters: [4, 6] })],
  ['LeNet-5 of sigmoids', lenet5({ image: { ...image, height: 12 }, outputs: 10, activation: 'sigmoid' })],
  ['VGG-11', vgg11({ image: { channels: 3, height: 32, width: 32 }, outputs: 10, batchNorm: false, thinner: 16 })],
  ['ResNet', resnet({ image, outputs: 10, depth: 8, stages: [4, 6, 8] })],
];

it.each(networks.flatMap(([name, model]) => [5, 18].map((count) => [name, count, model] as const)))(
  'the product of the %s over %i examples',
  async (network, count, model) => {
    const backend = onnxCpu(1);
    const tensors = pointInputs(model);
    const variables = model.parameters.map(({ name }) => tensors[name]!);
    const logits = logitsOf(model, ops.input('x', [count, model.features]), tensors, byRunningStatistics(tensors));
    const gradients = differentiate(
      ops.mean(usualLoss.toDifferentiateTwice(logits, ops.input('targets', [count], 'int'))),
      variables,
    );
    const directions = model.parameters.map(({ name, shape }) => ops.input(`along ${name}`, shape));
    const along = gradients.map((each, index) => ops.sum(ops.multiply(each, directions[index]!))).reduce(ops.add);
    const named = (of: readonly Tensor[]): Record<string, Tensor> =>
      Object.fromEntries(of.map((each, index) => [`${index}`, each]));
    // as the product was before it was pulled back
    const earlier = named(differentiate(along, variables));
    const products = named(
      pulledBack(
        gradients.map((output, index) => ({ output, upstream: directions[index]! })),
        variables,
      ),
    );
    const generator = generatorFrom([8, 7, 6, 5]);
    const feeds: Record<string, Float32Array | Int32Array> = {
      targets: Int32Array.from({ length: count }, (__, row) => row % 10),
    };
    for (const { name, shape } of plan(earlier).inputs.map(({ attributes }) => attributes))
      feeds[name] ??= Float32Array.from({ length: sizeOf(shape) }, () =>
        name.endsWith('running_var') ? 1 + generator.uniform() : generator.normal() / 4,
      );
    const divided = divide(products, new Set(model.parameters.map(({ name }) => `along ${name}`)));
    const between = new Set(Object.keys(divided.kept));
    const whole = await backend.compile(earlier);
    const before = await backend.compile(divided.kept, {}, between);
    const after = await backend.compile(divided.outputs, {}, between);
    const expected = await whole.run(feeds);
    const found = await after.run({ ...feeds, ...(await before.run(feeds)) });
    // sums over groups of channels are taken along other axes of memory where their values lie batch-last
    if (network === 'CNN with group norm')
      for (const [name, values] of Object.entries(expected))
        expect(greatestDifference(found[name]!, values), name).toBeLessThan(1e-6);
    else expect(found).toEqual(expected);
    expect(Math.max(...expected['0']!.map(Math.abs))).toBeGreaterThan(1e-6);
    for (const each of [whole, before, after]) await each.dispose();
  },
);
