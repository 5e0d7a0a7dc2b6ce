/**
 * A study: an experiment of which some settings take several values, listed, evenly spaced or drawn, and seeds. Every combination of
 * the values is run with every seed. Form, file, terminal and store use this one schema, its expansion and its messages.
 */
import { checkValue } from './check-value.ts';
import { z } from 'zod';
import type { Problem } from './errors.ts';
import { checkExperiment, notASetting } from './experiment.ts';
import { problemsOf } from './problems.ts';
import type { Experiment, ExperimentCheck } from './experiment.ts';
import { nameSchema } from './names.ts';
import { canonical, namesOfDifferences } from './runs/settings.ts';
import { settingWords, valueWords } from './setting-words.ts';
import { isObject, settingFields, withSetting } from './settings.ts';
import { didYouMean, nearest } from './spelling.ts';
import { combinationCount, drawnPaths, drawsSchema, listsOf, mostRuns, rangeProblem } from './sweep.ts';
import type { Draws, Range } from './sweep.ts';
import type { Draft } from './settings.ts';

/** More runs than this are started only after a second yes. */
export const askAbove = 200;

const largestSeed = 4_294_967_295;
const seedMessage = `must be a whole number from 0 and at most ${largestSeed.toLocaleString('en')}`;
const seed = z.number({ error: seedMessage }).int(seedMessage).min(0, seedMessage).max(largestSeed, seedMessage);
const seedsMessage = 'must be a list of seeds, or how many there are';
const countMessage = `must be at least one and at most ${mostRuns.toLocaleString('en')}`;

const seeds = z
  .union(
    [z.number().int().min(1, countMessage).max(mostRuns, countMessage), z.array(seed).min(1, 'is empty; give a seed')],
    {
      error: ({ input }) =>
        typeof input === 'number'
          ? `${countMessage} when it says how many seeds there are; it is ${input}`
          : seedsMessage,
    },
  )
  .superRefine((given, context) => {
    if (Array.isArray(given)) reportRepeated(given, [], context);
  });

/** A list of values or, by {@link rangeProblem}, a range. */
const varied = z.custom<unknown[] | Range>().superRefine((values: unknown, context) => {
  if (Array.isArray(values) && values.length > 0) {
    reportRepeated(values, [], context);
    // a list may have holes, which its length counts and nothing else does
    for (let place = 0; place < values.length; place++)
      if (values[place] === undefined)
        context.addIssue({ code: 'custom', input: undefined, path: [place], message: 'is missing; give a value' });
  } else if (!isObject(values))
    context.addIssue({
      code: 'custom',
      input: values,
      message: Array.isArray(values)
        ? 'is empty; give at least one value'
        : 'must be a list of values, or a range: { "from": 0.01, "to": 1, "spacing": "logarithmic", "count": 5 }',
    });
});

const drawCountMessage = `must be how many draws there are, at least one and at most ${mostRuns.toLocaleString('en')}, or { "count": n, "seed": s }`;
/** How often is drawn, and from which seed: 1 where only a number is given. */
const draws = z.union(
  [
    z.number().int(drawCountMessage).min(1, drawCountMessage).max(mostRuns, drawCountMessage),
    drawsSchema.extend({
      count: z.int(drawCountMessage).min(1, drawCountMessage).max(mostRuns, drawCountMessage),
      seed: seed.default(1),
    }),
  ],
  { error: drawCountMessage },
);

/** Names every value of a list that stands in it already. */
function reportRepeated(values: readonly unknown[], path: string[], context: z.RefinementCtx): void {
  const known = new Map<string, number>();
  values.forEach((value, index) => {
    const key = canonical(value);
    const first = known.get(key);
    if (first === undefined) known.set(key, index);
    else
      context.addIssue({
        code: 'custom',
        path: [...path, index],
        input: value,
        message: `repeats ${valueWords(value)}, the ${ordinal(first + 1)} of the list; leave it out`,
      });
  });
}

function ordinal(place: number): string {
  return `${place}${['th', 'st', 'nd', 'rd'][place % 100 > 10 && place % 100 < 14 ? 0 : place % 10] ?? 'th'}`;
}

/**
 * The schema of a study: its own rules. What the combinations must satisfy is checked by {@link checkStudy}.
 * Parsing `{}` gives a study of one run with the default experiment.
 */
