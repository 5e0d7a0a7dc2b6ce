/** The one connection to the workbench: opened at the start, opened again when it is lost. */
import { reactive } from 'vue';
import { createClient } from '../../shared/client.ts';
import type { Client, Port } from '../../shared/client.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import type { EventName, Parameters, Payload, RequestName, Result } from '../../shared/protocol.ts';
import { currentHost } from './host/index.ts';

interface ConnectionState {
  status: 'connecting' | 'connected' | 'lost';
  /** Why there is no connection, in a sentence. */
  error: string | null;
  /** For how many seconds the workbench has not answered; null while it does. */
  silent: number | null;
  /** What the workbench says while it opens its store, which may take minutes; null when it does not. */
  opening: string | null;
  /** True once there was a connection: from then on the views stay and say what they know. */
  everConnected: boolean;
}

/** What the frame shows about the connection. */
export const connection = reactive<ConnectionState>({
  status: 'connecting',
  error: null,
  silent: null,
  opening: null,
  everConnected: false,
});

let client: Client | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
let attempts = 0;
let opening = false;
const listeners: { attach: (to: Client) => () => void; off?: () => void }[] = [];
const openings: (() => void)[] = [];

/** Runs now, if connected, and at every new connection: for what has to be asked again after a gap; the returned function ends it. */
export function onConnected(action: () => void): () => void {
  openings.push(action);
  if (connection.status === 'connected') action();
  return () => void openings.splice(openings.indexOf(action), 1);
}

/** Starts listening to whoever supervises the workbench; once, when the app starts. */
export function watchSupervisor(): void {
  const { supervisor } = currentHost();
  supervisor?.onSilent((seconds) => (connection.silent = seconds));
  supervisor?.onOpening((message) => (connection.opening = message));
}

/** Ends a workbench that does not answer and starts a new one. */
export function restartWorkbench(): void {
  currentHost().supervisor?.restart();
}

/** Opens the connection; keeps trying, ever more slowly, until there is one. */
export async function connect(): Promise<void> {
  if (opening || connection.status === 'connected') return;
  opening = true;
  clearTimeout(retry);
  if (!connection.everConnected) connection.status = 'connecting';
  try {
    const opened: Client = createClient(watched(await currentHost().connect(), () => lose(opened)));
    client = opened;
    for (const entry of listeners) entry.off = entry.attach(opened);
    attempts = 0;
    Object.assign(connection, { status: 'connected', error: null, everConnected: true });
    for (const action of [...openings]) action();
  } catch (error) {
    Object.assign(connection, { status: 'lost', error: sentence(error) });
    retryLater();
  } finally {
    opening = false;
  }
}

function lose(lost: Client): void {
  if (client !== lost) return;
  client = null;
  Object.assign(connection, { status: 'lost', error: 'The connection to the workbench is lost; runs go on.' });
  retryLater();
}

function retryLater(): void {
  clearTimeout(retry);
  retry = setTimeout(() => void connect(), Math.min(10_000, 500 * 2 ** attempts++));
}

/** Tells a second listener when a port closes; the client takes the first. */
function watched(port: Port, closed: () => void): Port {
  return {
    send: (message) => port.send(message),
    onMessage: (listener) => port.onMessage(listener),
    onClose: (listener) =>
      port.onClose(() => {
        listener();
        closed();
      }),
    close: () => port.close(),
  };
}

/**
 * Sends a request to the workbench.
 * @throws ValleywalkError with a sentence for people.
 */
export function request<N extends RequestName>(name: N, parameters: Parameters<N>): Promise<Result<N>> {
  if (!client)
    return Promise.reject(
      new ValleywalkError('internal', 'there is no connection to the workbench at present; it is tried again'),
    );
  return client.request(name, parameters);
}

/** Listens to an event over every connection; the returned function stops it. */
export function onEvent<N extends EventName>(name: N, listener: (payload: Payload<N>) => void): () => void {
  const entry: (typeof listeners)[number] = { attach: (to) => to.on(name, listener) };
  if (client) entry.off = entry.attach(client);
  listeners.push(entry);
  return () => {
    entry.off?.();
    listeners.splice(listeners.indexOf(entry), 1);
  };
}

/** Any error as a sentence with a capital and a full stop. */
export function sentence(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).trim() || 'Something went wrong';
  const capital = /^[a-z]+[A-Z.]/.test(text) ? text : text[0]!.toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}
