import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { analysisKinds } from '../analyses/index.ts';
import { charted } from '../quantities/index.ts';
import { chartFacts } from './facts.ts';
import type { ChartFacts } from './facts.ts';
import { againstTitles } from './drawing/comparison-curves.ts';
import { chartsInMenu, optionFields } from './menu.ts';
import { chartSpecSchema } from './request.ts';
import type { ChartSpec } from './request.ts';

const docs = (page: string): string => new URL(`../../docs/${page}.md`, import.meta.url).pathname;

/** Stars, bars and underscores as they are; names of pages as links. */
const plain = (text: string): string =>
  text.replace(/[*_|]/g, '\\$&').replace(/docs\/([a-z-]+\.md)/g, (_, page: string) => `[${page}](${page})`);

/** Charts of every kind as a menu begins them; comparisons, which a view makes, of each record against whatever there is, and charts over settings. */
const begun: readonly ChartSpec[] = [
  ...chartsInMenu(
    'figures',
    null,
    Object.keys(analysisKinds).map((kind) => ({ analysis: kind, kind: kind as keyof typeof analysisKinds })),
  ),
  ...(['iteration', 'epoch', 'curvature'] as const).flatMap((record) =>
    Object.keys(againstTitles).flatMap((against) =>
      charted[record].map(({ key: metric }) => chartSpecSchema.parse({ chart: 'comparison', record, metric, against })),
    ),
  ),
  ...['epoch.validation_accuracy.last', 'iteration.gradient_cosine.mean'].flatMap((quantity) => [
    ...['optimizer.learningRate', 'optimizer.kind'].map((setting) =>
      chartSpecSchema.parse({ chart: 'quantity-setting', quantity, setting }),
    ),
    chartSpecSchema.parse({ chart: 'heat-map', quantity, x: 'optimizer.learningRate', y: 'optimizer.kind' }),
    chartSpecSchema.parse({ chart: 'parallel-coordinates', axes: ['optimizer.kind', quantity], colour: quantity }),
  ]),
];
/** The same, and each with every other choice that an editor gives. */
const drawn: readonly ChartSpec[] = begun.flatMap((spec) => [
  spec,
  ...optionFields(spec).flatMap(({ name, choices }) =>
    Object.keys(choices ?? {}).map((value) => chartSpecSchema.parse({ ...spec, [name]: value })),
  ),
]);

/** The answers that charts of a kind give, each once. */
function answers<T>(key: string, ask: (spec: ChartSpec) => T): T[] {
  return [...new Set(drawn.filter(({ chart }) => chart === key).map(ask))];
}
const always = (found: boolean[], word: string): string =>
  found.every((one) => !one) ? '' : found.every(Boolean) ? word : `${word} where its values lie above zero`;

function kindRow({ kind }: ChartFacts): string {
  const { key, help, several, analysis } = kind;
  const places = answers(key, (spec) => kind.places(spec)?.title ?? '')
    .filter((title) => title !== '')
    .join(', ');
  const logs = [
    always(
      answers(key, (spec) => kind.logX(spec)),
      'x',
    ),
    always(
      answers(key, (spec) => kind.log(spec)),
      'y',
    ),
  ].filter((one) => one !== '');
  const from =
    analysis === null
      ? [...new Set(answers(key, (spec) => kind.records(spec)).flat())].join(', ')
      : `the analysis _${analysisKinds[analysis].title}_`;
  return `| \`${key}\` | ${plain(help)} | ${several ? 'one or more' : 'one'} | ${places} | ${logs.join(', ')} | ${from} |`;
}

function optionRow(
  chart: string,
  { name, title, values, words, least, most, default: value }: ChartFacts['options'][number],
): string {
  const range =
    values !== null
      ? values.length > 8
        ? 'a column that can be drawn, see [quantities.md](quantities.md)'
        : values.map((one) => `\`${one}\`${words ? ` ${plain(words[one]!)}` : ''}`).join(', ')
      : least !== null && most !== null
        ? `${least} to ${most}`
        : least !== null
          ? `from ${least}`
          : '';
  const unless =
    value === undefined ? 'has to be told' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
  return `| \`${chart}\` | \`${name}\` | ${plain(title)} | ${range.replaceAll('-', '−')} | ${unless} |`;
}

/** docs/charts.md, drawn from the declarations. */
async function chartDocs(): Promise<string> {
  const facts = chartFacts();
  const text = [
    '# Every chart',
    'What a panel of a figure may be: `chart` in a [recipe](figures.md), with the options below. The window, the terminal and exports draw the same.',
    `| chart | what it shows | runs | a part of it by | log axes | drawn from |\n| --- | --- | --- | --- | --- | --- |\n${facts.map(kindRow).join('\n')}`,
    '## Options',
    `| chart | option | what | values | where it is left out |\n| --- | --- | --- | --- | --- |\n${facts.flatMap(({ kind, options }) => options.map((option) => optionRow(kind.key, option))).join('\n')}`,
    'This page is drawn from the declarations (shared/charts/kinds/) and tested against them: after a change, ' +
      '`npm run test:units -- shared/charts/docs.test.ts -u` writes it anew.',
  ].join('\n\n');
  return format(text, { ...(await resolveConfig(docs('x'))), parser: 'markdown' });
}

test('docs/charts.md says what every chart is', async () => {
  await expect(await chartDocs()).toMatchFileSnapshot(docs('charts'));
});
