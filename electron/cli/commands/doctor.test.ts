import { expect, it } from 'vitest';
import type { WorkbenchInfo } from '../../../shared/workbench-info.ts';
import { infoText } from './doctor.ts';

const info: WorkbenchInfo = {
  version: '1.2.3',
  store: '/a/store',
  read_only: false,
  free_bytes: 2.5e9,
  runtime: 'Node 24',
  platform: 'linux x64',
  cores: 2,
  backend: 'cpu',
  backends: [
    { name: 'cpu', title: 'Processor', available: true, device: '2 threads', versions: { ort: '1' }, reason: null },
    { name: 'cuda', title: 'NVIDIA', available: false, device: null, versions: {}, reason: 'there is no driver' },
  ],
  setups: [],
  speeds: [],
};

it('doctor says what can compute, why the rest cannot, and how to measure', () => {
  const text = infoText(info);
  expect(text).toContain('Backend cpu: available, used when a run names none. Processor, 2 threads, ort 1');
  expect(text).toContain('Backend cuda: not available. NVIDIA: there is no driver');
  expect(text).toContain('Not measured yet: valleywalk doctor --measure');
});

it('doctor tells fast and slow speeds in plain numbers', () => {
  const speed = { backend: 'cpu', device: '2 threads', measured_at: '2026-11-22T10:00:00Z', evaluated_examples: 2000 };
  const text = infoText({
    ...info,
    speeds: [
      { ...speed, network: 'mlp', update_ms: 4.9444, examples_per_second: 145_856.4 },
      { ...speed, network: 'cnn', update_ms: 30_891.2, examples_per_second: 0.4321 },
    ],
  });
  expect(text).toContain('4.944 ms an update of 100 examples, 145,900 examples a second evaluated (2026-11-22)');
  expect(text).toContain('30,890 ms an update of 100 examples, 0.4321 examples a second evaluated');
});
