/**
 * How often the claims' verdicts are wrong in worlds where it is known what they should say, and how often their intervals hold a true value.
 * Draws every world of every claim (the `calibration` of each) and prints a Markdown table.
 *
 *     node bench/calibration.ts [--draws 400] [--seed 1] [--claim C3] [--write]
 *
 * `--write` puts the table into docs/claims.md. Exit 1 where more than 5 % of verdicts are false in a world, fewer than 80 % of a truth's draws
 * support the claim, or an interval holds its value in fewer than 90 %, each beyond three Monte Carlo errors.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { calibrate, falseVerdicts } from '../shared/claims/calibration/calibrate.ts';
import type { Count } from '../shared/claims/calibration/calibrate.ts';
import { claims } from '../shared/claims/index.ts';

const { values: options } = parseArgs({
  options: {
    draws: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    claim: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const [draws, seed] = [Number(options.draws), Number(options.seed)];
if (!Number.isInteger(draws) || draws < 1)
  throw new Error(`--draws takes a whole number from 1; it is "${options.draws}"`);
if (!Number.isInteger(seed)) throw new Error(`--seed takes a whole number; it is "${options.seed}"`);
const chosen = claims.filter(({ claim }) => options.claim === undefined || claim === options.claim);
if (chosen.length === 0)
  throw new Error(`there is no claim "${options.claim}"; there are ${claims.map(({ claim }) => claim).join(', ')}`);

/** Monte Carlo error of a share. */
const error = (share: number, of: number): number => Math.sqrt((share * (1 - share)) / of);
const percent = (share: number): string => (100 * share).toFixed(1);

const rows: string[] = [];
const failures: string[] = [];
for (const claim of chosen)
  for (const count of calibrate(claim, draws, seed)) {
    rows.push(row(count));
    failures.push(...failuresOf(count));
    console.error(rows.at(-1));
  }

const table = [
  `${draws} draws of every world, seed ${seed}; the Monte Carlo error of a share of 5 % is ${percent(error(0.05, draws))} %.`,
  '',
  '| claim | world | supported | contradicted | false | 95 % intervals that hold the true value |',
  '| --- | --- | ---: | ---: | ---: | --- |',
  ...rows,
].join('\n');
if (options.write) {
  const file = join(import.meta.dirname, '..', 'docs', 'claims.md');
  const [begin, end] = ['<!-- calibration: begin, written by bench/calibration.ts -->', '<!-- calibration: end -->'];
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no place for the table, between ${begin} and ${end}`);
  writeFileSync(file, `${text.slice(0, from)}${begin}\n\n${table}\n\n${text.slice(to)}`);
} else console.log(table);
for (const failure of failures) console.error(`fails: ${failure}`);
if (failures.length > 0) process.exitCode = 1;

function row(count: Count): string {
  const { claim, kind, scenario, verdicts, coverage } = count;
  const of = (number: number): string => percent(number / draws);
  // a world has true values for more claims than one
  const held = [...coverage].flatMap(([key, { decided, held: within }]) =>
    decided === 0 ? [] : [`${key} ${percent(within / decided)}`],
  );
  const world = `${kind === 'truth' ? '**true**: ' : kind === 'limit' ? '**known limit**: ' : ''}${scenario.name}${scenario.mayContradict ? ' (the claim is false there)' : ''}`;
  return `| ${claim} | ${world} | ${of(verdicts.supported)} | ${of(verdicts.contradicted)} | ${of(falseVerdicts(count))} | ${held.join(', ')} |`;
}

function failuresOf(count: Count): string[] {
  const { claim, kind, scenario, verdicts, coverage } = count;
  const found: string[] = [];
  const wrong = falseVerdicts(count) / draws;
  if (kind !== 'limit' && wrong > 0.05 + 3 * error(0.05, draws))
    found.push(`${claim}, ${scenario.name}: ${percent(wrong)} % false verdicts`);
  const supported = verdicts.supported / draws;
  if (kind === 'truth' && supported < 0.8 - 3 * error(0.8, draws))
    found.push(`${claim}, ${scenario.name}: supported in ${percent(supported)} %`);
  for (const [key, { decided, held }] of coverage)
    if (decided > 0 && held / decided < 0.9 - 3 * error(0.9, decided))
      found.push(`${claim}, ${scenario.name}: intervals of ${key} hold its value in ${percent(held / decided)} %`);
  return found;
}
