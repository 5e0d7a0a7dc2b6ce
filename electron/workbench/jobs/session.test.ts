import { expect, it, vi } from 'vitest';
import { experimentSchema } from '../../../shared/experiment.ts';
import type { TrainerCommand } from '../../../shared/trainer-messages.ts';
import type { Child } from '../../processes/child.ts';
import { runTrainer } from './session.ts';

const command = { type: 'start', experiment: experimentSchema.parse({}) } as TrainerCommand & { type: 'start' };
const timeouts = { start: 1000, stop: 1000, exit: 1000, silent: 1000, computing: 1000 };

/** A child whose news the test tells in any order. */
function scripted(): { child: Child; message(raw: unknown): void; close(): void; exit(code: number): void } {
  const reported = {
    message: (_raw: unknown): void => undefined,
    close: (): void => undefined,
    exit: (_code: number | null, _signal: string | null): void => undefined,
  };
  return {
    child: {
      pid: 1,
      send: () => undefined,
      close: () => undefined,
      kill: () => undefined,
      stderr: () => '',
      onMessage: (listener) => (reported.message = listener),
      onClose: (listener) => (reported.close = listener),
      onExit: (listener) => (reported.exit = listener),
      onPulse: () => undefined,
    },
    message: (raw) => reported.message(raw),
    close: () => reported.close(),
    exit: (code) => reported.exit(code, null),
  };
}

const ended = { type: 'ended', status: 'finished', message: null, pace: { update: null, evaluate: null } };

it.each([
  ['ended, exit', (script: ReturnType<typeof scripted>): void => (script.message(ended), script.exit(0))],
  ['exit, ended (it came by another way)', (script): void => (script.exit(0), script.message(ended))],
  ['ended, close, exit', (script): void => (script.message(ended), script.close(), script.exit(0))],
  ['exit, ended, close', (script): void => (script.exit(0), script.message(ended), script.close())],
])('a trainer that finishes is over and gone once, whatever comes first: %s', (_order, happen) => {
  const script = scripted();
  const listener = { report: vi.fn(), silent: vi.fn(), ended: vi.fn(), gone: vi.fn() };
  runTrainer(() => script.child, command, timeouts, listener);
  happen(script);
  expect(listener.ended).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'finished' }));
  expect(listener.gone).toHaveBeenCalledOnce();
});

it('a trainer that leaves without a word has failed, and says how it left', () => {
  const script = scripted();
  const listener = { report: vi.fn(), silent: vi.fn(), ended: vi.fn(), gone: vi.fn() };
  runTrainer(() => script.child, command, timeouts, listener);
  script.close();
  script.exit(3);
  expect(listener.ended).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ status: 'failed', message: expect.stringContaining('exit code 3') as string }),
  );
  expect(listener.gone).toHaveBeenCalledOnce();
});
