/** Who may speak to main: the app's own page, in its own main frame. */
import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import { appOrigin } from './scheme.ts';

/** Whether a message comes from the app's own main frame. */
export function isOurs(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && frame.url.startsWith(`${appOrigin}/`);
}
