/** An export as one file: what a browser can download where no folder of its own machine can be named. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { ExportFormat } from '../../../shared/protocol.ts';
import { exportRuns } from './export.ts';
import type { ExportSource } from './export.ts';
import { zipOf } from './zip.ts';

/** Most bytes of files that one archive takes: it passes through memory, and over a connection, in one piece. */
const mostBytes = 512 * 2 ** 20;

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
    const files = await exportRuns(from, runs, folder, formats);
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total > most)
      throw new ValleywalkError(
        'input',
        `these files have ${Math.ceil(total / 2 ** 20)} MiB together, more than the ${Math.floor(most / 2 ** 20)} MiB that one download takes; choose fewer runs or kinds of files, or write them into a folder`,
      );
    return await zipOf(
      await Promise.all(
        files.map(async (file) => ({
          name: relative(folder, file).split(sep).join('/'),
          bytes: new Uint8Array(await readFile(file)),
        })),
      ),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
