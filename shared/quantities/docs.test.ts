import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { columnsOf, indices, quantities, quantitySources } from './index.ts';
import type { Quantity, RecordKind } from './index.ts';

const docs = (page: string): string => new URL(`../../docs/${page}.md`, import.meta.url).pathname;

/** The files that hold each kind of record, with what one is. */
const files: Readonly<Record<RecordKind, { file: string; what: string }>> = {
  iteration: { file: 'iterations.csv', what: 'One iteration _t_, the update from θ_t to θ_{t+1}.' },
  slice: {
    file: 'slices.csv',
    what: 'One point of the slice of a probed iteration. The file has `batch_loss` only where it was asked for (`probes.interpolation.onBatch`).',
  },
  epoch: { file: 'epochs.csv', what: 'One epoch, measured at its last parameters; epoch 0 is the initialisation.' },
  curvature: {
    file: 'curvature.csv',
    what: 'One eigenvalue of the Hessian of L at θ_t, measured before update _t_: `rank` 1 is the largest by sign, 2 the next, −1 the smallest; `epoch` is t / iterations per epoch.',
  },
  time: { file: 'times.csv', what: 'The pace of the walk, every tenth of a second or so.' },
};

/** Stars and underscores as they are; bars would end a cell. */
const plain = (text: string): string => text.replace(/[*_|]/g, '\\$&');

const values = { number: 'number', count: 'whole number', flag: '1 for yes, 0 for no' } as const;

function row(one: Quantity): string {
  const drawn = one.kind === 'flag' ? null : one;
  const { least = null, most = null } = drawn?.limits ?? {};
  const range = least === null ? '' : most === null ? `, from ${least}` : `, ${least} to ${most}`;
  const cells = [
    drawn && 'derived' in drawn ? `${one.key}, in charts only` : `\`${one.key}\``,
    one.symbol === '' ? plain(one.title) : `${plain(one.title)}, ${plain(one.symbol)}`,
    plain(one.formula),
    `${values[one.kind]}${drawn?.unit ? ` in ${drawn.unit}` : ''}${range}${one.nullable ? ', or empty' : ''}`.replace(
      '-1',
      '−1',
    ),
    plain(one.reading),
    one.source,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** docs/quantities.md, drawn from the declarations. */
async function quantityDocs(): Promise<string> {
  const sections = (Object.keys(quantities) as RecordKind[]).map((record) => {
    const { file, what } = files[record];
    const placed = indices[record].map((key) => `\`${key}\``).join(', ');
    const head =
      '| column | quantity | definition | values | reading | source |\n| --- | --- | --- | --- | --- | --- |';
    return `## ${file}\n\n${what} Its place: ${placed}. The columns in their order: ${columnsOf(record).join(', ')}.\n\n${head}\n${quantities[record].map(row).join('\n')}`;
  });
  const sources = Object.entries(quantitySources).map(([key, words]) => `_${key}_: ${words}`);
  const text = [
    '# Every quantity',
    'What each column of the CSV files, the JSON lines of `valleywalk run --json` and the charts holds. How it is measured, and the notation: ' +
      '[definitions.md](definitions.md). An empty cell is _not measured here_ or, of a loss, _not a finite number_; an empty answer of yes or no ' +
      'beside a `loss_resolution` is _below what this evaluation resolves_.',
    ...sections,
    `Sources: ${sources.join('; ')}.`,
    'This page is drawn from the declarations (shared/quantities/) and tested against them: after a change, ' +
      '`npm run test:units -- shared/quantities/docs.test.ts -u` writes it anew.',
  ].join('\n\n');
  return format(text, { ...(await resolveConfig(docs('x'))), parser: 'markdown' });
}

test('docs/quantities.md says what every column is', async () => {
  await expect(await quantityDocs()).toMatchFileSnapshot(docs('quantities'));
});

test('docs/definitions.md names columns that there are', async () => {
  const columns = new Set((Object.keys(quantities) as RecordKind[]).flatMap((record) => columnsOf(record) as string[]));
  const rows = (await readFile(docs('definitions'), 'utf8')).split('\n').filter((line) => line.startsWith('|'));
  const head = rows.findIndex((line) => /\| column +\|/.test(line));
  expect(head).toBeGreaterThanOrEqual(0);
  let isTable = false;
  const named: string[] = [];
  for (const line of rows) {
    const last = line.split('|').at(-2)!.trim();
    if (/^(column|-+)$/.test(last)) isTable = last === 'column' || isTable;
    else if (isTable) named.push(...[...last.matchAll(/`([a-z_]+)`/g)].map(([, key]) => key!));
  }
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((key) => !columns.has(key))).toEqual([]);
});