export const studySchema = z.preprocess(
  // a study without a name is called after its experiment
  (value) =>
    isObject(value) && value['name'] === undefined && isObject(value['experiment'])
      ? { ...value, name: value['experiment']['name'] }
      : value,
  z
    .strictObject({
      /** How the study is called; its runs are named after what differs between them. */
      name: nameSchema('the study').default('study'),
      /** The settings that all runs share, as an experiment file holds them; settings left out take their defaults. */
      experiment: z
        .record(z.string(), z.unknown(), { error: 'must be the settings of an experiment' })
        .default(() => ({})),
      /** Values by the dotted path of a setting, or of an object of settings such as `model`; of a number also a range. */
      sweep: z
        .record(z.string(), varied, { error: 'must be lists of values by the path of their setting' })
        .default(() => ({})),
      /** Seeds, or how many: then from the experiment's seed on. The experiment's own when left out. */
      seeds: seeds.optional(),
      /** How many values the settings that are drawn take, all together; a number of them, or with the seed of the draws. */
      draws: draws.optional(),
    })
    .superRefine(({ sweep, draws }, context) => {
      const report = (path: string[], message: string): void =>
        context.addIssue({ code: 'custom', path, input: path, message });
      for (const [path, values] of Object.entries(sweep)) {
        const message = pathProblem(path, Object.keys(sweep)) ?? (isObject(values) ? rangeProblem(path, values) : null);
        if (message !== null) report(['sweep', path], message);
      }
      const drawn = drawnPaths(sweep);
      if (drawn.length > 0 && draws === undefined)
        report(
          ['draws'],
          `must say how many values are drawn of ${drawn.map(pathTitle).join(' and ')}, as in "draws": 10`,
        );
      if (drawn.length === 0 && draws !== undefined)
        report(['draws'], 'must be left out: nothing in "sweep" is a range with a "distribution"');
    }),
);

/** A study by its own rules; its combinations may still be impossible. */
export type Study = z.output<typeof studySchema>;

const isBelow = (path: string, above: string): boolean => path.startsWith(`${above}.`);

/** Why a path cannot be swept beside the others; null when it can. */
function pathProblem(path: string, all: readonly string[]): string | null {
  if (path === 'name') return 'cannot be varied; runs are named after what differs between them';
  if (path === 'seed') return 'is varied by "seeds" beside "sweep"; move its values there';
  const whole = all.find((other) => isBelow(path, other));
  if (whole !== undefined) return `contradicts ${whole}, which sets all of it; keep one of the two`;
  const known = settingFields.some(
    (field) =>
      field.path === path || isBelow(field.path, path) || (isBelow(path, field.path) && isObject(field.default)),
  );
  return known ? null : `${notASetting(path.split('.'))} (valleywalk run --help lists the settings)`;
}

/** One run of a study: its place in the grid and its experiment, complete and named. */
export interface StudyRun {
  /**
   * Which value of each list it has, in the order of `sweep`, and last which seed; counted from 0. Lists only ever grow at
   * their ends, so a place stays what it is when a study is extended.
   */
  place: number[];
  experiment: Experiment;
}

/** The grid of a study, or everything that is wrong with it. */
type Expansion = { ok: true; runs: StudyRun[] } | { ok: false; problems: Problem[] };

/** The seeds of a study as a list. */
export function seedsOf({ seeds, experiment }: Study): number[] {
  if (Array.isArray(seeds)) return seeds;
  const first = typeof experiment['seed'] === 'number' ? experiment['seed'] : 1;
  return Array.from({ length: seeds ?? 1 }, (_, index) => first + index);
}

/** The draws of a study with their seed; undefined where nothing is drawn. */
export function drawsOf({ draws }: Pick<Study, 'draws'>): Draws | undefined {
  return typeof draws === 'number' ? { count: draws, seed: 1 } : draws;
}

/** How many runs a study has: combinations times seeds. */
export function studySize(study: Study): number {
  return combinationCount(study.sweep, drawsOf(study)) * seedsOf(study).length;
}

/** A combination of values: its place without the seed, and what is then asked for. */
interface Combination {
  place: number[];
  draft: Draft;
}

/**
 * Checks an unknown value against the schema of a study and every combination against the schema of an experiment.
 * @returns the study with its runs in order, the last setting and the seed turning fastest; or every problem with its path:
 *   `sweep.optimizer.learningRate.1` for a value, `experiment.data.train` for a setting of all, with the combination where
 *   only some have the problem.
 * @param check what each combination must satisfy; the schema of an experiment by default
 */
