/** The one bridge between the sandboxed window and its host; see shared/bridge.ts for what passes. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels } from '../shared/bridge.ts';
import type { Bridge } from '../shared/bridge.ts';

// the page's window, which the rest of electron/ has no types for
declare const window: {
  postMessage(message: unknown, origin: string, ports: readonly unknown[]): void;
  readonly location: { readonly origin: string };
};

// a port cannot pass the context bridge; a window message can carry it
ipcRenderer.on(channels.port, (event, error: string | null) => {
  window.postMessage({ type: channels.port, error }, window.location.origin, event.ports);
});

// answered by the page's own thread: no answer, no life
ipcRenderer.on(channels.ping, () => ipcRenderer.send(channels.pong));

const bridge: Bridge = {
  connect: () => ipcRenderer.send(channels.connect),
  saveFile: (file) => ipcRenderer.invoke(channels.saveFile, file) as Promise<string | null>,
  pickFolder: (purpose) => ipcRenderer.invoke(channels.pickFolder, purpose) as Promise<string | null>,
  pathOf: (file) => webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]),
  onSilent: (listener) => {
    ipcRenderer.on(channels.silent, (_event, seconds: number | null) => listener(seconds));
  },
  onOpening: (listener) => {
    ipcRenderer.on(channels.opening, (_event, message: string | null) => listener(message));
  },
  restart: () => ipcRenderer.send(channels.restart),
  onMenu: (listener) => {
    ipcRenderer.on(channels.menu, (_event, route: string) => listener(route));
  },
};
contextBridge.exposeInMainWorld('valleywalk', bridge);
