/** What is done one after the other to compute a plan's outputs: operations, and images that are turned between them. */
import type * as tfjs from '@tensorflow/tfjs-core';
import { operations } from '../../../../shared/graph/ops/index.ts';
import type { ComputedOp } from '../../../../shared/graph/ops/index.ts';
import { constantOperation, isInput } from '../../../../shared/graph/ops/leaf.ts';
import type { ConstantAttributes } from '../../../../shared/graph/ops/leaf.ts';
import type { Plan } from '../../../../shared/graph/plan.ts';
import { sizeOf } from '../../../../shared/graph/tensor.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { lastShape, layouts, turns } from './layouts.ts';
import { translations } from './translations.ts';
import type { Tfjs, Translation } from './translations.ts';

/** A value of the graph as it lies in memory. */
export interface Value {
  readonly node: Tensor;
  /** Whether its axes are [examples, height, width, channels], see layouts.ts. */
  readonly channelsLast: boolean;
}

/** Makes one value of others. */
interface Step {
  readonly inputs: readonly Value[];
  readonly output: Value;
  /** Called inside a `tidy`, which frees what is made on the way. */
  compute(tf: Tfjs, inputs: readonly tfjs.Tensor[]): tfjs.Tensor;
}

/** Steps in order, the values that they start from (inputs and constants, as the graph says), and what is asked for. */
export interface Program {
  readonly leaves: readonly Value[];
  readonly steps: readonly Step[];
  /** By name; they lie as the graph says. */
  readonly outputs: Readonly<Record<string, Value>>;
}

/**
 * Translates a plan.
 * @throws Error when an operation is not in the table of operations.
 */
export function programOf(planned: Plan): Program {
  const [first, last] = [new Map<Tensor, Value>(), new Map<Tensor, Value>()];
  const leaves: Value[] = [];
  const steps: Step[] = [];
  const keep = (value: Value): Value => {
    (value.channelsLast ? last : first).set(value.node, value);
    return value;
  };

  /** A value in an order, turned where it stands in the other. */
  function inOrder(node: Tensor, channelsLast: boolean): Value {
    const there = (channelsLast ? last : first).get(node);
    if (there) return there;
    const output = keep({ node, channelsLast });
    steps.push({
      inputs: [(channelsLast ? first : last).get(node)!],
      output,
      compute: (tf, [image]) => turned(tf, image!, output),
    });
    return output;
  }

  for (const node of planned.nodes) {
    if (isInput(node) || node.operation === constantOperation) {
      leaves.push(keep({ node, channelsLast: false }));
      continue;
    }
    if (!Object.hasOwn(operations, node.operation.name))
      throw new Error(`operation "${node.operation.name}" is not in the table of operations`);
    const name = node.operation.name as ComputedOp;
    // a node's attributes are those of its operation, which a table by name cannot say
    const candidate = layouts[name];
    const layout = candidate?.applies(node as never, (each) => last.has(each)) ? candidate : null;
    const inputs = node.inputs.map((each, index) => inOrder(each, layout?.takes(index, each) ?? false));
    steps.push({
      inputs,
      output: keep({ node, channelsLast: layout?.result(node as never) ?? false }),
      compute: (tf, values) => translated(tf, node, values, layout !== null),
    });
  }
  const outputs = Object.entries(planned.outputs).map(([name, node]): [string, Value] => [name, inOrder(node, false)]);
  return { leaves, steps, outputs: Object.fromEntries(outputs) };
}

/** Computes some values of a program one operation at a time; what is needed no more is freed. */
export function computing(
  tf: Tfjs,
  { steps, outputs }: Program,
): (leaves: ReadonlyMap<Value, tfjs.Tensor>, wanted: readonly Value[]) => tfjs.Tensor[] {
  const kept = new Set(Object.values(outputs));
  const lastUse = new Map<Value, number>();
  steps.forEach(({ inputs, output }, step) => {
    for (const each of [output, ...inputs]) lastUse.set(each, step);
  });
  return (leaves, wanted) => {
    const values = new Map<Value, tfjs.Tensor>();
    try {
      steps.forEach((step, index) => {
        const inputs = step.inputs.map((each) => leaves.get(each) ?? values.get(each)!);
        values.set(
          step.output,
          tf.tidy(() => step.compute(tf, inputs)),
        );
        for (const each of new Set([step.output, ...step.inputs])) {
          if (lastUse.get(each) !== index || kept.has(each)) continue;
          values.get(each)?.dispose();
          values.delete(each);
        }
      });
    } catch (error) {
      for (const value of values.values()) value.dispose();
      throw error;
    }
    return wanted.map((value) => values.get(value)!);
  };
}

/** The value of a node of a known operation, computed from its inputs' values. @param channelsLast as a translation has it */
function translated(tf: Tfjs, node: Tensor, inputs: readonly tfjs.Tensor[], channelsLast = false): tfjs.Tensor {
  const translation = translations[node.operation.name as ComputedOp] as Translation<never>;
  return translation(tf, node as never, inputs, channelsLast);
}

/** An image in the other order; where there is one channel or one place only, its numbers lie as they did. */
function turned(tf: Tfjs, image: tfjs.Tensor, { node: { shape }, channelsLast }: Value): tfjs.Tensor {
  if (shape[1] === 1 || shape[2]! * shape[3]! === 1)
    return tf.reshape(image, channelsLast ? lastShape(shape) : [...shape]);
  return tf.transpose(image, [...(channelsLast ? turns.toLast : turns.toFirst)]);
}

/** The tensor of a constant, the caller's to dispose. */
export function constantOf(
  tf: Tfjs,
  { attributes: { values, shape, dtype } }: Tensor<ConstantAttributes>,
): tfjs.Tensor {
  const all = typeof values === 'number' ? new Array<number>(sizeOf(shape)).fill(values) : [...values];
  return tf.tensor(all, [...shape], dtype === 'int' ? 'int32' : 'float32');
}