export function checkStudy(
  value: unknown,
  check: (draft: Draft) => ExperimentCheck = checkExperiment,
): { ok: true; study: Study; runs: StudyRun[] } | { ok: false; problems: Problem[] } {
  const parsed = checkValue(studySchema, value);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, notOfAStudy) };
  const expansion = expandStudy(parsed.data, check);
  return expansion.ok ? { ...expansion, study: parsed.data } : expansion;
}

/** What is wrong with a key that a study does not have. */
function notOfAStudy([key]: readonly string[]): string {
  if (key === 'seed') return 'is a setting of the experiment; move it there, or give "seeds"';
  const meant = didYouMean(nearest(key!, Object.keys(studySchema.out.shape)));
  return `is not a setting of a study; ${meant ?? `it has ${Object.keys(studySchema.out.shape).join(', ')}`}`;
}

/** The runs of a study that keeps its own rules, or what is wrong with its combinations. */
function expandStudy(study: Study, checkOne: (draft: Draft) => ExperimentCheck): Expansion {
  const size = studySize(study);
  if (size > mostRuns)
    return {
      ok: false,
      problems: [
        {
          path: Object.keys(study.sweep).length > 0 ? 'sweep' : 'seeds',
          message: `makes ${size.toLocaleString('en')} runs, and a study has at most ${mostRuns.toLocaleString('en')}; shorten a list, or make several studies`,
        },
      ],
    };
  const draws = drawsOf(study);
  const lists = listsOf(study.sweep, draws);
  const drawn = drawnPaths(study.sweep);
  const different = drawn.length > 0 ? lists[drawn[0]!]!.length : 0;
  if (draws && different < draws.count)
    return {
      ok: false,
      problems: [
        {
          path: 'draws',
          message: `must be at most ${different.toLocaleString('en')}: there are no more different values of ${drawn.map(pathTitle).join(' and ')}; lower it or widen a range`,
        },
      ],
    };
  const all = combinationsOf(study, lists);
  const found = new ProblemCollector(study.sweep, lists, all.length);
  const valid: { place: number[]; experiment: Experiment }[] = [];
  const known = new Map<string, number[]>();
  for (const { place, draft } of all) {
    const check = checkOne(draft);
    if (!check.ok) {
      found.add(place, check.problems);
      continue;
    }
    const key = canonical(check.experiment);
    const twin = known.get(key);
    if (twin) found.addTwin(place, twin);
    else known.set(key, place);
    valid.push({ place, experiment: check.experiment });
  }
  const problems = found.problems();
  const list = seedsOf(study);
  const beyond = list.find((each) => each > largestSeed);
  if (beyond !== undefined) problems.push({ path: 'seeds', message: `count beyond the largest seed: ${seedMessage}` });
  if (problems.length > 0) return { ok: false, problems };
  const runs = valid.flatMap(({ place, experiment }) =>
    list.map((seed, index): StudyRun => ({ place: [...place, index], experiment: { ...experiment, seed } })),
  );
  const names = namesOfDifferences(
    runs.map(({ experiment }) => experiment),
    () => study.name,
  );
  runs.forEach((run, index) => (run.experiment = { ...run.experiment, name: names[index]! }));
  return { ok: true, runs };
}

/** Every combination of a study's values put into its experiment. */
function combinationsOf({ sweep, experiment, name }: Study, lists: Readonly<Record<string, unknown[]>>): Combination[] {
  const paths = Object.keys(sweep);
  // a setting that decides which others there are comes first, for it starts them anew
  const decides = (path: string): number => Number(!settingFields.some(({ when }) => when?.path === path));
  const order = paths.map((path, axis) => ({ path, axis })).sort((a, b) => decides(a.path) - decides(b.path));
  // what is drawn is drawn together: each after the first is at the place of the first
  const drawn = drawnPaths(sweep);
  const first = paths.indexOf(drawn[0] ?? '');
  const places = paths.reduce<number[][]>(
    (before, path) =>
      drawn.includes(path) && path !== drawn[0]
        ? before.map((place) => [...place, place[first]!])
        : before.flatMap((place) => lists[path]!.map((_, index) => [...place, index])),
    [[]],
  );
  // the seed is set later: it decides nothing that is checked
  const base = { ...experiment, name };
  return places.map((place) => ({
    place,
    draft: order.reduce<Draft>((draft, { path, axis }) => withSetting(draft, path, lists[path]![place[axis]!]), base),
  }));
}

