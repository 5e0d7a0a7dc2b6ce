/** What a client on another machine may not ask. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { WorkbenchMessage } from '../../shared/protocol.ts';
import { temporaryFolder } from '../datasets/testing.ts';
import type { TemporaryFolder } from '../datasets/testing.ts';
import { connectClient } from './connection.ts';
import { openTest } from './testing/open.ts';
import type { Workbench } from './workbench.ts';

let folder: TemporaryFolder;
let workbench: Workbench;
beforeEach(() => {
  folder = temporaryFolder();
  workbench = openTest(folder.path);
});
afterEach(async () => {
  await workbench.close();
  folder.remove();
});

/** Asks as a client at a place does. @returns the error's message, or what was answered */
function answerOf(place: 'here' | 'elsewhere', request: string, parameters: object): Promise<unknown> {
  return new Promise((resolve) => {
    let receive = (_: unknown): void => undefined;
    const port = {
      send(message: WorkbenchMessage) {
        if ('id' in message) resolve('error' in message ? message.error.message : message);
      },
      onMessage: (listener: (message: unknown) => void) => (receive = listener),
      onClose: () => undefined,
      close: () => undefined,
    };
    connectClient(workbench, port, place);
    receive({ id: 1, request, parameters });
  });
}

const study = { name: 'a', experiment: {}, seeds: 1 };
it.each([
  ['studies.script', { study, on: { machine: 'slurm', options: { program: 'rm' } } }],
  ['studies.script', { study, on: { machine: 'slurm', options: { before: ['rm'] } } }],
  ['studies.script', { study, on: { machine: 'slurm', options: { folder: '/' } } }],
  ['studies.resume', { study: 'a', changes: { extra: ['--wrap=rm'] } }],
  ['runs.resume', { run: 'a', changes: { scratch: '/' } }],
])('a program or folder of this machine, by %s %j', async (request, parameters) => {
  expect(await answerOf('elsewhere', request, parameters)).toMatch(/is chosen on the machine that serves/);
  expect(JSON.stringify(await answerOf('here', request, parameters))).not.toMatch(
    /is chosen on the machine that serves/,
  );
});

it('what else is asked of a machine may be', async () => {
  const on = { machine: 'slurm', options: { minutes: 7 } };
  expect(await answerOf('elsewhere', 'studies.script', { study, on })).toMatchObject({ result: { runs: 1 } });
});
