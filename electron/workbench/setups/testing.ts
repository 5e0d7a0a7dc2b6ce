/** Made-up wheels and Python environments, for tests. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipOf } from '../export/zip.ts';

/** What a made-up wheel says of itself. */
interface MadeWheel {
  name?: string;
  version?: string;
  tag?: string;
  /** Files beside its own descriptions. */
  files?: Readonly<Record<string, string>>;
  /** Files whose record is of other bytes. */
  wronglyRecorded?: readonly string[];
}

/** Writes a wheel. @returns its path */
export async function makeWheel(folder: string, made: MadeWheel = {}): Promise<string> {
  const { name = 'tensorflow_cpu', version = '2.18.0', tag = 'cp311-cp311-manylinux_2_17_x86_64' } = made;
  const info = `${name}-${version}.dist-info`;
  const files: Record<string, string> = {
    ...made.files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nName: none of these\n`,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: ${tag}\n`,
  };
  const record = Object.entries(files).map(([file, text]) => {
    const bytes = made.wronglyRecorded?.includes(file) ? `${text}!` : text;
    return `${file},sha256=${createHash('sha256').update(bytes).digest('base64url')},${Buffer.byteLength(text)}`;
  });
  files[`${info}/RECORD`] = [...record, `${info}/RECORD,,`].join('\n');
  const path = join(folder, `${name}-${version}-${tag}.whl`);
  const list = Object.entries(files).map(([file, text]) => ({ name: file, bytes: Buffer.from(text) }));
  writeFileSync(path, await zipOf(list));
  return path;
}

/**
 * Makes a virtual environment of the system's Python, with packages whose whole text is given.
 * @returns path of its interpreter
 */
export function makeEnvironment(folder: string, packages: Readonly<Record<string, string>> = {}): string {
  const { status, stderr } = spawnSync('python3', ['-m', 'venv', '--without-pip', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`no virtual environment could be made: ${stderr}`);
  for (const [name, text] of Object.entries(packages)) {
    mkdirSync(join(packagesOf(folder), name), { recursive: true });
    writeFileSync(join(packagesOf(folder), name, '__init__.py'), text);
  }
  return join(folder, 'bin', 'python3');
}

/** Where the packages of a virtual environment lie. */
export function packagesOf(folder: string): string {
  const python = readdirSync(join(folder, 'lib')).find((name) => name.startsWith('python'))!;
  return join(folder, 'lib', python, 'site-packages');
}
