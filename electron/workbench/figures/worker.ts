/** A thread that draws figures: whoever asks for one goes on meanwhile, and can give it up. */
import { parentPort } from 'node:worker_threads';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { WireError } from '../../../shared/protocol.ts';
import type { FigureFile } from '../../../shared/charts/request.ts';
import { replay } from './recording.ts';
import type { Recording } from './recording.ts';
import { renderFigure } from './render.ts';
import type { FigureRequest, FigureSettings } from './render.ts';

/** What the thread is asked for: a figure, with everything that its source would answer. */
export interface Drawing {
  request: FigureRequest;
  recording: Recording;
  settings: FigureSettings;
}

/** What it answers; an error that means nothing to a reader has its message only. */
export type Drawn = { file: FigureFile } | { error: WireError };

parentPort?.on('message', ({ request, recording, settings }: Drawing) => {
  void renderFigure(request, replay(recording), settings)
    .then(
      (file): Drawn => ({ file }),
      (error: unknown): Drawn => {
        const message = error instanceof Error ? error.message : String(error);
        if (!(error instanceof ValleywalkError)) return { error: { kind: 'internal', message, problems: [] } };
        return { error: { kind: error.kind, message, problems: error.problems } };
      },
    )
    .then((drawn) => parentPort!.postMessage(drawn));
});
