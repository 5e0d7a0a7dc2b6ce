/** What a source of figures answered, so that a thread without the store can ask the same again. */
import type { FigureRecipe } from '../../../shared/figures/recipe.ts';
import type { FigureSource } from '../../../shared/charts/source.ts';
import { readPanels } from './panels.ts';

/** Answers by question. */
export type Recording = ReadonlyMap<string, unknown>;

/** Asks a source everything that a figure is drawn from. @throws ValleywalkError `missing`, as {@link readPanels} does */
export function record(recipe: FigureRecipe, source: FigureSource): Recording {
  const answers = new Map<string, unknown>();
  readPanels(
    recipe,
    answering((question, ask) => {
      if (!answers.has(question)) answers.set(question, ask(source));
      return answers.get(question);
    }),
  );
  return answers;
}

/** The source again, as far as it was asked. */
export function replay(recording: Recording): FigureSource {
  return answering((question) => {
    if (!recording.has(question)) throw new Error(`the figure was drawn without its ${question}`);
    return recording.get(question);
  });
}

/** A source whose every question goes one way. */
function answering(answer: (question: string, ask: (source: FigureSource) => unknown) => unknown): FigureSource {
  const asked = (name: keyof FigureSource) =>
    ((...about: never[]) =>
      answer([name, ...about].join(' '), (source) =>
        (source[name] as (...about: never[]) => unknown)(...about),
      )) as never;
  return {
    run: asked('run'),
    iterations: asked('iterations'),
    slices: asked('slices'),
    epochs: asked('epochs'),
    analysis: asked('analysis'),
    curvature: asked('curvature'),
    summary: asked('summary'),
    times: asked('times'),
  };
}
