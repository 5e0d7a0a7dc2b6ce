/** Wheels, the archives that pip downloads: what one holds, and files out of it against their checksums. */
import { Buffer } from 'node:buffer';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { unzipTo, zipMembersOf } from '../../datasets/zip-file.ts';
import type { ZipMember } from '../../datasets/zip.ts';
import type { Following } from './kind.ts';

/** A wheel, by what it says of itself. */
export interface Wheel {
  path: string;
  /** Of the package, as its metadata writes it. */
  name: string;
  version: string;
  /** Platforms that it is for: `manylinux_2_17_x86_64`, or `any`. */
  platforms: string[];
  members: ReadonlyMap<string, ZipMember>;
  /** SHA-256 in base64url, and bytes, by file. */
  record: ReadonlyMap<string, { sha256: string; bytes: number }>;
}

/** Most bytes of a wheel's own descriptions. */
const mostText = 2 ** 26;

/** Whether a name leads out of the folder that an archive is unpacked into. */
function leadsOut(name: string): boolean {
  return /^[/\\]|^[A-Za-z]:|\\/.test(name) || name.split('/').includes('..');
}

/**
 * Reads what a wheel says of itself.
 * @throws ValleywalkError kind `input` or `missing`, naming the file: it is no wheel, cut off, or names files outside of itself
 */
export async function openWheel(path: string, signal: AbortSignal): Promise<Wheel> {
  const refuse = (what: string): ValleywalkError =>
    new ValleywalkError('input', `${path} ${what}; name a wheel (.whl) as pip download fetches it`);
  const list = await zipMembersOf(path);
  const members = new Map<string, ZipMember>();
  for (const member of list) {
    if (leadsOut(member.name)) throw refuse(`names a file outside of itself ("${member.name.slice(0, 100)}")`);
    if (members.has(member.name)) throw refuse(`holds ${member.name} twice`);
    members.set(member.name, member);
  }
  const folders = [...members.keys()].flatMap((name) => /^([^/]+\.dist-info)\/WHEEL$/.exec(name)?.slice(1) ?? []);
  if (folders.length !== 1) throw refuse('is a ZIP archive but no wheel: it has no .dist-info/WHEEL');
  const folder = await mkdtemp(join(tmpdir(), 'valleywalk-wheel-'));
  try {
    const text = async (name: string): Promise<string> => {
      const member = members.get(`${folders[0]!}/${name}`);
      if (!member || member.size > mostText) throw refuse(`is no wheel: it has no ${folders[0]!}/${name}`);
      const to = join(folder, name);
      await unzipTo(path, member, to, { signal, told: () => undefined });
      return readFile(to, 'utf8');
    };
    const field = (of: string, name: string): string[] =>
      of.split(/\r?\n/).flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2).trim()] : []));
    const metadata = (await text('METADATA')).split(/\r?\n\r?\n/)[0]!;
    const record = new Map<string, { sha256: string; bytes: number }>();
    for (const line of (await text('RECORD')).split(/\r?\n/)) {
      const [, quoted, plain, sha256, bytes] = /^(?:"([^"]+)"|([^,"]+)),sha256=([\w-]+),(\d+)$/.exec(line) ?? [];
      if (sha256 !== undefined) record.set((quoted ?? plain)!, { sha256, bytes: Number(bytes) });
    }
    return {
      path,
      name: field(metadata, 'Name')[0] ?? basename(path),
      version: field(metadata, 'Version')[0] ?? 'unknown',
      // tags are python-abi-platform, and a platform may stand for several
      platforms: field(await text('WHEEL'), 'Tag').flatMap((tag) => (tag.split('-')[2] ?? '').split('.')),
      members,
      record,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Refuses a wheel for another platform than Linux on x64. @throws ValleywalkError kind `input` */
export function requireLinuxX64({ path, platforms }: Wheel): void {
  if (platforms.some((platform) => /linux.*_x86_64$/.test(platform))) return;
  throw new ValleywalkError(
    'input',
    `${path} is for ${platforms.join(', ') || 'an unknown platform'}, and this machine is Linux on x86_64; download the wheel for manylinux x86_64`,
  );
}

/**
 * Takes files out of a wheel, each against the checksum and size that the wheel records.
 * @param files names in the wheel, and where each is written
 * @throws ValleywalkError kind `input`: one is not in it, or differs from what is recorded
 */
export async function takeFromWheel(
  wheel: Wheel,
  files: Readonly<Record<string, string>>,
  { progress, signal }: Following,
): Promise<void> {
  const { path, name, version, members, record } = wheel;
  const all = Object.entries(files).map(([file, to]) => {
    const member = members.get(file);
    if (!member)
      throw new ValleywalkError(
        'input',
        `${path} (${name} ${version}) has no ${file}; name a wheel of a version that has it`,
      );
    return { file, to, member };
  });
  const bytes = all.reduce((sum, { member }) => sum + member.size, 0);
  let before = 0;
  for (const { file, to, member } of all) {
    const told = (done: number): void => progress(`unpacking ${basename(file)}`, (before + done) / Math.max(1, bytes));
    const sha256 = await unzipTo(path, member, to, { signal, told });
    before += member.size;
    const recorded = record.get(file);
    if (!recorded || recorded.bytes !== member.size || !same(recorded.sha256, sha256))
      throw new ValleywalkError(
        'input',
        `${path} is damaged: ${file} is not what its RECORD says; download the wheel again`,
      );
  }
}

/** Whether two digests in base64url are the same, whatever padding they have. */
function same(a: string, b: string): boolean {
  return Buffer.from(a, 'base64url').equals(Buffer.from(b, 'base64url'));
}
