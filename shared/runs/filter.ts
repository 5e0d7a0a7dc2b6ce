/**
 * The filter of runs: `batchSize >= 500 and architecture = mlp and tag = paper`. Words that are compared with nothing are
 * looked for in a run's texts. The list in the window, the terminal and scripts all filter by {@link readFilter}; its
 * grammar is filter.peggy (in words: docs/comparing.md), of which Peggy makes the parser; what words mean is read here.
 */
import type { RunRecord } from '../records.ts';
import { runFields } from './fields.ts';
import type { FieldValue, RunField } from './fields.ts';
import { fieldsOfTitle, own, shortestNames, titleLength } from './field-names.ts';
import { parseFilter } from './filter-parser.ts';
import { didYouMean, nearest } from '../spelling.ts';
import { architectureOf } from './settings.ts';

/** Whether a filter asks about archived runs: those are left out unless it does. */
export function asksForArchived(text: string): boolean {
  return /\barchived\b/i.test(text);
}

/** What is wrong with a filter, where, and what is allowed there. */
export interface FilterProblem {
  /** One sentence. */
  message: string;
  /** First character of what is wrong, from 0; the text's length when something is missing at its end. */
  at: number;
  /** Characters that are wrong; 0 when something is missing. */
  length: number;
}

/** A filter that was read: which runs it lets through, or what is wrong. */
export type FilterReading = { ok: true; matches: (run: RunRecord) => boolean } | { ok: false; problem: FilterProblem };

class FilterError extends Error {
  readonly problem: FilterProblem;
  constructor(message: string, at: number, length: number) {
    super(message);
    this.problem = { message, at, length };
  }
}

/** A word or quoted text, with its place. */
interface Leaf {
  kind: 'leaf';
  text: string;
  at: number;
  length: number;
  quoted: boolean;
}

/** A filter as a tree; words that follow each other are an `and`, as are the values of a list. */
type Node =
  | Leaf
  | { kind: 'and' | 'or' | 'not'; parts: readonly Node[] }
  | { kind: 'compare'; left: Node; operator: string; right: Node };

type Test = (run: RunRecord) => boolean;

const shape = 'write a field, a comparison and a value, as in batchSize >= 500, joined by and, or, not and parentheses';

/**
 * Reads a filter; an empty one lets every run through. A comparison may name its field by the title in words: where it cannot be
 * read without, so that words before a field's name stay what is searched for.
 */
export function readFilter(text: string): FilterReading {
  const reading = readWith(text, () => 0);
  return reading.ok ? reading : readWith(text, titleLength);
}

function readWith(text: string, titleAt: (text: string, at: number) => number): FilterReading {
  try {
    return { ok: true, matches: testOf(parseFilter(text, { shape, placeOf, titleAt }) as Node) };
  } catch (error) {
    if (error instanceof FilterError) return { ok: false, problem: error.problem };
    if (error instanceof RangeError) return { ok: false, problem: { message: tooDeep, at: 0, length: text.length } };
    const { message, location } = error as Error & { location?: Record<'start' | 'end', { offset: number }> };
    if (location === undefined) throw error;
    const { start, end } = location;
    return { ok: false, problem: { message, at: start.offset, length: end.offset - start.offset } };
  }
}

const tooDeep = 'parentheses or “not” lie too deep in each other; leave out those that change nothing';

/** Place of the first word in a tree: for messages about the whole of it. */
function placeOf(node: Node): { at: number; length: number } {
  if (node.kind === 'leaf') return node;
  const inner = node.kind === 'compare' ? node.left : node.parts[0];
  return inner ? placeOf(inner) : { at: 0, length: 0 };
}

function testOf(node: Node): Test {
  if (node.kind === 'leaf') return containing(node);
  if (node.kind === 'compare') {
    const { left, operator, right } = node;
    // `not` before a field is meant for its comparison
    if (left.kind === 'not') return testOf({ kind: 'not', parts: [{ ...node, left: left.parts[0]! }] });
    return comparison(left, operator, right);
  }
  const tests = node.parts.map(testOf);
  if (node.kind === 'not') return (run) => !tests[0]!(run);
  return node.kind === 'or' ? (run) => tests.some((test) => test(run)) : (run) => tests.every((test) => test(run));
}

/** A run's texts contain the word. */
function containing({ text }: Leaf): Test {
  const word = text.toLowerCase();
  return (run) =>
    [
      run.name,
      run.run,
      run.status,
      run.notes,
      ...run.tags,
      architectureOf(run.experiment),
      run.experiment.data.set,
    ].some((part) => part.toLowerCase().includes(word));
}

function comparison(left: Node, operator: string, right: Node): Test {
  if (left.kind !== 'leaf') {
    const { at, length } = placeOf(left);
    throw new FilterError(`“${operator}” compares one field with a value; ${shape}`, at, length);
  }
  const field = findField(left);
  if (operator === 'in') {
    const values = right.kind === 'and' ? right.parts : [right];
    const tests = values.map((value) => single(field, '=', left, value));
    return (run) => tests.some((test) => test(run));
  }
  return single(field, operator, left, right);
}

