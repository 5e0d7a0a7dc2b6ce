/** Whether what checks the code notices a half that is not there: each is taken out in memory, never on disk. */
import { dirname, relative, resolve } from 'node:path';
import ts from 'typescript';
import { cutText, withoutHalf } from './cut.ts';
import type { Cut } from './cut.ts';

/** A half of a thing, and how one hears of its absence. */
export interface Half {
  /** The thing, in words: `operation sigmoid`. */
  thing: string;
  /** The half, in words: `its translation for TensorFlow`. */
  half: string;
  /** The file that the half is in. */
  file: string;
  /** What is taken out of it. */
  cuts: readonly Cut[];
  /** What the message must hold, by which one finds what is missing. */
  names: readonly string[];
  /** Files of which one complains; the half's own unless told. */
  complains?: readonly string[];
}

/** What became of a half that was taken out. */
export interface Finding {
  half: Half;
  /** The message that names it; null when nothing does. */
  message: string | null;
  /** Whatever else was said. */
  others: readonly string[];
}

/** Type-checks files with one of them changed; the others are read once, and only the files that are asked about are checked. */
function typeChecker(
  root: string,
  files: readonly string[],
): (file: string, text: string, asked: readonly string[]) => string[] {
  const config = resolve(root, 'tsconfig.json');
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, (path) => ts.sys.readFile(path)).config,
    ts.sys,
    dirname(config),
  );
  const known = new Map<string, ts.SourceFile | undefined>();
  const host = ts.createCompilerHost(options, true);
  let program: ts.Program | undefined;
  return (file, text, asked) => {
    const changed = resolve(root, file);
    program = ts.createProgram({
      rootNames: files.map((each) => resolve(root, each)),
      options,
      ...(program ? { oldProgram: program } : {}),
      host: {
        ...host,
        getSourceFile(name, version) {
          if (resolve(name) === changed) return ts.createSourceFile(name, text, version, true);
          if (!known.has(name)) known.set(name, host.getSourceFile(name, version));
          return known.get(name);
        },
      },
    });
    return asked.flatMap((each) => {
      const source = program!.getSourceFile(resolve(root, each));
      if (!source) throw new Error(`${each} is no file of tsconfig.json`);
      return [...program!.getSyntacticDiagnostics(source), ...program!.getSemanticDiagnostics(source)].map(
        ({ messageText }) =>
          `${relative(root, source.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
    });
  };
}

/**
 * Takes halves out, one after the other, and asks the types.
 * @param root the folder of tsconfig.json
 * @throws Error when a half is not there, or the code does not pass with all of its halves
 */
export function checkTypes(root: string, halves: readonly Half[]): Finding[] {
  const files = [...new Set(halves.flatMap(({ file, complains = [] }) => [file, ...complains]))];
  const check = typeChecker(root, files);
  const textOf = (file: string): string => {
    const text = ts.sys.readFile(resolve(root, file));
    if (text === undefined) throw new Error(`there is no ${file}; correct build/halves/table.ts`);
    return text;
  };
  if (files.length > 0) {
    const before = check(files[0]!, textOf(files[0]!), files);
    if (before.length > 0) throw new Error(`with all of its halves the code does not pass: ${before[0]!}`);
  }
  return halves.map((half) => {
    const { file, cuts, complains = [file] } = half;
    return judged(half, check(file, withoutHalf(file, textOf(file), cuts), complains));
  });
}

/** Which of the messages names what is missing. */
export function judged(half: Half, messages: readonly string[]): Finding {
  const message = messages.find((each) => half.names.every((name) => each.includes(name))) ?? null;
  return { half, message, others: messages.filter((each) => each !== message) };
}

/** A finding in a line or two. */
export function findingText({ half: { thing, half, file, cuts, names }, message, others }: Finding): string {
  const where = `${thing}, ${half} (${cuts.map(cutText).join(', ')}, ${file})`;
  if (message !== null)
    return `noticed   ${where}\n          ${(message.split('\n').find((line) => line.includes(names[0]!)) ?? message).trim().slice(0, 160)}`;
  const said =
    others.length === 0 ? 'nothing is said' : `said is only: ${others.map((each) => each.slice(0, 300)).join(' | ')}`;
  return `FORGOTTEN ${where}\n          no message holds ${names.join(' and ')}; ${said}`;
}
