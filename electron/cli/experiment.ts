/** How the terminal finds the experiment to run: a file, or a preset by name, with settings changed by --set. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { experimentFields, hasField } from '../../shared/experiment.ts';
import { ValleywalkError } from '../../shared/protocol.ts';
import type { Preset } from '../../shared/protocol.ts';

/**
 * Reads what `run` was given.
 * @param source path of a JSON file, or the name of a preset.
 * @param changes `path=value` settings to change; values are JSON, or text where that fails.
 * @returns a value that the workbench checks.
 * @throws ValleywalkError kind `input`: no such file or preset, text that is not JSON, a change that cannot be made.
 */
export function readExperiment(source: string, presets: readonly Preset[], changes: readonly string[]): unknown {
  const preset = presets.find(({ id }) => id === source);
  const experiment: unknown = preset ? structuredClone(preset.experiment) : named(readFile(source, presets), source);
  // another network or optimiser has other settings, so it comes first
  const caseFirst = (change: string): number => Number(!casePaths.has(pathOf(change)));
  for (const change of changes.toSorted((a, b) => caseFirst(a) - caseFirst(b))) applyChange(experiment, change);
  return experiment;
}

/** Settings that decide which other settings there are. */
const casePaths = new Set(experimentFields().flatMap(({ when }) => (when ? [when.path] : [])));

function pathOf(change: string): string {
  return change.slice(0, Math.max(change.indexOf('='), 0));
}

/** An experiment without a name is called after its file. */
function named(experiment: unknown, path: string): unknown {
  if (typeof experiment !== 'object' || experiment === null || Array.isArray(experiment)) return experiment;
  return { name: basename(path, '.json'), ...experiment };
}

function readFile(path: string, presets: readonly Preset[]): unknown {
  const looksLikeFile = /[\\/]|\.json$/i.test(path);
  if (!looksLikeFile && !existsSync(path)) {
    const names = presets.map(({ id }) => id).join(', ');
    throw new ValleywalkError('input', `there is no preset or file "${path}"; the presets are ${names}`);
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ValleywalkError('input', `cannot read the experiment ${path}: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ValleywalkError('input', `${path} is not JSON: ${(error as Error).message}`);
  }
}

/** Sets one setting by its path. @throws ValleywalkError kind `input` for a change that cannot be made */
export function applyChange(experiment: unknown, change: string): void {
  const path = pathOf(change);
  const keys = path.split('.');
  if (path === '' || keys.some((key) => !/^[A-Za-z][A-Za-z0-9]*$/.test(key)))
    throw new ValleywalkError('input', `--set takes PATH=VALUE, as in optimizer.learningRate=0.5; it is "${change}"`);
  let target = experiment;
  for (const key of keys.slice(0, -1)) {
    if (typeof target !== 'object' || target === null) break;
    const holder = target as Record<string, unknown>;
    holder[key] ??= {};
    target = holder[key];
  }
  if (typeof target !== 'object' || target === null || Array.isArray(target))
    throw new ValleywalkError('input', `--set ${change}: ${keys.slice(0, -1).join('.')} has no settings of its own`);
  const holder = target as Record<string, unknown>;
  holder[keys.at(-1)!] = parse(change.slice(path.length + 1));
  // settings of another network or optimiser are none of this one's
  for (const field of experimentFields())
    if (field.when?.path === path && !hasField(experiment, field)) delete holder[field.path.split('.').at(-1)!];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
