/** Finds out where the renderer runs. */
import type { Bridge } from '../../../shared/bridge.ts';
import { browserHost } from './browser.ts';
import { desktopHost } from './desktop.ts';
import type { Host } from './host.ts';

export type { Host } from './host.ts';

declare global {
  interface Window {
    /** Exposed by the preload bridge, on the desktop only. */
    valleywalk?: Bridge;
  }
}

let host: Host | null = null;

/** The host of this page: the desktop when the preload bridge is there, else a browser. */
export function currentHost(): Host {
  host ??= window.valleywalk ? desktopHost(window.valleywalk) : browserHost();
  return host;
}
