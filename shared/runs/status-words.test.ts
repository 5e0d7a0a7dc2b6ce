import { expect, test } from 'vitest';
import { isOver, resumableFrom, runStatuses } from '../records.ts';
import { nothingRecorded, statusWords } from './status-words.ts';

const filler = 'its first iterations fill it';

test('each status has its own word, and its own reason why nothing is there', () => {
  expect(Object.keys(statusWords).sort()).toEqual([...runStatuses].sort());
  const said = runStatuses.map((status) =>
    nothingRecorded({ name: 'a walk', status, checkpoint_iteration: null }, filler),
  );
  expect(said).toEqual([
    '“a walk” is waiting in the queue; its first iterations fill it.',
    '“a walk” is running and has not reported it yet; its first iterations fill it.',
    '“a walk” was paused before it recorded any; once it is resumed, its first iterations fill it.',
    '“a walk” is finished and recorded none.',
    '“a walk” was stopped before it recorded any; once it is resumed, its first iterations fill it.',
    '“a walk” diverged before it recorded any.',
    '“a walk” failed before it recorded any; once it is resumed, its first iterations fill it.',
    '“a walk” was interrupted before it recorded any; once it is resumed, its first iterations fill it.',
  ]);
});

test('only what goes on is told to come, and only what can be resumed to be resumed', () => {
  for (const status of runStatuses) {
    const run = { name: 'r', status, checkpoint_iteration: 5 };
    const text = nothingRecorded(run, filler);
    expect(text.includes('yet'), status).toBe(status === 'running');
    expect(text.includes('resumed'), status).toBe(resumableFrom(run) !== null);
    expect(text.includes(filler), status).toBe(!isOver(status) || resumableFrom(run) !== null);
  }
});