/**
 * Finds the field that is meant: by its whole name or the end of it, or else by its title, whatever the case.
 * @throws FilterError when there is none or several
 */
function findField({ text, at, length }: Pick<Leaf, 'text' | 'at' | 'length'>): RunField {
  const wanted = text.toLowerCase();
  const fields = runFields();
  const exact =
    fields.find(({ name }) => name.toLowerCase() === wanted) ??
    fields.find(({ name }) => plain(name) === plain(wanted));
  if (exact) return exact;
  const ending = own(fields.filter(({ name }) => name.toLowerCase().endsWith(`.${wanted}`)));
  if (ending.length === 1) return ending[0]!;
  const titled = fieldsOfTitle(text);
  if (titled.length === 1) return titled[0]!;
  const several = ending.length > 1 ? ending : titled;
  if (several.length > 1)
    throw new FilterError(`“${text}” may be ${several.map(({ name }) => name).join(' or ')}; write which`, at, length);
  throw new FilterError(
    `there is no field “${text}”; ${didYouMean(meant(wanted)) ?? 'fields are settings as batchSize, results as distance, and status, tag, name, notes'}`,
    at,
    length,
  );
}

/** `tags` and `tag`, `train_loss` and `trainLoss` are the same word. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('_', '')
    .replace(/^tags$/, 'tag')
    .replace(/^note$/, 'notes');
}

/** Names that are a few letters away, else those that hold what was written. */
function meant(wanted: string): string[] {
  const names = shortestNames().map(([name]) => name);
  const near = nearest(wanted, names);
  if (near.length > 0 || wanted.length <= 3) return near;
  return names.filter((name) => name.toLowerCase().includes(wanted)).slice(0, 3);
}

/** One comparison of a field with one value. */
function single(field: RunField, operator: string, { text: name }: Leaf, right: Node): Test {
  if (right.kind !== 'leaf') {
    const { at, length } = placeOf(right);
    throw new FilterError(
      `“${name} ${operator}” needs one value after it; put a text with spaces in quotation marks`,
      at,
      length,
    );
  }
  const fail = (message: string): never => {
    throw new FilterError(message, right.at, right.length);
  };
  const equal = operator === '=' || operator === '==';
  const word = right.text.toLowerCase();
  if (!right.quoted && word === 'none' && field.kind !== 'choice') {
    const isNone = (value: FieldValue): boolean =>
      value === null || value === '' || (Array.isArray(value) && value.length === 0);
    const given = (run: RunRecord): boolean => isNone(field.value(run)) || field.value(run) === 'none';
    if (equal) return given;
    if (operator === '!=') return (run) => !given(run);
    return fail(`“none” is compared with = or != only`);
  }
  switch (field.kind) {
    case 'number': {
      const value = readNumber(right.text);
      if (value === null)
        return fail(
          `${name} is a number, as in ${name} ${operator === '~' || operator === '!~' ? '=' : operator} 500; “${right.text}” is none`,
        );
      const compare = numbers[operator] ?? fail(`${name} is a number: compare it with =, !=, <, <=, >, >= or in`);
      return (run) => {
        const own = field.value(run);
        return typeof own === 'number' ? compare(own, value) : operator === '!=';
      };
    }
    case 'time': {
      if (!/^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?$/i.test(right.text))
        return fail(`${name} is a time in UTC, as in ${name} >= 2026-11-20 or ${name} < 2026-11-20T18:30`);
      const moment = right.text.toUpperCase();
      const compare = times[operator] ?? fail(`${name} is a time: compare it with =, !=, <, <=, > or >=`);
      return (run) => {
        const own = field.value(run);
        return typeof own === 'string' ? compare(own.slice(0, moment.length), moment) : operator === '!=';
      };
    }
    case 'flag': {
      const yes = ['yes', 'true', '1'].includes(word);
      if (!yes && !['no', 'false', '0'].includes(word)) return fail(`${name} is yes or no, as in ${name} = yes`);
      if (!equal && operator !== '!=') return fail(`${name} is yes or no: compare it with = or !=`);
      return (run) => (field.value(run) === yes) === equal;
    }
    case 'choice':
      if ((equal || operator === '!=') && !field.choices!.some((choice) => choice.toLowerCase() === word))
        return fail(`${name} is one of ${field.choices!.join(', ')}; not “${right.text}”`);
      return texts(field, operator, word, name, fail);
    case 'text':
    case 'list':
      return texts(field, operator, word, name, fail);
  }
}

