/** What a window may not do: leave the app, open windows, embed pages, ask for permissions, look anything up. */
import { app, session } from 'electron';
import { appOrigin } from './scheme.ts';

/** Applies to every web contents that the app will ever have. Call before the first window. */
export function lockDown(): void {
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { preventDefault(): void }, url: string): void => {
      if (new URL(url).origin !== appOrigin && !url.startsWith(`${appOrigin}/`)) event.preventDefault();
    };
    contents.on('will-navigate', (event) => stay(event, event.url));
    contents.on('will-redirect', (event) => stay(event, event.url));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Refuses every permission and the spell checker's dictionary download. Call when the app is ready. */
export function lockDownSession(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'clipboard-sanitized-write'),
  );
  defaultSession.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write');
  defaultSession.setSpellCheckerLanguages([]);
}
