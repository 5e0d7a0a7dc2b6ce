/** Draws figures in a thread of its own, one after the other, each within a time. */
import { Worker } from 'node:worker_threads';
import { readRecipe } from '../../../shared/figures/recipe-file.ts';
import type { FigureFile } from '../../../shared/charts/request.ts';
import type { FigureSource } from '../../../shared/charts/source.ts';
import { formatDuration } from '../../../shared/format.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { record } from './recording.ts';
import type { FigureRequest, FigureSettings } from './render.ts';
import type { Drawing, Drawn } from './worker.ts';

/** Longest time in which a figure is drawn, in ms: the largest PNG of the densest chart takes a tenth of it. */
const mostTime = 120_000;

/** Where the thread's code is: beside this file, or beside the bundle that holds it. */
function threadFile(): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL('worker.ts', here);
  return new URL(here.includes('/chunks/') ? '../figures.js' : 'figures.js', here);
}

/** What may be told apart from the defaults. */
export interface DrawingOptions {
  /** Longest time in ms. */
  limit?: number;
  /** The thread's code. */
  thread?: URL;
}

/**
 * Makes a drawing of figures. Its thread starts with the first figure, because drawing needs large libraries, and keeps no process alive.
 * @returns draws a figure. @throws ValleywalkError as renderFigure does, and `internal` when it took longer than the limit
 */
export function drawInThread(
  source: FigureSource,
  settings: FigureSettings,
  { limit = mostTime, thread = threadFile() }: DrawingOptions = {},
): (request: FigureRequest) => Promise<FigureFile> {
  let worker: Worker | null = null;
  let before: Promise<unknown> = Promise.resolve();
  /** Ends the drawing that is under way: drawn or refused, or given up with a sentence. */
  let answer: ((drawn: Drawn | string) => void) | null = null;

  function start(): Worker {
    const started = new Worker(thread);
    const lost = (why: string): void => {
      if (worker !== started) return;
      worker = null;
      answer?.(`The figure cannot be drawn: ${why}.`);
    };
    // listeners stay: a port without any stops
    started.on('message', (drawn: Drawn) => worker === started && answer?.(drawn));
    started.on('error', (error) => lost(error instanceof Error ? error.message : String(error)));
    started.on('exit', () => lost('its thread ended, perhaps for want of memory'));
    return started;
  }

  function draw(drawing: Drawing): Promise<FigureFile> {
    const running = (worker ??= start());
    running.ref();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        worker = null;
        void running.terminate();
        answer?.(
          `The figure was not drawn within ${formatDuration(limit / 1000)} and was given up; draw fewer runs, a shorter range, or a smaller picture.`,
        );
      }, limit);
      answer = (drawn) => {
        answer = null;
        clearTimeout(timer);
        running.unref();
        if (typeof drawn === 'string') reject(new ValleywalkError('internal', drawn));
        else if ('file' in drawn) resolve(drawn.file);
        else reject(new ValleywalkError(drawn.error.kind, drawn.error.message, drawn.error.problems));
      };
      running.postMessage(drawing);
    });
  }

  return async (request) => {
    const recipe = readRecipe(request.recipe);
    const turn = before;
    let done = (): void => undefined;
    before = new Promise<void>((resolve) => (done = resolve));
    try {
      await turn;
      return await draw({ request: { ...request, recipe }, recording: record(recipe, source), settings });
    } finally {
      done();
    }
  };
}
