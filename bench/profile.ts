/**
 * `node bench/profile.ts NETWORK [ROUNDS] [update|evaluate]`: where the time of an update goes, or of an evaluation of 100 examples with the point built in, by
 * the runtime's own profiler: milliseconds a round by operator, and by operator and shapes the most expensive. Networks as in bench/against-pytorch/networks.ts.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { emit } from '../electron/trainer/backends/onnx/emit.ts';
import { processorOptions } from '../electron/trainer/backends/onnx/onnx.ts';
import { processorAdaptation } from '../electron/trainer/backends/onnx/processor.ts';
import { plan } from '../shared/graph/plan.ts';
import { batchGradient } from '../electron/trainer/walk/gradient.ts';
import { feedsOf, pointInputs } from '../electron/trainer/walk/point.ts';
import { input } from '../shared/graph/ops/index.ts';
import { usualLoss } from '../shared/losses/index.ts';
import { logitsOf } from '../shared/networks/model.ts';
import { byRunningStatistics } from '../shared/networks/norms.ts';
import { networks, subjectOf } from './against-pytorch/networks.ts';
import type { NetworkName } from './against-pytorch/networks.ts';

const [name = 'resnet56', rounds = '5', work = 'update'] = process.argv.slice(2);
if (!(name in networks)) throw new Error(`there is no network ${name}; there are ${Object.keys(networks).join(', ')}`);
const batch = 100;
const subject = subjectOf(name as NetworkName, batch);
const { model, point, examples } = subject;
const isUpdate = work === 'update';
const tensors = pointInputs(model);
const evaluated = logitsOf(model, input('x', [batch, model.features]), tensors, byRunningStatistics(tensors));
const weights = feedsOf(point, model);
const whole = plan(isUpdate ? batchGradient(model, usualLoss, batch) : { logits: evaluated });
const planned = isUpdate
  ? whole
  : { ...whole, inputs: whole.inputs.filter(({ attributes }) => attributes.name === 'x') };
const folder = mkdtempSync(join(tmpdir(), 'valleywalk-profile-'));
const session = await ort.InferenceSession.create(
  emit(planned, isUpdate ? {} : weights, processorAdaptation(planned)),
  {
    ...processorOptions(2),
    enableProfiling: true,
    profileFilePrefix: join(folder, 'profile'),
  },
);
const feeds: Record<string, ort.Tensor> = {
  x: new ort.Tensor('float32', examples.images, [batch, model.features]),
};
if (isUpdate) feeds['targets'] = new ort.Tensor('int32', Int32Array.from(examples.targets), [batch]);
const shapes = new Map([...model.parameters, ...model.statistics].map((each) => [each.name, each.shape]));
for (const [each, values] of Object.entries(weights))
  if (planned.inputs.some(({ attributes }) => attributes.name === each))
    feeds[each] = new ort.Tensor('float32', values, shapes.get(each));
const count = Number(rounds);
const times: number[] = [];
for (let run = -1; run < count; run++) {
  const start = performance.now();
  await session.run(feeds);
  if (run >= 0) times.push(performance.now() - start);
}
session.endProfiling();

interface Event {
  cat: string;
  name: string;
  dur: number;
  args?: { op_name?: string; input_type_shape?: Record<string, number[]>[] };
}
const [file] = readdirSync(folder);
const events = JSON.parse(readFileSync(join(folder, file!), 'utf8')) as Event[];
const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
const total = new Map<string, { calls: number; time: number }>();
const bySignature = new Map<string, { calls: number; time: number }>();
const addTo = (sums: typeof total, key: string, time: number): void => {
  const sum = sums.get(key) ?? { calls: 0, time: 0 };
  sums.set(key, { calls: sum.calls + 1, time: sum.time + time });
};
// the first run is not counted
for (const { args, dur } of kernels.slice(kernels.length / (count + 1))) {
  const operator = args?.op_name ?? '?';
  const inputs = (args?.input_type_shape ?? []).map((each) => `[${Object.values(each).join()}]`).join(' ');
  addTo(total, operator, dur);
  addTo(bySignature, `${operator} ${inputs}`, dur);
}
const print = (sums: typeof total, most: number): void => {
  for (const [key, { calls, time }] of [...sums].sort((a, b) => b[1].time - a[1].time).slice(0, most))
    console.log(`${(time / 1000 / count).toFixed(2).padStart(9)} ms  ${String(calls / count).padStart(5)} ×  ${key}`);
};
times.sort((a, b) => a - b);
console.log(`${name}: least ${times[0]!.toFixed(1)} ms, median ${times[times.length >> 1]!.toFixed(1)} ms a round`);
print(total, 20);
console.log();
print(bySignature, 40);
subject.dispose();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
