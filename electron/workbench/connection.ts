/** The border of the workbench: one client's port, with every message checked on its way in. */
import { checkValue } from '../../shared/check-value.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { namesPrograms } from '../../shared/machines.ts';
import { clientMessageSchema, programEvents, programRequests } from '../../shared/protocol.ts';
import type { Result, WireError, WorkbenchMessage } from '../../shared/protocol.ts';
import type { Port } from '../../shared/client.ts';
import type { Workbench } from './workbench.ts';

/**
 * Serves one client: answers its requests and forwards every event until the port closes, and with it the uploads that it began.
 * A message that is not a request is dropped, since there is no id to answer it by.
 * @param place where the client is; one on another machine starts no program of its choice on this one, nor is told which there are
 */
export function connectClient(workbench: Workbench, port: Port, place: 'here' | 'elsewhere' = 'here'): void {
  const send = (message: WorkbenchMessage): void => {
    try {
      port.send(message);
    } catch {
      // a client that cannot be told anything is better off knowing
      port.close();
    }
  };
  const unsubscribe = workbench.subscribe((event, payload) => {
    if (place === 'here' || !programEvents.has(event)) send({ event, payload });
  });
  const uploads = new Set<string>();
  let closed = false;
  const endUpload = (upload: string): void => {
    // a workbench that is closed has ended it
    workbench.handle('uploads.end', { upload }).catch(() => undefined);
  };
  port.onClose(() => {
    unsubscribe();
    closed = true;
    uploads.forEach(endUpload);
  });
  port.onMessage((raw) => {
    const message = checkValue(clientMessageSchema, raw);
    if (!message.success) return;
    const { id, request, parameters } = message.data;
    const refused = programRequests.has(request) ? setupsAreHere : namesPrograms(parameters) ? placesAreHere : null;
    if (place === 'elsewhere' && refused) {
      send({ id, error: wireError(refused) });
      return;
    }
    workbench.handle(request, parameters).then(
      (result) => {
        if (request === 'uploads.begin') {
          const { upload } = result as Result<'uploads.begin'>;
          if (closed) endUpload(upload);
          else uploads.add(upload);
        }
        send({ id, result });
      },
      (error: unknown) => send({ id, error: wireError(error) }),
    );
  });
}

const setupsAreHere = new ValleywalkError(
  'input',
  'a setup starts programs of the machine that serves, and this browser is on another; run "valleywalk setup" there, or open the window from there by its address 127.0.0.1 (an SSH tunnel does)',
);

const placesAreHere = new ValleywalkError(
  'input',
  'which program, folders, lines and directives jobs on another machine have is chosen on the machine that serves, and this browser is on another; start the study there, or open the window from there by its address 127.0.0.1 (an SSH tunnel does)',
);

/** What crosses the border of an error: our own whole, anything else as `internal` with its message. */
function wireError(error: unknown): WireError {
  if (error instanceof ValleywalkError) return { kind: error.kind, message: error.message, problems: error.problems };
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error), problems: [] };
}
