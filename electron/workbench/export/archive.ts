/** An export as one file: what a browser can download where no folder of its own machine can be named. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { ExportFormat } from '../../../shared/protocol.ts';
import { exportRuns } from './export.ts';
import type { ExportSource } from './export.ts';
import { zipOf } from './zip.ts';
import type { ZipFile } from './zip.ts';

/** Most bytes of files that one archive takes: it passes through memory, and over a connection, in one piece. */
const mostBytes = 64 * 2 ** 20;

/**
 * Exports runs as a ZIP archive with a folder for each.
 * @throws ValleywalkError as {@link exportRuns}, and `input` where that is too much for one archive
 */
export async function archiveRuns(
  from: ExportSource,
  runs: readonly string[],
  formats: ReadonlySet<ExportFormat>,
  most = mostBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'valleywalk-export-'));
  try {
    const files = await exportRuns(from, runs, folder, formats, {
      bytes: most,
      passed: () =>
        new ValleywalkError(
          'input',
          `these files have more than the ${Math.floor(most / 2 ** 20)} MiB together that one ZIP takes; choose fewer runs or kinds of files, write them into a folder, or use valleywalk export in a terminal`,
        ),
    });
    return await zipOf(read(folder, files));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Files one after the other, so that never more than one of them is in memory beside the archive. */
async function* read(folder: string, files: readonly string[]): AsyncGenerator<ZipFile> {
  for (const file of files)
    yield { name: relative(folder, file).split(sep).join('/'), bytes: new Uint8Array(await readFile(file)) };
}
