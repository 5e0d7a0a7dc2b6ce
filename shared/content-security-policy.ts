/** The content security policy of the window, on the desktop and in a browser alike. */

/**
 * Everything from the app itself, nothing inline but style attributes (charts' tooltips need them), no eval.
 * @param connect what the page may connect to besides its own origin: the server's WebSocket, nothing on the desktop.
 */
export function contentSecurityPolicy(connect = ''): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src-elem 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ${connect}`.trim(),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}
