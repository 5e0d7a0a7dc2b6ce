/** Exports runs as folders of files that other programs read; docs/export.md describes the layout. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { recipeOfChart } from '../../../shared/figures/recipe.ts';
import { exportedCharts } from '../../../shared/charts/menu.ts';
import { figureFormats } from '../../../shared/charts/request.ts';
import type { FigureFile } from '../../../shared/charts/request.ts';
import type { FigureSource } from '../../../shared/charts/source.ts';
import {
  curvatureColumns,
  epochColumns,
  iterationColumns,
  sliceColumnsOf,
  timeColumns,
} from '../../../shared/records.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { ExportFormat } from '../../../shared/protocol.ts';
import type { RunRecord } from '../../../shared/records.ts';
import type { DatasetRegistry } from '../datasets/registry.ts';
import type { FigureRequest } from '../figures/render.ts';
import type { Store } from '../store/store.ts';
import { asciiSlug } from '../../../shared/slug.ts';
import { csvOfColumns } from '../../../shared/csv.ts';
import { copyParameters, stage, writeError } from './files.ts';
import { standardisationFiles } from './standardisation.ts';

/** What an export reads. */
export interface ExportSource {
  store: Store;
  source: FigureSource;
  /** Finds the runs' data sets. */
  datasets: Pick<DatasetRegistry, 'find'>;
  /** Draws a figure; rejects with kind `input` where there is nothing to draw. */
  draw: (request: FigureRequest) => Promise<FigureFile>;
}

/** Most bytes that an export writes, and what it is refused with as soon as they are passed. */
export interface ExportLimit {
  bytes: number;
  passed: () => ValleywalkError;
}

/** Iterations whose slices are read at a time. */
const sliceStride = 1000;

/**
 * Exports runs, each into a folder of its own in `directory`; nothing is published unless everything could be written.
 * @returns the absolute paths of the files
 * @throws ValleywalkError `missing` for an unknown run, `input` when the folder cannot be written, `store` when a kept
 *   parameter file is gone or damaged
 */
export async function exportRuns(
  from: ExportSource,
  runs: readonly string[],
  directory: string,
  formats: ReadonlySet<ExportFormat>,
  limit?: ExportLimit,
): Promise<string[]> {
  const records = runs.map((run) => from.source.run(run));
  let total = 0;
  const count = (bytes: number): void => {
    total += bytes;
    if (limit && total > limit.bytes) throw limit.passed();
  };
  const scalesOf = standardisationFiles();
  const staging = await stage(directory);
  try {
    const names = records.map(folderName);
    const files: string[][] = [];
    for (const [index, record] of records.entries())
      files.push(await exportRun({ ...from, scalesOf }, record, join(staging.folder, names[index]!), formats, count));
    const folders = await staging.publish(names);
    return folders.flatMap((folder, index) => files[index]!.map((file) => join(folder, file)));
  } catch (error) {
    throw writeError(error, resolve(directory));
  } finally {
    await staging.discard();
  }
}

/** Name of a run's folder: its name in letters that every file system takes, and its id. */
export function folderName({ name, run }: Pick<RunRecord, 'name' | 'run'>): string {
  const plain = asciiSlug(name);
  return plain === '' ? run : `${plain}-${run}`;
}

