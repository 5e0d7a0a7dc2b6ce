/** What keeps a workbench from seeing what other machines do, told while a terminal follows them. */
import type { Payload } from '../../shared/protocol.ts';
import { tellText } from './print.ts';
import type { Terminal } from './session.ts';

/** Tells each trouble once, on a line of its own beside the bar. @returns what ends the telling */
export function tellTroubles(subscribe: Terminal['subscribe']): () => void {
  const known = new Set<string>();
  return subscribe((event, payload) => {
    if (event !== 'machines.troubles') return;
    for (const trouble of (payload as Payload<'machines.troubles'>).troubles) {
      if (known.has(trouble)) continue;
      known.add(trouble);
      tellText(`${process.stderr.isTTY ? '\n' : ''}valleywalk: ${trouble}`);
    }
  });
}
