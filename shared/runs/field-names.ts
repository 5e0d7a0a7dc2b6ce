/** What a filter may call a field: its name or the end of it, and its title in words. */
import type { RunRecord } from '../records.ts';
import { runFields } from './fields.ts';
import type { RunField } from './fields.ts';

let names: readonly (readonly [string, RunField])[] | undefined;

/** Fields without those of the study after a run, which give way to the run's own of the same name. */
export function own(fields: readonly RunField[]): readonly RunField[] {
  const kept = fields.filter(({ name }) => !name.startsWith('probes.valleyFloor.'));
  return kept.length > 0 ? kept : fields;
}

/** Every field with the shortest name that means it and no other. */
export function shortestNames(): readonly (readonly [string, RunField])[] {
  names ??= runFields().map((field) => {
    const parts = field.name.split('.');
    for (let from = parts.length - 1; from > 0; from--) {
      const short = parts.slice(from).join('.');
      const others = own(runFields().filter(({ name }) => name === short || name.endsWith(`.${short}`)));
      if (others.length === 1 && others[0] === field) return [short, field] as const;
    }
    return [field.name, field] as const;
  });
  return names;
}

let titles: { fields: ReadonlyMap<string, readonly RunField[]>; before: RegExp } | undefined;

const inWords = (text: string): string => text.toLowerCase().trim().replace(/\s+/g, ' ');

/** Titles as they stand, before those without what is in parentheses and names in words, so that a whole title wins. */
function knownTitles(): NonNullable<typeof titles> {
  if (titles) return titles;
  const fields = new Map<string, RunField[]>();
  for (const title of [
    (field: RunField) => field.title,
    (field: RunField) => field.title.replace(/ \([^()]*\)$/, ''),
    (field: RunField) => field.name.replaceAll('_', ' '),
  ]) {
    const found = new Map<string, RunField[]>();
    for (const field of runFields()) {
      const written = inWords(title(field));
      if (!fields.has(written)) found.set(written, [...(found.get(written) ?? []), field]);
    }
    for (const [written, meant] of found) fields.set(written, meant);
  }
  const words = [...fields.keys()]
    .sort((a, b) => b.length - a.length)
    .map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s+'));
  titles = {
    fields,
    before: new RegExp(`(?:${words.join('|')})(?=\\s*(?:[=<>~]|!=|!~)|\\s*\\b(?:in|IN)[^\\p{L}\\p{N}_.])`, 'iuy'),
  };
  return titles;
}

/** The fields of a title, whatever the case; more than one where they share it. */
export function fieldsOfTitle(title: string): readonly RunField[] {
  return knownTitles().fields.get(inWords(title)) ?? [];
}

/** How long the title is that stands in a text at a place, with a comparison after it; 0 where none does. */
export function titleLength(text: string, at: number): number {
  const { before } = knownTitles();
  before.lastIndex = at;
  return before.exec(text)?.[0].length ?? 0;
}

/** Whole names of the fields of which runs have more than one value. */
export function differingFields(runs: readonly RunRecord[]): ReadonlySet<string> {
  const differ = (field: RunField): boolean => {
    const first = String(runs[0] && field.value(runs[0]));
    return runs.some((run) => String(field.value(run)) !== first);
  };
  return new Set(
    runFields()
      .filter(differ)
      .map(({ name }) => name),
  );
}
