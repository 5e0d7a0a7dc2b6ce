/** What logs of jobs say. */
import { expect, it } from 'vitest';
import { stuckWords } from '../../../shared/machines.ts';
import { causeIn, logClause, tailOf } from './log.ts';

const ended = (cause: string): string =>
  `slurmstepd: error: *** JOB 5 ON node1 CANCELLED AT 2026-11-30T20:00:00 DUE TO ${cause} ***`;

it('the cause of an end is that of its own attempt, in a log in which all write on', () => {
  const text = [
    'valleywalk: attempt 1 on node1',
    ended('PREEMPTION'),
    'valleywalk: attempt 2 on node2',
    'lost without a word',
    'valleywalk: attempt 3 on node1',
    'begins',
    ended('NODE FAILURE'),
    'valleywalk: attempt 10 on node1',
  ].join('\n');
  expect([1, 2, 3, 4].map((attempt) => causeIn(text, attempt))).toEqual(['PREEMPTION', null, 'NODE FAILURE', null]);
  // a log of an earlier version
  expect(causeIn(`a\n${ended('TIME LIMIT')}\nb`, 4)).toBe('TIME LIMIT');
  expect(causeIn('', 1)).toBeNull();
});

it('a log that is not there, one that is empty, and one that says something', () => {
  expect(logClause('/s/1.log', null, 'node1')).toContain('there is no log /s/1.log: node1 may not see that folder');
  expect(logClause('/s/1.log', ' \n', null)).toBe('there is nothing in its log /s/1.log');
  expect(logClause('/s/1.log', 'a\n\nb\n', null)).toBe('its log /s/1.log ends: a | b');
  expect(tailOf('1\n2\n3\n4\n5\n')).toBe('2 | 3 | 4 | 5');
});

it('what waits for what never comes is told with what to do', () => {
  expect(stuckWords('PENDING', 'PartitionTimeLimit')).toMatch(
    /^Slurm says PENDING \(PartitionTimeLimit\): .*--minutes/,
  );
  expect(stuckWords('PENDING', 'launch failed requeued held')).toContain('scontrol release');
  expect(stuckWords('REQUEUE_HOLD', null)).toMatch(/^Slurm says REQUEUE_HOLD: it is held/);
  expect(stuckWords('PENDING', 'Priority')).toBeNull();
  expect(stuckWords('RUNNING', null)).toBeNull();
});
