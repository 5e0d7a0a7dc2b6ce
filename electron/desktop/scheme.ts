/** The window's own scheme: app://valleywalk serves the built renderer and nothing else. */
import { net, protocol } from 'electron';
import { pathToFileURL } from 'node:url';
import { contentSecurityPolicy } from '../../shared/content-security-policy.ts';
import { staticFiles } from '../files/static.ts';

/** Origin of the window. */
export const appOrigin = 'app://valleywalk';

/** Declares the scheme as secure and standard, so that the page has an origin and storage. Call before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the renderer's folder. @throws Error when it was not built. */
export function serveScheme(renderer: string): void {
  const files = staticFiles(renderer);
  protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    const file = url.host === 'valleywalk' ? files.get(url.pathname) : undefined;
    if (!file) return new Response(`There is nothing at ${url.pathname}.`, { status: 404 });
    const response = await net.fetch(pathToFileURL(file.path).href);
    return new Response(response.body, {
      headers: {
        'content-type': file.type,
        'content-security-policy': contentSecurityPolicy(),
        'x-content-type-options': 'nosniff',
      },
    });
  });
}
