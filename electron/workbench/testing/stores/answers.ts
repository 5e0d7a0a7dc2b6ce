/** What a workbench answers about everything in its store, as JSON: to be compared with what another Valleywalk answers about it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { relative } from 'node:path';
import type { AnalysisRecord } from '../../../../shared/analyses/index.ts';
import type { FigureFile } from '../../../../shared/charts/request.ts';
import type { RunRecord } from '../../../../shared/records.ts';
import type { Workbench } from '../../workbench.ts';

/** Records of a run by the request that gives them. */
export const recordRequests = [
  'runs.iterations',
  'runs.slices',
  'runs.epochs',
  'runs.curvature',
  'runs.times',
] as const;
type RecordRequest = (typeof recordRequests)[number];

/** Columns by their names; null where a number is none. */
export type PlainColumns = Record<string, (number | null)[]>;

/** A run as it is answered. */
export interface RunAnswers {
  run: RunRecord;
  records: Record<RecordRequest, PlainColumns>;
  /** Every analysis, its result with it. */
  analyses: { analysis: string; [field: string]: unknown }[];
  /** Iterations whose parameters are kept. */
  kept: number[];
}

/** Everything that is answered. */
export interface Answers {
  /** What kind of processor computed, see {@link processorKind}. */
  processor: string;
  runs: RunAnswers[];
  studies: unknown[];
  figures: { figure: string; recipe: unknown }[];
  settings: unknown;
  claims: unknown;
  /** Text of the files that runs are exported as, by their paths in the folder of the export. */
  exported: Record<string, string>;
  /** The saved figures drawn, by id: as an SVG file and as its numbers. */
  drawn: Record<string, { svg: string; csv: string }>;
}

/** Digest of the processor's model, abilities and cores: two of one kind round alike, others may add in another order. */
export function processorKind(): string {
  const reported = existsSync('/proc/cpuinfo') ? /^flags.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0] : '';
  return createHash('sha256')
    .update(`${process.platform} ${cpus().length} ${cpus()[0]?.model} ${reported}`)
    .digest('hex');
}

/** Columns as JSON has them. */
function plain(columns: Record<string, Float64Array>): PlainColumns {
  return Object.fromEntries(
    Object.entries(columns).map(([key, values]) => [
      key,
      Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
    ]),
  );
}

/** Asks for everything. @param directory where runs are exported to, new */
export async function answersOf(workbench: Workbench, directory: string): Promise<Answers> {
  const ask = async <T>(name: string, parameters: object = {}): Promise<T> =>
    (await workbench.handle(name, parameters)) as T;
  const list = await ask<RunRecord[]>('runs.list');
  const runs: RunAnswers[] = [];
  for (const { run } of list) {
    const records = {} as RunAnswers['records'];
    for (const request of recordRequests) records[request] = plain(await ask(request, { run }));
    const analyses: RunAnswers['analyses'] = [];
    for (const { analysis } of await ask<AnalysisRecord[]>('analyses.list', { run }))
      analyses.push(await ask('analyses.get', { analysis }));
    runs.push({ run: await ask('runs.get', { run }), records, analyses, kept: await ask('analyses.kept', { run }) });
  }
  const figures = await ask<Answers['figures']>('figures.list');
  const drawn: Answers['drawn'] = {};
  for (const { figure, recipe } of figures) {
    const draw = async (format: 'svg' | 'csv'): Promise<string> =>
      Buffer.from((await ask<FigureFile>('figures.render', { recipe, format, dpi: 300 })).bytes).toString('utf8');
    drawn[figure] = { svg: await draw('svg'), csv: await draw('csv') };
  }
  const { files } = await ask<{ files: string[] }>('runs.export', {
    runs: list.filter(({ study }) => study === null).map(({ run }) => run),
    directory,
    formats: ['csv', 'json'],
  });
  const exported = Object.fromEntries(
    files.map((file) => [relative(directory, file).split('\\').join('/'), readFileSync(file, 'utf8')]),
  );
  return {
    processor: processorKind(),
    runs,
    studies: await ask('studies.list'),
    figures,
    settings: await ask('settings.get'),
    claims: await ask('claims.evaluate', { runs: list.filter(({ study }) => study !== null).map(({ run }) => run) }),
    exported,
    drawn,
  };
}
