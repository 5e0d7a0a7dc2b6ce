/** What a check of a store finds: window, terminal and JSON tell the same. */
import { z } from 'zod';

const findingKinds = ['damaged', 'missing', 'left over', 'not checked'] as const;

/** One thing that is not as it was written, or could not be checked. */
const findingSchema = z.strictObject({
  /** `damaged` and `missing` make a store unsound. */
  kind: z.enum(findingKinds),
  /** A file, or what in the database. */
  where: z.string(),
  /** What is wrong, as a clause. */
  what: z.string(),
  /** What still works; null where nothing is touched by it. */
  works: z.string().nullable(),
  /** What can be had back, and how; null where there is nothing to do. */
  remedy: z.string().nullable(),
});
export type Finding = z.output<typeof findingSchema>;

/** What a check found. */
export const storeCheckSchema = z.strictObject({
  /** The store's folder. */
  store: z.string(),
  /** Whether everything that could be checked is as it was written. */
  sound: z.boolean(),
  /** Version of the store; null where it cannot be told. */
  version: z.int().nullable(),
  runs: z.int(),
  /** Rows that were compared with their checksums. */
  rows: z.int(),
  /** Files whose checksums were compared, and their bytes together. */
  files: z.int(),
  bytes: z.number(),
  /** Backups of the database that are sound, newest first. */
  backups: z.array(z.string()),
  findings: z.array(findingSchema),
});
export type StoreCheck = z.output<typeof storeCheckSchema>;

/** Whether a finding makes a store unsound. */
export function isUnsound({ kind }: Pick<Finding, 'kind'>): boolean {
  return kind === 'damaged' || kind === 'missing';
}

/** A check in sentences, a line each: first whether the store is sound. */
export function storeCheckLines(check: StoreCheck): string[] {
  const count = check.findings.filter(isUnsound).length;
  const number = (value: number, noun: string): string =>
    `${value.toLocaleString('en')} ${noun}${value === 1 ? '' : 's'}`;
  return [
    check.sound
      ? `The store ${check.store} is sound.`
      : `The store ${check.store} is damaged: ${count === 1 ? 'one finding' : number(count, 'finding')}.`,
    `Checked: the database${check.version === null ? '' : ` (version ${check.version})`} with ${number(check.runs, 'run')} and ${number(check.rows, 'row')}, ${number(check.files, 'file')} of ${Math.ceil(check.bytes / 1e6).toLocaleString('en')} MB.`,
    ...check.findings.map(({ kind, where, what, works, remedy }) =>
      [`${kind[0]!.toUpperCase()}${kind.slice(1)}: ${where} ${what}.`, works && `${works}.`, remedy && `${remedy}.`]
        .filter(Boolean)
        .join(' '),
    ),
    check.backups.length > 0
      ? `Backups of the database: ${check.backups.join(', ')}.`
      : 'There is no backup of the database: one is made before its form changes.',
  ];
}
