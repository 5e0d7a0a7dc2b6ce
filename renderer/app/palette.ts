/** What the palette can find: actions that can be done now, views, presets, runs, studies and figures. */
import type { Router } from 'vue-router';
import { allCommands, actionOf } from '../commands/commands.ts';
import type { Command } from '../commands/commands.ts';
import { figures } from '../figures/figures.ts';
import { architectureOf } from '../../shared/runs/settings.ts';
import { resumableRuns, studyIsActive, studyStatusText } from '../../shared/study-record.ts';
import { statusWords } from '../../shared/runs/status-words.ts';
import { plural } from '../ui/format.ts';
import { fuzzyFind } from './fuzzy.ts';
import { activeRuns, isStopping, pauseRun, resumeRun, runs, stopRun } from '../runs/runs.ts';
import { goCommands } from './shortcut-sheet.ts';
import { controlStudy, studies } from '../runs/studies.ts';
import { presets } from '../connection/workbench.ts';

/** One thing that the palette finds. */
export interface PaletteEntry {
  id: string;
  title: string;
  /** What kind of thing it is, in a word or two. */
  kind: string;
  /** Told beside the title, and found by. */
  detail?: string;
  keys?: string;
  /** Words that find it besides title, detail and kind. */
  words?: string;
  run: () => unknown;
}

/** Most entries shown at once: who looks for more types a letter more. */
const most = 50;

/** Everything there is to find, actions first. */
function paletteEntries(router: Router): PaletteEntry[] {
  const go = (path: string) => (): unknown => router.push(path);
  const keysOf = (command: Command): { keys?: string } => (command.keys?.[0] ? { keys: command.keys[0] } : {});
  return [
    ...allCommands.flatMap((command): PaletteEntry[] => {
      const action = command.id === 'palette' ? null : actionOf(command.id);
      const { id, title, words } = command;
      return action
        ? [{ id, title, kind: 'Action', ...(words ? { words } : {}), ...keysOf(command), run: action.run }]
        : [];
    }),
    ...activeRuns.value
      .filter(({ run }) => !isStopping(run))
      .flatMap(({ run, name }) => [
        { id: `pause.${run}`, title: `Pause ${name}`, kind: 'Action', run: () => pauseRun(run) },
        { id: `stop.${run}`, title: `Stop ${name}`, kind: 'Action', run: () => stopRun(run) },
      ]),
    ...studies.value.flatMap((record): PaletteEntry[] => {
      const { study, name } = record;
      const control = (how: 'pause' | 'resume' | 'stop', title: string): PaletteEntry => ({
        id: `${how}.${study}`,
        title: `${title} the study ${name}`,
        kind: 'Action',
        run: () => controlStudy(how, study),
      });
      const { stopped, failed } = resumableRuns(record);
      const active = studyIsActive(record);
      return [
        ...(active ? [control('pause', 'Pause'), control('stop', 'Stop')] : []),
        ...(!active && stopped > 0 ? [control('resume', 'Resume')] : []),
        ...(failed > 0 && (active || stopped === 0) ? [control('resume', 'Retry the failed runs of')] : []),
      ];
    }),
    ...runs.value
      .filter(({ status }) => status === 'paused' || status === 'interrupted')
      .map(({ run, name }) => ({
        id: `resume.${run}`,
        title: `Resume ${name}`,
        kind: 'Action',
        words: 'continue go on',
        run: () => resumeRun(run),
      })),
    ...goCommands.map((command) => ({
      id: command.id,
      title: command.title,
      kind: 'View',
      words: 'go to open',
      ...keysOf(command),
      run: go(command.path),
    })),
    ...presets.value.map(({ id, title, description }) => ({
      id: `preset.${id}`,
      title: `New run: ${title}`,
      kind: 'Preset',
      words: description,
      run: go(`/new?preset=${encodeURIComponent(id)}`),
    })),
    ...runs.value.map(({ run, name, status, experiment }) => ({
      id: `run.${run}`,
      title: name,
      kind: 'Run',
      detail: `${statusWords[status]}, ${architectureOf(experiment)}`,
      words: run,
      run: go(`/runs/${run}`),
    })),
    ...studies.value.map((record) => ({
      id: `study.${record.study}`,
      title: record.name,
      kind: 'Study',
      detail: `${plural(record.runs, 'run')}, ${studyStatusText(record)}`,
      words: record.study,
      run: go(`/studies/${record.study}`),
    })),
    ...figures.value.map(({ figure, recipe }) => ({
      id: `figure.${figure}`,
      title: recipe.name,
      kind: 'Figure',
      run: go(`/figures/${figure}`),
    })),
  ];
}

/** What answers a query, best first. */
export function findInPalette(query: string, router: Router): PaletteEntry[] {
  const entries = paletteEntries(router);
  const byTitle = fuzzyFind(query, entries, (entry) => entry.title);
  if (query.trim() === '') return byTitle.slice(0, most);
  const found = new Set(byTitle);
  const rest = entries.filter((entry) => !found.has(entry));
  const byMore = fuzzyFind(query, rest, ({ title, kind, detail, words }) =>
    [title, kind, detail, words].filter((part) => part !== undefined).join(' '),
  );
  return [...byTitle, ...byMore].slice(0, most);
}