async function exportRun(
  { store, source, datasets, draw, scalesOf }: ExportSource & { scalesOf: ReturnType<typeof standardisationFiles> },
  record: RunRecord,
  folder: string,
  formats: ReadonlySet<ExportFormat>,
  count: (bytes: number) => void,
): Promise<string[]> {
  const { run } = record;
  const key = store.runs.key(run);
  const files: string[] = [];
  await mkdir(folder);
  const write = async (name: string, content: string | Uint8Array | Iterable<string>): Promise<void> => {
    const path = join(folder, name);
    if (typeof content === 'string' || content instanceof Uint8Array) {
      count(Buffer.byteLength(content));
      await writeFile(path, content);
    } else await pipeline(Readable.from(inChunks(content, count)), createWriteStream(path));
    files.push(name);
  };

  /** Finished analyses: the whole of each, and its chart with the numbers that it draws. */
  async function writeAnalyses(runKey: number): Promise<void> {
    const finished = store.analyses.list(runKey).filter((each) => each.record.status === 'finished');
    const wanted = figureFormats.filter((format) => formats.has(format));
    if (finished.length === 0 || (wanted.length === 0 && !formats.has('json'))) return;
    await mkdir(join(folder, 'analyses'));
    for (const { record: found } of finished) {
      const { kind } = found.request;
      const name = join('analyses', `${kind}-${found.analysis}`);
      const analysis = source.analysis(found.analysis);
      if (formats.has('json')) await write(`${name}.json`, `${JSON.stringify(analysis, null, 2)}\n`);
      const spec = { chart: kind, analysis: found.analysis };
      for (const format of wanted) {
        const recipe = recipeOfChart(`${record.name} ${kind}`.slice(0, 120), spec, [{ run }]);
        const figure = await drawIfAny(draw, { recipe, format, dpi: 300 });
        if (figure) await write(`${name}.${format}`, figure.bytes);
      }
    }
  }

  const has = store.records.has(key);
  if (formats.has('json')) {
    await write('run.json', `${JSON.stringify(record, null, 2)}\n`);
    const scales = await scalesOf(record, datasets.find(record.experiment.data.set), has.fit);
    if (scales) await write('standardisation.json', `${JSON.stringify(scales, null, 2)}\n`);
  }
  if (formats.has('csv')) {
    await write('iterations.csv', csvOfColumns(iterationColumns, source.iterations(run)));
    await write('slices.csv', slicesCsv(source, record, store.records.reach(key).sliceIteration));
    await write('epochs.csv', csvOfColumns(epochColumns, source.epochs(run)));
    const times = source.times(run);
    if (times.iteration.length > 0) await write('times.csv', csvOfColumns(timeColumns, times));
    if (has.curvature) await write('curvature.csv', csvOfColumns(curvatureColumns, source.curvature(run)));
  }

  const drawn = figureFormats.filter((format) => format !== 'csv' && formats.has(format));
  const charts =
    drawn.length === 0 ? [] : exportedCharts({ ...has, iterations: store.records.reach(key).iteration >= 0 });
  if (charts.length > 0) await mkdir(join(folder, 'figures'));
  for (const { name, spec } of charts)
    for (const format of drawn) {
      const figure = await drawIfAny(draw, {
        recipe: recipeOfChart(`${record.name} ${name}`.slice(0, 120), spec, [{ run }]),
        format,
        dpi: 300,
      });
      if (figure) await write(join('figures', `${name}.${format}`), figure.bytes);
    }

  await writeAnalyses(key);

  const kept = formats.has('safetensors') ? store.parameters.list(key) : [];
  if (kept.length > 0) {
    await mkdir(join(folder, 'parameters'));
    for (const file of kept) {
      const name = join('parameters', file.file);
      count(file.bytes);
      await copyParameters(join(store.parameters.folder(run), file.file), join(folder, name), file);
      files.push(name);
    }
  }
  return files;
}

/** A figure, or null where the run has nothing to draw in it (all of its losses infinite, say). */
async function drawIfAny(draw: ExportSource['draw'], request: FigureRequest): Promise<FigureFile | null> {
  try {
    return await draw(request);
  } catch (error) {
    if (error instanceof ValleywalkError && error.kind === 'input') return null;
    throw error;
  }
}

/** All slices, read stride by stride: there may be millions of points. */
function* slicesCsv(
  source: FigureSource,
  { run, experiment }: Pick<RunRecord, 'run' | 'experiment'>,
  last: number,
): Generator<string> {
  const columns = sliceColumnsOf(experiment);
  yield* csvOfColumns(columns, source.slices(run, 0, Math.min(sliceStride, last + 1)));
  for (let from = sliceStride; from <= last; from += sliceStride) {
    const rows = csvOfColumns(columns, source.slices(run, from, from + sliceStride));
    rows.next();
    yield* rows;
  }
}

/** Joins lines into chunks, so that the stream is not called for each, and counts their bytes. */
function* inChunks(lines: Iterable<string>, count: (bytes: number) => void): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < 65_536) continue;
    count(Buffer.byteLength(chunk));
    yield chunk;
    chunk = '';
  }
  count(Buffer.byteLength(chunk));
  if (chunk !== '') yield chunk;
}
