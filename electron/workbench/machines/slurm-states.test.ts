/** What Slurm says of jobs, as versions from 22.05 (tried on a real one) to 24.11 write it. */
import { describe, expect, it } from 'vitest';
import { phaseOf, readSacct, readSqueue, tasksOf } from './slurm-states.ts';

const asked = new Set(['3_0', '3_1', '3_3', '3_4', '3_5', '9']);

describe('squeue --json', () => {
  it('of 22.05: words, bare numbers, and one entry for all tasks that wait', () => {
    const job = { array_job_id: 3, array_task_string: '', state_reason: 'None', restart_cnt: 0, nodes: '' };
    const states = readSqueue(
      JSON.stringify({
        jobs: [
          { ...job, array_task_id: 1, job_id: 5, job_state: 'RUNNING', nodes: 'node2', restart_cnt: 1 },
          { ...job, array_task_id: 2, job_id: 6, job_state: 'RUNNING', nodes: 'node3' },
          {
            ...job,
            array_task_id: null,
            array_task_string: '0,3-5',
            job_id: 3,
            job_state: 'PENDING',
            state_reason: 'Resources',
          },
          { ...job, array_job_id: 0, array_task_id: null, job_id: 9, job_state: 'OUT_OF_MEMORY', nodes: 'node1' },
        ],
      }),
      asked,
    );
    expect([...states.keys()].sort()).toEqual(['3_0', '3_1', '3_3', '3_4', '3_5', '9']);
    expect(states.get('3_1')).toEqual({ phase: 'runs', word: 'RUNNING', reason: null, node: 'node2', restarts: 1 });
    expect(states.get('3_4')).toEqual({
      phase: 'waits',
      word: 'PENDING',
      reason: 'Resources',
      node: null,
      restarts: 0,
    });
    expect(states.get('9')).toMatchObject({ phase: 'over', word: 'OUT_OF_MEMORY', node: 'node1' });
  });

  it('of 23.11 and later: lists of states, and numbers that say whether they are set', () => {
    const number = (value: number | null) => ({ set: value !== null, infinite: false, number: value ?? 0 });
    const job = { array_job_id: number(3), array_task_string: '', state_reason: 'None', nodes: '', job_id: 3 };
    const states = readSqueue(
      JSON.stringify({
        jobs: [
          { ...job, array_task_id: number(0), job_state: ['PENDING', 'REQUEUED'], restart_cnt: 2 },
          { ...job, array_task_id: number(1), job_state: ['RUNNING'], nodes: 'node1', restart_cnt: number(1) },
          { ...job, array_task_id: number(3), job_state: ['CANCELLED', 'COMPLETING'], nodes: 'node2' },
          {
            ...job,
            array_task_id: number(null),
            array_task_string: '4-5',
            job_state: ['PENDING'],
            state_reason: 'Priority',
          },
        ],
      }),
      asked,
    );
    expect(states.get('3_0')).toMatchObject({ phase: 'waits', word: 'REQUEUED', restarts: 2 });
    expect(states.get('3_1')).toMatchObject({ phase: 'runs', word: 'RUNNING', restarts: 1 });
    expect(states.get('3_3')).toMatchObject({ phase: 'runs', word: 'COMPLETING', node: 'node2' });
    expect(states.get('3_5')).toMatchObject({ phase: 'waits', word: 'PENDING', reason: 'Priority' });
  });

  it('that lists none because the controller does not answer is no answer, though squeue ends well (22.05)', () => {
    const problem = {
      description: 'Failed while looking for jobs',
      error: 'Unspecified error',
      source: 'slurm_load_jobs',
    };
    expect(() => readSqueue(JSON.stringify({ errors: [problem], jobs: [] }), asked)).toThrow(
      'slurm_load_jobs: Failed while looking for jobs: Unspecified error',
    );
    expect(readSqueue(JSON.stringify({ errors: [], jobs: [] }), asked).size).toBe(0);
  });

  it('that cuts a list of tasks says of all that stand nowhere else what it says of the list', () => {
    const array = { array_job_id: 3, job_id: 3, state_reason: 'None', restart_cnt: 0, nodes: '' };
    const states = readSqueue(
      JSON.stringify({
        jobs: [
          {
            ...{ ...array, array_task_id: null, array_task_string: '0,3,...', job_state: 'PENDING' },
            ...{ state_description: 'launch failed requeued held' },
          },
          { ...array, array_task_id: 4, array_task_string: '', job_state: 'RUNNING', nodes: 'node1' },
        ],
      }),
      asked,
    );
    expect([...states].map(([id, { word }]) => `${id} ${word}`).sort()).toEqual([
      ...['3_0 PENDING', '3_1 PENDING', '3_3 PENDING', '3_4 RUNNING', '3_5 PENDING'],
    ]);
    expect(states.get('3_5')?.reason).toBe('launch failed requeued held');
  });

  it('that is none is refused', () => {
    expect(() => readSqueue('{"errors":[]}', asked)).toThrow('it lists no jobs');
    expect(() => readSqueue('JOBID PARTITION', asked)).toThrow();
  });
});

it('sacct tells who is over, and where', () => {
  const text = '3_0|COMPLETED|node1\n3_1|CANCELLED by 1000|None assigned\n3_1.batch|CANCELLED|node1\n8|FAILED|node2\n';
  expect([...readSacct(text, asked)]).toEqual([
    ['3_0', { phase: 'over', word: 'COMPLETED', reason: null, node: 'node1', restarts: 0 }],
    ['3_1', { phase: 'over', word: 'CANCELLED', reason: null, node: null, restarts: 0 }],
  ]);
});

it('indices of tasks are read as Slurm writes them', () => {
  expect(tasksOf('0,3-5')).toEqual([0, 3, 4, 5]);
  expect(tasksOf('[7-9,12]%4')).toEqual([7, 8, 9, 12]);
  expect(tasksOf('0-8:4')).toEqual([0, 4, 8]);
  expect(tasksOf('')).toEqual([]);
});

it('every word is one of waiting, computing and over; an unknown one is over', () => {
  expect(
    ['PENDING', 'RUNNING', 'SUSPENDED', 'TIMEOUT', 'NODE_FAIL', 'PREEMPTED', 'SOMETHING_NEW'].map(phaseOf),
  ).toEqual(['waits', 'runs', 'runs', 'over', 'over', 'over', 'over']);
});
