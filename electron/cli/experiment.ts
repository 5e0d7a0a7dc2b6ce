/** How the terminal finds the experiment or study to run: a file, or a preset by name, with settings changed by --set. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { ValleywalkError } from '../../shared/errors.ts';
import type { Preset } from '../../shared/presets.ts';
import { followers, isObject, settingFields } from '../../shared/settings.ts';
import type { Draft } from '../../shared/settings.ts';
import { didYouMean, nearest } from '../../shared/spelling.ts';
import { looksLikeStudy } from '../../shared/study.ts';
import { drawnPaths } from '../../shared/sweep.ts';
import { decodeJson } from '../../shared/text.ts';
import { readTextBytes } from '../datasets/bytes.ts';
import { expandHome } from '../files/home.ts';

/**
 * Reads what `run` was given.
 * @param source path of a JSON file, or the name of a preset.
 * @param changes `path=value` settings to change; values are JSON, or text where that fails. `sweep.PATH=[…]`, `seeds=…` and
 *   `draws=…` make a study of an experiment; in a study, a setting that is changed is not varied any more.
 * @returns a value that the workbench checks: a study where it looks like one (`looksLikeStudy`), else an experiment.
 * @throws ValleywalkError kind `input`: no such file or preset, text that is not JSON, a change that cannot be made.
 */
export function readExperiment(source: string, presets: readonly Preset[], changes: readonly string[]): unknown {
  const preset = presets.find(({ id }) => id === source);
  const read: unknown = preset
    ? structuredClone('study' in preset ? preset.study : preset.experiment)
    : named(readFile(expandHome(source), presets), source);
  const isStudyChange = (change: string): boolean => /^(sweep\.|seeds=|draws=)/.test(change);
  // a person told nothing of a preset
  const given = preset && structuredClone('study' in preset ? preset.study.experiment : preset.experiment);
  if (looksLikeStudy(read) || changes.some(isStudyChange)) return changedStudy(asStudy(read), changes, given);
  changeExperiment(read, changes, given);
  return read;
}

/** An experiment as a study that varies nothing yet; a study as it is. */
function asStudy(read: unknown): unknown {
  if (!isObject(read) || looksLikeStudy(read)) return read;
  const { name, ...experiment } = read;
  return { name, experiment };
}

/** Changes a study: its name, seeds and lists, and the settings that its runs share. */
function changedStudy(study: unknown, changes: readonly string[], presetGave: unknown): unknown {
  if (!isObject(study)) return study;
  const { experiment: given = {}, sweep: lists = {} } = study;
  // what is no object is left as it is, for the workbench to say so
  if (!isObject(given) || !isObject(lists)) return study;
  const experiment = structuredClone(given);
  const sweep = { ...lists };
  const changed: Draft = { ...study, experiment, sweep };
  const wasDrawn = drawnPaths(lists).length > 0;
  const ofExperiment: string[] = [];
  for (const change of changes) {
    const [, path, text] = /^([^=]+)=(.*)$/s.exec(change) ?? [];
    if (path === 'name' || path === 'seeds' || path === 'draws') Object.assign(changed, { [path]: parse(text!) });
    else if (path?.startsWith('sweep.')) sweep[path.slice('sweep.'.length)] = parse(text!);
    else {
      ofExperiment.push(change);
      for (const varied of Object.keys(sweep))
        if (path === varied || path?.startsWith(`${varied}.`) || varied.startsWith(`${path}.`)) delete sweep[varied];
    }
  }
  changeExperiment(experiment, ofExperiment, presetGave);
  // where the last setting that was drawn is fixed, nothing is left to draw
  if (wasDrawn && drawnPaths(sweep).length === 0) delete changed['draws'];
  return changed;
}

function changeExperiment(experiment: unknown, changes: readonly string[], given: unknown): void {
  // another network or optimiser has other settings, so it comes first
  const caseFirst = (change: string): number => Number(!casePaths.has(pathOf(change)));
  for (const change of changes.toSorted((a, b) => caseFirst(a) - caseFirst(b))) applyChange(experiment, change, given);
}

/** Settings that decide which other settings there are. */
const casePaths = new Set(settingFields.flatMap(({ when }) => (when ? [when.path] : [])));

function pathOf(change: string): string {
  return change.slice(0, Math.max(change.indexOf('='), 0));
}

/** An experiment or study without a name is called after its file. */
function named(experiment: unknown, path: string): unknown {
  if (!isObject(experiment)) return experiment;
  if (isObject(experiment['experiment']) && typeof experiment['experiment']['name'] === 'string') return experiment;
  return { name: basename(path, '.json'), ...experiment };
}

function readFile(path: string, presets: readonly Preset[]): unknown {
  const looksLikeFile = /[\\/]|\.json$/i.test(path);
  if (!looksLikeFile && !existsSync(path)) {
    const names = presets.map(({ id }) => id).join(', ');
    const meant = didYouMean(
      nearest(
        path,
        presets.map(({ id }) => id),
      ),
    );
    throw new ValleywalkError(
      'input',
      `there is no preset or file "${path}"; ${meant === null ? '' : `${meant} `}the presets are ${names}`,
    );
  }
  let bytes: Uint8Array;
  try {
    bytes = readTextBytes(path);
  } catch (error) {
    const { kind, message } = error as ValleywalkError;
    throw new ValleywalkError(
      'input',
      `cannot read the experiment ${path}: ${kind === 'missing' ? 'there is no such file' : message}`,
    );
  }
  return decodeJson(bytes, path);
}

/** Sets one setting by its path. @param presetGave see {@link followers} @throws ValleywalkError kind `input` for a change that cannot be made */
export function applyChange(experiment: unknown, change: string, presetGave?: unknown): void {
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
  const before = structuredClone(experiment);
  holder[keys.at(-1)!] = parse(change.slice(path.length + 1));
  // settings of another network or optimiser are none of this one's; they stand beside what tells which it is
  const { gone, moved } = followers(before, experiment, path, presetGave);
  const nameOf = (setting: string): string => setting.split('.').at(-1)!;
  for (const setting of gone) delete holder[nameOf(setting)];
  for (const [setting, value] of moved) holder[nameOf(setting)] = value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
