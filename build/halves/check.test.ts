import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { seconds } from '../machine.ts';
import { checkTypes, findingText } from './check.ts';
import type { Half } from './check.ts';
import { withoutHalf } from './cut.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const half = (property: string, names: string[]): Half => ({
  thing: 'operation sigmoid',
  half: property,
  file: 'shared/graph/ops/sigmoid.ts',
  cuts: [{ of: 'sigmoidOperation', property }],
  names,
});

it('a half that is needed is noticed; one that is not, or is not named, is reported', { timeout: seconds(120) }, () => {
  const halves = [half('gradient', ["'gradient'"]), half('elementWise', ["'elementWise'"]), half('infer', ["'shape'"])];
  const findings = checkTypes(root, halves);
  expect(findings.map(({ message }) => message !== null)).toEqual([true, false, false]);
  const [noticed, idle, unnamed] = findings.map(findingText);
  expect(noticed).toMatch(/^noticed .*gradient of sigmoidOperation[^]*Property 'gradient' is missing/);
  expect(idle).toMatch(/^FORGOTTEN operation sigmoid, elementWise .*[^]*nothing is said/);
  expect(unnamed).toMatch(/^FORGOTTEN .*[^]*no message holds 'shape'; said is only: .*Property 'infer' is missing/);
});

it('a half that is not there, or code that does not pass with it, is an error', { timeout: seconds(120) }, () => {
  expect(() => checkTypes(root, [half('slope', [])])).toThrow(
    'shared/graph/ops/sigmoid.ts has no slope of sigmoidOperation; correct build/halves/table.ts',
  );
  expect(() => checkTypes(root, [{ ...half('gradient', []), file: 'shared/no.ts' }])).toThrow(
    'there is no shared/no.ts',
  );
});

it('cuts what is named and nothing else', () => {
  const text = [
    "import { a } from './a.ts';",
    "import { b } from './b.ts';",
    "export * from './b.ts';",
    'const table = { one: a, /** Two. */ two: { three: b }, three() { return 3; } } as const;',
    'const list = [a, b] as const;',
    'function pick(kind: string) {',
    '  switch (kind) {',
    "    case 'a':",
    '      return a;',
    "    case 'b':",
    '      return b;',
    '  }',
    '}',
  ].join('\n');
  const without = (...cuts: Parameters<typeof withoutHalf>[2]): string => withoutHalf('x.ts', text, cuts);
  expect(without({ of: 'table', property: 'two' })).toContain('{ one: a, three() { return 3; } }');
  expect(without({ of: 'table', property: 'three' })).toContain('/** Two. */ two: { three: b }, } as const');
  expect(without({ of: 'list', element: 'a' }, { from: './a.ts' })).toMatch(
    /^\nimport { b }[^]*const list = \[ b\] as/,
  );
  expect(without({ from: './b.ts' })).toMatch(/^import { a } from '.\/a.ts';\nconst table/);
  expect(without({ of: 'pick', case: 'a' })).toContain("switch (kind) {\n    case 'b'");
  expect(() => without({ of: 'pick', case: 'c' })).toThrow("x.ts has no case 'c' of pick");
});
