/** The script of an array job: what is asked of Slurm, what may not be asked, and what starts on the node. */
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { studyPaths } from './files.ts';
import type { Environment, Submission } from './kind.ts';
import { attemptMark } from './log.ts';

/** A text as one word of a shell. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A text as one word of a directive, which sbatch reads by rules of its own: a backslash takes the next character, within quotes too. */
function directiveWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** The words of a directive, as sbatch reads them (`_get_argument` of its opt.c): quotes, backslashes, and `#`, which ends it. */
export function directiveWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (character === '\\') word = (word ?? '') + (line[++at] ?? '');
    else if (quote !== '' && character === quote) quote = '';
    else if (quote !== '') word = (word ?? '') + character;
    else if (character === '"' || character === "'") [word, quote] = [word ?? '', character];
    else if (character === '#') break;
    else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (word !== null) words.push(word);
  return words;
}

/** Options of sbatch that would break what the script relies on, by their long names, and why. */
const refused: Readonly<Record<string, string>> = {
  array: 'a task is a run of the study; --at-once says how many compute at the same time',
  'job-name': 'jobs are found again by it',
  output: "the log is read from the study's folder",
  error: 'the log is one file, with what fails in it',
  'open-mode': 'a run that goes on writes on in its log',
  'no-requeue': 'a run that is preempted goes on from its checkpoint because Slurm queues it again',
  signal: 'by it a run writes a checkpoint before its time ends',
  time: '--minutes says it',
  clusters: 'jobs are asked about on this cluster; submit from a login node of the other one',
  parsable: 'it is given already',
  wrap: 'it takes the place of the script',
  wait: 'sbatch would not come back before the study has ended; follow it with valleywalk studies watch',
  'test-only': 'nothing would be submitted; --dry-run shows what would be',
};
/** The same by one letter. */
const letters: Readonly<Record<string, keyof typeof refused>> = {
  a: 'array',
  J: 'job-name',
  o: 'output',
  e: 'error',
  t: 'time',
  M: 'clusters',
  W: 'wait',
};

/** The option of sbatch that a word is, by its long name where it has one in {@link letters}; null where it is none. */
function optionOf(word: string): string | null {
  const [, long, letter] = /^-(?:-([\w-]+)|(\w))/.exec(word) ?? [];
  return long ?? (letter === undefined ? null : (letters[letter] ?? letter));
}

/** @throws ValleywalkError kind `input` for a directive of a person that would break what the script relies on */
function requireHarmless(directive: string): void {
  const words = directiveWords(directive);
  for (const [at, word] of words.entries()) {
    const option = optionOf(word);
    if (option === null) continue;
    // sbatch takes beginnings of its options, too
    const why = Object.entries(refused).find(
      ([name]) => name === option || (option.length > 2 && name.startsWith(option)),
    );
    const exported =
      option.length > 2 && 'export'.startsWith(option) ? (/=(.*)/.exec(word)?.[1] ?? words[at + 1] ?? '') : 'ALL';
    const reason =
      why?.[1] ??
      (exported.split(',').includes('ALL')
        ? null
        : 'trainers find the libraries of this store by variables; begin with ALL, as in --export=ALL,NAME=VALUE');
    if (reason !== null)
      throw new ValleywalkError('input', `--sbatch=${directive} cannot be asked of Slurm: ${reason}`);
  }
}

/** Seconds before its time limit in which a run writes a checkpoint and asks to be begun again; null where the limit is too short for it. */
function beforeLimit(minutes: number): number | null {
  // Slurm may send the signal up to a minute earlier
  return minutes < 5 ? null : Math.min(90, Math.floor((minutes * 60) / 4));
}

/** Path of a log as Slurm takes it. @throws ValleywalkError kind `input` for one that it cannot be told */
function logPattern(folder: string): string {
  const { logs } = studyPaths(folder);
  if (logs.includes('\\'))
    throw new ValleywalkError(
      'input',
      `Slurm cannot name logs in a folder with a backslash (${folder}); choose another shared folder`,
    );
  return join(logs.replaceAll('%', '%%'), '%A_%a.log');
}

/** The script. @throws ValleywalkError kind `input` for what cannot be asked of Slurm */
export function slurmScript({ name, folder, file, runs, program, needs }: Submission): string {
  const { minutes, memory, threads, gpus, partition, atOnce, before, extra } = needs;
  extra.forEach(requireHarmless);
  const signal = beforeLimit(minutes);
  const directives = [
    `--job-name=${name}`,
    `--array=0-${runs - 1}${atOnce === null ? '' : `%${atOnce}`}`,
    ...(partition === null ? [] : [`--partition=${partition}`]),
    `--time=${minutes}`,
    `--mem=${memory}M`,
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${threads}`,
    ...(gpus > 0 ? [`--gpus=${gpus}`] : []),
    '--requeue',
    ...(signal === null ? [] : [`--signal=B:USR2@${signal}`]),
    '--open-mode=append',
    `--output=${directiveWord(logPattern(folder))}`,
    ...extra,
  ];
  return [
    '#!/bin/bash',
    ...directives.map((directive) => `#SBATCH ${directive}`),
    // all attempts write on in one log
    `echo "${attemptMark('$((${SLURM_RESTART_COUNT:-0} + 1))')} ${'${SLURMD_NODENAME:-a node}'}"`,
    ...before,
    '# one run of the study each: it computes on the node, and what it has finished goes into the shared folder',
    `exec ${program} machine-task ${shellWord(file)} "$SLURM_ARRAY_TASK_ID"`,
    '',
  ].join('\n');
}

/** Variables by which sbatch is told what an option says, where they are not named by it. */
const variables: Readonly<Record<string, readonly string[]>> = {
  array: ['SBATCH_ARRAY_INX'],
  time: ['SBATCH_TIMELIMIT'],
  mem: ['SBATCH_MEM_PER_NODE', 'SBATCH_MEM_PER_CPU', 'SBATCH_MEM_PER_GPU'],
  requeue: ['SBATCH_REQUEUE', 'SBATCH_NO_REQUEUE'],
  A: ['SBATCH_ACCOUNT'],
  C: ['SBATCH_CONSTRAINT'],
  p: ['SBATCH_PARTITION'],
  q: ['SBATCH_QOS'],
};
/** Those that would break what every script relies on. */
const never = ['SBATCH_CLUSTERS', 'SLURM_CLUSTERS', 'SBATCH_ERROR', 'SBATCH_EXPORT', 'SBATCH_SIGNAL', 'SBATCH_WAIT'];

/** An environment without the variables that sbatch would put before what a script says. */
export function sbatchEnvironment(script: string, environment: NodeJS.ProcessEnv): Environment {
  const options = script
    .split('\n')
    .filter((line) => line.startsWith('#SBATCH '))
    .flatMap((line) => directiveWords(line.slice('#SBATCH '.length)))
    .flatMap((word) => optionOf(word) ?? []);
  const dropped = new Set([
    ...never,
    ...options.flatMap((option) => variables[option] ?? [`SBATCH_${option.toUpperCase().replaceAll('-', '_')}`]),
  ]);
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || dropped.has(name) ? [] : [[name, value]],
    ),
  );
}
