/** The typed client of the protocol: turns any two-way port into requests and events. */
import { checkValue } from './check-value.ts';
import { faultsText } from './bounded.ts';
import { ValleywalkError } from './errors.ts';
import { problemsOf } from './problems.ts';
import { events, requests, workbenchMessageSchema } from './protocol.ts';
import type { ClientMessage, EventName, Parameters, Payload, RequestName, Result } from './protocol.ts';

/** A two-way pipe of structured messages: a MessagePort, a WebSocket or a child process behind one shape. */
export interface Port {
  send(message: unknown): void;
  /** Sets the one listener for messages. */
  onMessage(listener: (message: unknown) => void): void;
  /** Sets the one listener for the other side going away. */
  onClose(listener: () => void): void;
  close(): void;
}

/** What a window or a script talks to. */
export interface Client {
  /**
   * Sends a request.
   * @throws ValleywalkError as the workbench reported it, or kind `internal` when the connection is lost.
   */
  request<N extends RequestName>(name: N, parameters: Parameters<N>): Promise<Result<N>>;
  /** Listens to an event; the returned function stops it. */
  on<N extends EventName>(name: N, listener: (payload: Payload<N>) => void): () => void;
  close(): void;
}

interface Pending {
  name: RequestName;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** Makes a client of a port; every answer and event is checked against the protocol before anybody sees it. */
export function createClient(port: Port): Client {
  const pending = new Map<number, Pending>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  let next = 0;
  let closed = false;

  port.onMessage((raw) => {
    const parsed = checkValue(workbenchMessageSchema, raw);
    if (!parsed.success) return;
    const message = parsed.data;
    if ('event' in message) {
      if (!(message.event in events)) return;
      const payload = checkValue(events[message.event as EventName], message.payload);
      if (payload.success) for (const listener of listeners.get(message.event) ?? []) listener(payload.data as never);
      return;
    }
    const waiting = pending.get(message.id);
    if (!waiting) return;
    pending.delete(message.id);
    if ('error' in message) {
      waiting.reject(new ValleywalkError(message.error.kind, message.error.message, message.error.problems));
      return;
    }
    const result = checkValue(requests[waiting.name].result, message.result);
    if (result.success) waiting.resolve(result.data);
    else
      waiting.reject(
        new ValleywalkError(
          'internal',
          `the workbench's answer to ${waiting.name} is malformed: ${faultsText(problemsOf(result.error))}`,
        ),
      );
  });

  port.onClose(() => {
    closed = true;
    for (const { reject } of pending.values()) reject(lost());
    pending.clear();
  });

  return {
    request(name, parameters) {
      if (closed) return Promise.reject(lost());
      const id = next++;
      return new Promise((resolve, reject) => {
        pending.set(id, { name, resolve: resolve as (value: unknown) => void, reject });
        port.send({ id, request: name, parameters } satisfies ClientMessage);
      });
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener);
      return () => set.delete(listener);
    },
    close() {
      port.close();
    },
  };
}

function lost(): ValleywalkError {
  return new ValleywalkError(
    'internal',
    'the connection to the workbench is lost; runs go on, open the window again to see them',
  );
}
