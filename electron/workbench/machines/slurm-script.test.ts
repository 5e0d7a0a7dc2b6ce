/** The script of an array job: read back as sbatch reads it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Needs, Submission } from './kind.ts';
import { directiveWords, sbatchEnvironment, slurmScript } from './slurm-script.ts';

const scriptOf = (needs: Partial<Needs> = {}, more: Partial<Submission> = {}): string =>
  slurmScript({
    ...{ name: 'valleywalk-a', folder: '/shared/study-a', file: '/shared/study-a/1.json', runs: 3, program: 'vw' },
    ...more,
    needs: {
      ...{ minutes: 10, memory: 900, threads: 1, gpus: 0, partition: null, atOnce: null, before: [], extra: [] },
      ...needs,
    },
  });
const wordsOf = (script: string): string[] =>
  script
    .split('\n')
    .filter((line) => line.startsWith('#SBATCH '))
    .flatMap((line) => directiveWords(line.slice(8)));

/** What slurmd makes of a pattern: `%A` and `%a` are job and task, `%%` is a percent sign. */
const named = (pattern: string): string =>
  pattern.replaceAll(/%[%Aa]/g, (word) => ({ '%%': '%', '%A': '12', '%a': '3' })[word]!);

it('its log is where it is looked for, whatever the folder is called', () => {
  const name = fc.string({ unit: fc.constantFrom('a', ' ', '%', 'A', '"', "'", '#', '$', 'ä', '=') });
  fc.assert(
    fc.property(name, (called) => {
      const folder = `/shared/x${called}x/study-a`;
      const output = wordsOf(scriptOf({}, { folder })).find((word) => word.startsWith('--output='))!;
      expect(named(output.slice('--output='.length))).toBe(`${folder}/logs/12_3.log`);
    }),
  );
  expect(() => scriptOf({}, { folder: String.raw`/shared/a\b` })).toThrow('in a folder with a backslash');
});

it.each([
  [1, null],
  [4, null],
  [5, 75],
  [6, 90],
  [60, 90],
])('a run of %i minutes is told of its end %j seconds before', (minutes, seconds) => {
  const signals = wordsOf(scriptOf({ minutes })).filter((word) => word.startsWith('--signal='));
  expect(signals).toEqual(seconds === null ? [] : [`--signal=B:USR2@${seconds}`]);
});

it('what makes the node ready stands before the program, which is one command', () => {
  const lines = scriptOf({ before: ['module load node', 'export A="b c"'] }).split('\n');
  expect(lines.slice(-5)).toEqual([
    'module load node',
    'export A="b c"',
    expect.stringMatching(/^# /) as string,
    'exec vw machine-task /shared/study-a/1.json "$SLURM_ARRAY_TASK_ID"',
    '',
  ]);
});

it('so many tasks of an array compute at once as were asked', () => {
  expect(wordsOf(scriptOf())).toContain('--array=0-2');
  expect(wordsOf(scriptOf({ atOnce: 2 }))).toContain('--array=0-2%2');
});

it.each([
  ['--array=0-9', 'at-once'],
  ['--account=lab -a 0-9', 'at-once'],
  ['--clusters=other', 'login node'],
  ['-M other', 'login node'],
  ['--output=log', 'log is read'],
  ['--out=log', 'log is read'],
  ['-olog', 'log is read'],
  ['--error=log', 'one file'],
  ['--open-mode=truncate', 'writes on'],
  ['--no-requeue', 'queues it again'],
  ['--export=NONE', 'begin with ALL'],
  ['--export NIL', 'begin with ALL'],
  ['--parsable', 'already'],
  ['--wrap="sleep 1"', 'the script'],
  ['--job-name=mine', 'found again'],
  ['--signal=USR1@60', 'checkpoint'],
  ['--time=5', '--minutes'],
  ['--wait', 'studies watch'],
  ['--test-only', '--dry-run'],
])('%s is refused with the reason', (directive, reason) => {
  let told: unknown;
  try {
    scriptOf({ extra: [directive] });
  } catch (error) {
    told = error;
  }
  expect(told).toBeInstanceOf(ValleywalkError);
  expect((told as Error).message).toMatch(/^--sbatch=.* cannot be asked of Slurm: /);
  expect((told as Error).message).toContain(reason);
});

it.each([
  '--account=lab',
  '-A lab',
  '--export=ALL,A=b',
  '--comment="an --array of mine"',
  '--exclusive',
  '--wait-all-nodes=1',
  '--nodelist=node1 --qos=high',
])('%s stands in the script as it is', (directive) => {
  expect(scriptOf({ extra: [directive] })).toContain(`\n#SBATCH ${directive}\n`);
});

it('sbatch is not told otherwise by variables than by the script', () => {
  const kept = { PATH: '/bin', SBATCH_QOS: 'high', SLURM_CONF: '/etc/slurm.conf' };
  const others = {
    ...{ SBATCH_ARRAY_INX: '0-9', SBATCH_TIMELIMIT: '1', SBATCH_MEM_PER_CPU: '1', SBATCH_NO_REQUEUE: '1' },
    ...{ SBATCH_OUTPUT: 'x', SBATCH_OPEN_MODE: 't', SBATCH_EXPORT: 'NONE', SLURM_CLUSTERS: 'x', SBATCH_ACCOUNT: 'x' },
    ...{ SBATCH_JOB_NAME: 'x' },
  };
  const script = scriptOf({ extra: ['-A lab'] });
  expect(sbatchEnvironment(script, { ...kept, ...others, SBATCH_PARTITION: 'long' })).toEqual({
    ...kept,
    SBATCH_PARTITION: 'long',
  });
});