/** A combination in words: `learning rate 0.1 · batch size 100`. */
function placeWords(lists: Readonly<Record<string, unknown[]>>, place: readonly number[]): string {
  return Object.entries(lists)
    .map(([path, values], axis) => pathWords(path, values[place[axis]!]))
    .join(' · ');
}

/** A swept path with one of its values in words, also of an object of settings: `model: architecture cnn`. */
function pathWords(path: string, value: unknown): string {
  const field = settingFields.find((each) => each.path === path);
  return field ? settingWords(field, value) : `${path}: ${valueWords(value)}`;
}

/** How a swept path is called: the title of its field, or the path itself. */
export function pathTitle(path: string): string {
  return settingFields.find((field) => field.path === path)?.title ?? path;
}

/** Gathers the problems of combinations, and tells each once, where it lies and which combinations have it. */
class ProblemCollector {
  readonly #sweep: Study['sweep'];
  readonly #lists: Readonly<Record<string, unknown[]>>;
  readonly #total: number;
  readonly #found = new Map<string, { problem: Problem; expected: number; places: number[][] }>();

  /** @param lists the sweep with its ranges as values */
  constructor(sweep: Study['sweep'], lists: Readonly<Record<string, unknown[]>>, total: number) {
    this.#sweep = sweep;
    this.#lists = lists;
    this.#total = total;
  }

  add(place: number[], problems: readonly Problem[]): void {
    for (const problem of problems) this.#put(place, this.#located(place, problem));
  }

  addTwin(place: number[], twin: number[]): void {
    const path = Object.keys(this.#sweep).findLast((_, axis) => place[axis] !== twin[axis]) ?? '';
    const problem = {
      path: this.#pathAt(path, place),
      message: `makes the same run as ${placeWords(this.#lists, twin)}; leave one of them out`,
    };
    this.#put(place, { problem, expected: 1 });
  }

  /** The path of a value in the study: a value of a range has none of its own. */
  #pathAt(swept: string, place: readonly number[]): string {
    const axis = Object.keys(this.#sweep).indexOf(swept);
    return Array.isArray(this.#sweep[swept]) ? `sweep.${swept}.${place[axis]}` : `sweep.${swept}`;
  }

  /** Where a problem of a combination lies in the study, and how many combinations share that place. */
  #located(place: number[], { path, message }: Problem): { problem: Problem; expected: number } {
    const paths = Object.keys(this.#sweep);
    const axis = paths.findIndex((swept) => path === swept || isBelow(path, swept));
    if (axis < 0)
      return { problem: { path: ['experiment', path].filter(Boolean).join('.'), message }, expected: this.#total };
    const swept = paths[axis]!;
    return {
      problem: { path: `${this.#pathAt(swept, place)}${path.slice(swept.length)}`, message },
      expected: this.#total / this.#lists[swept]!.length,
    };
  }

  #put(place: number[], { problem, expected }: { problem: Problem; expected: number }): void {
    // every value of a range may be wrong in its own words: one is enough
    const range = Object.keys(this.#sweep).find((path) => problem.path === `sweep.${path}`);
    const key = range === undefined ? `${problem.path}\n${problem.message}` : problem.path;
    const known = this.#found.get(key);
    if (known) known.places.push(place);
    else this.#found.set(key, { problem, expected, places: [place] });
  }

  /** Every problem once; the combination is named where not every one that could have it does. */
  problems(): Problem[] {
    return [...this.#found.values()].map(({ problem, expected, places }) => {
      if (places.length >= expected) return problem;
      const more = places.length === 1 ? '' : ` and ${places.length - 1} more`;
      return { ...problem, message: `${problem.message} (with ${placeWords(this.#lists, places[0]!)}${more})` };
    });
  }
}

/** Whether a value looks like a study rather than an experiment: it has something to vary, seeds, or an experiment inside. */
export function looksLikeStudy(value: unknown): boolean {
  return isObject(value) && ['sweep', 'seeds', 'draws', 'experiment'].some((key) => Object.hasOwn(value, key));
}
