/** The workbench as a process of its own, for the desktop: owns the store, so that no query blocks a window. */
import type { Port } from '../../shared/client.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import type { Fork } from '../processes/child.ts';
import { nodeFork } from '../processes/node.ts';
import { parentLink } from '../processes/parent.ts';
import { connectClient } from './connection.ts';
import { hostMessageSchema } from './host-messages.ts';
import type { HostMessage, WorkbenchToHost } from './host-messages.ts';
import { hostTrainers } from './host-trainers.ts';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

// a terminal's Ctrl C reaches the whole process group; the desktop closes this process in good order, or goes itself
process.on('SIGINT', () => undefined);

const link = parentLink();
const tell = (message: WorkbenchToHost): void => link.send(message);
const trainers = hostTrainers(tell);
const relayed = new Map<number, { receive(message: unknown): void; closed(): void }>();
let workbench: Workbench | null = null;

link.onMessage((raw, ports) => {
  const message = hostMessageSchema.parse(raw);
  void receive(message, ports[0] ?? null);
});
// the desktop is gone: stop the runs, keep their records
link.onClose(() => void close().finally(() => process.exit(0)));

async function receive(message: HostMessage, port: Port | null): Promise<void> {
  switch (message.type) {
    case 'open':
      open(message);
      return;
    case 'client':
      if (workbench) connectClient(workbench, port ?? relayPort(message.client));
      return;
    case 'client-message':
      relayed.get(message.client)?.receive(message.message);
      return;
    case 'client-closed':
      relayed.get(message.client)?.closed();
      relayed.delete(message.client);
      return;
    case 'trainer':
      if (port) trainers.started(message.trainer, message.pid, port);
      return;
    case 'trainer-pulse':
      trainers.pulse(message.trainer);
      return;
    case 'trainer-exit':
      trainers.exited(message.trainer, message.code, message.stderr);
      return;
    case 'ping':
      tell({ type: 'pong' });
      return;
    case 'close':
      await close();
      tell({ type: 'closed' });
  }
}

function open(message: HostMessage & { type: 'open' }): void {
  const fork: Fork = message.trainer === null ? trainers.fork : nodeFork(message.trainer);
  try {
    workbench = openWorkbench({ ...message, fork, notice: (text) => tell({ type: 'notice', message: text }) });
  } catch (error) {
    tell({ type: 'failed', message: error instanceof ValleywalkError ? error.message : String(error) });
    return;
  }
  const opened = workbench;
  let busy = 0;
  opened.subscribe((event) => {
    if (!['run.changed', 'run.removed', 'analysis.changed', 'analysis.removed'].includes(event)) return;
    if (opened.activeRuns() === busy) return;
    busy = opened.activeRuns();
    tell({ type: 'busy', runs: busy });
  });
  tell({ type: 'opened' });
}

async function close(): Promise<void> {
  await workbench?.close();
  workbench = null;
}

/** A window's port whose messages are carried by the host, for a process that cannot be sent ports. */
function relayPort(client: number): Port {
  let receive = (_message: unknown): void => undefined;
  let closed = (): void => undefined;
  relayed.set(client, { receive: (message) => receive(message), closed: () => closed() });
  return {
    send: (message) => tell({ type: 'client-message', client, message }),
    onMessage: (listener) => (receive = listener),
    onClose: (listener) => (closed = listener),
    close: () => relayed.delete(client),
  };
}