function texts(field: RunField, operator: string, word: string, name: string, fail: (message: string) => never): Test {
  const all = (run: RunRecord): string[] => {
    const value = field.value(run);
    return value === null
      ? []
      : Array.isArray(value)
        ? (value as string[]).map((one) => one.toLowerCase())
        : [String(value).toLowerCase()];
  };
  switch (operator) {
    case '=':
    case '==':
      return (run) => all(run).includes(word);
    case '!=':
      return (run) => !all(run).includes(word);
    case '~':
      return (run) => all(run).some((own) => own.includes(word));
    case '!~':
      return (run) => !all(run).some((own) => own.includes(word));
    default:
      return fail(`${name} is a word: compare it with =, !=, ~ (contains), !~ or in`);
  }
}

type Compare<T> = Record<string, (own: T, value: T) => boolean>;
const ordering = <T extends number | string>(): Compare<T> => ({
  '=': (own, value) => own === value,
  '==': (own, value) => own === value,
  '!=': (own, value) => own !== value,
  '<': (own, value) => own < value,
  '<=': (own, value) => own <= value,
  '>': (own, value) => own > value,
  '>=': (own, value) => own >= value,
});
const numbers = ordering<number>();
const times = ordering<string>();

/** A number as people write it: `500`, `1e-3`, `−0.5`, `90%` (0.9); null when it is none. */
function readNumber(text: string): number | null {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(%?)$/i.exec(text.replace('−', '-'));
  return match ? Number(match[1]) / (match[2] === '%' ? 100 : 1) : null;
}

/** What a filter can be completed with at one place. */
export interface Completion {
  /** The text that takes the place of the word. */
  text: string;
  /** What it is, in words. */
  help: string;
}

/**
 * The word at the caret and what it can become: names of fields, or the words that the field before it can be.
 * @param differing whole names of the fields in which the runs at hand differ: these are offered before others
 */
export function completeFilter(
  text: string,
  caret: number,
  tags: readonly string[],
  differing: ReadonlySet<string> = new Set(),
): { from: number; to: number; options: Completion[] } {
  const before = text.slice(0, caret);
  const word = /[\p{L}\p{N}_.%+\-:/]*$/u.exec(before)![0];
  const from = caret - word.length;
  const to = caret + /^[\p{L}\p{N}_.%+\-:/]*/u.exec(text.slice(caret))![0].length;
  const wanted = word.toLowerCase();
  const value = /([\p{L}\p{N}_.]+)\s*(?:=|==|!=|~|!~|in\s*\((?:[^()]*,)?)\s*$/u.exec(before.slice(0, from));
  const fits = (entry: string): boolean => entry.toLowerCase().includes(wanted);
  if (value) {
    let field: RunField;
    try {
      field = findField({ text: value[1]!, at: 0, length: 0 });
    } catch {
      return { from, to, options: [] };
    }
    const words =
      field.kind === 'choice'
        ? field.choices!
        : field.kind === 'flag'
          ? ['yes', 'no']
          : field.name === 'tag'
            ? tags
            : [];
    return {
      from,
      to,
      options: words
        .filter(fits)
        .map((entry) => ({ text: /^[\p{L}\p{N}_.-]+$/u.test(entry) ? entry : `"${entry}"`, help: '' })),
    };
  }
  if (wanted === '' || /[<>=~]\s*$/.test(before.slice(0, from))) return { from, to, options: [] };
  const last = (...orders: boolean[]): number => orders.reduce((sum, order) => sum * 2 + Number(!order), 0);
  const place = ([name, field]: readonly [string, RunField]): number =>
    last(
      [name, field.name, field.title].some((one) => one.toLowerCase() === wanted),
      differing.has(field.name),
      name.toLowerCase().startsWith(wanted),
    );
  const options = shortestNames()
    .filter(([name, { name: whole, title }]) => fits(name) || fits(whole) || fits(title))
    .sort((a, b) => place(a) - place(b) || a[0].length - b[0].length)
    .slice(0, 8)
    .map(([name, { title }]) => ({ text: name, help: title }));
  return { from, to, options };
}

/** A field as help tells it. */
export interface FieldHelp {
  name: string;
  title: string;
  kind: RunField['kind'];
  choices: readonly string[];
}

/**
 * Names of all fields with what they are: for help.
 * @param differing whole names of the fields in which the runs at hand differ: settings among these come first, the seed last
 * of them, then results, then the rest; without it fields stand as they are declared
 */
export function filterFields(differing?: ReadonlySet<string>): FieldHelp[] {
  const place = ({ name, about }: RunField): number =>
    about === 'setting' && differing!.has(name) ? Number(name === 'seed') : about === 'result' ? 2 : 3;
  const fields = [...shortestNames()];
  if (differing) fields.sort(([, a], [, b]) => place(a) - place(b));
  return fields.map(([name, { title, kind, choices }]) => ({ name, title, kind, choices: choices ?? [] }));
}

/** A problem as a sentence that says where: for the terminal and for errors. */
export function problemSentence({ message, at, length }: FilterProblem, text: string): string {
  const where =
    length > 0
      ? `at “${text.slice(at, at + length)}” (character ${at + 1})`
      : at >= text.length
        ? 'at its end'
        : `at character ${at + 1}`;
  return `the filter cannot be read ${where}: ${message}`;
}
